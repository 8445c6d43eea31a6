"""The report of a plan, for people: the same content as the JSON, as text and as CSV."""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from readerstudy.core.csvio import write_table
from readerstudy.core.errors import Problem

# A person puts right some of them and checks again; the groups tell the rows of all.
MOST_LISTED = 2_000
CSV_HEADER = ("kind", "file", "row", "column", "code", "message")


def report_json(report: dict[str, Any]) -> str:
    """The report as JSON, the same bytes from page, API and command.

    Sorted, because a database may keep the keys of a stored report in an order of its own.
    """
    return json.dumps(report, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def grouped(kind: str, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """One group for each file, column and code, in the order of their first ones: rows, count and the first message."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for one in problems:
        # Without a row the file is the place, and each has its own: they are told together all the same.
        file = one.file if one.row else ""
        groups.setdefault((file, one.column, one.code), []).append(one)
    return [
        {
            "kind": kind,
            "file": file,
            "column": column,
            "code": code,
            "message": members[0].message,
            "rows": compact_rows([one.row for one in members if one.row]),
            "count": len(members),
        }
        for (file, column, code), members in groups.items()
    ]


def listed(kind: str, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """The first problems (or warnings) as JSON, and as the last one how many more there are."""
    first = [one.as_dict() for one in problems[:MOST_LISTED]]
    if len(problems) > MOST_LISTED:
        more = len(problems) - MOST_LISTED
        message = (
            f"There are {more} more {kind}s; they are counted, and told by their groups alone."
        )
        first.append(Problem(f"more_{kind}s", message).as_dict())
    return first


def listed_names(names: Sequence[str]) -> list[str]:
    """The first names, and how many more there are."""
    more = len(names) - MOST_LISTED
    return [*names[:MOST_LISTED], f"… and {more} more"] if more > 0 else list(names)


def compact_rows(rows: Sequence[int]) -> str:
    """Row numbers as a person writes them: `2-5, 9`."""
    runs = groupby(enumerate(sorted(set(rows))), key=lambda pair: pair[1] - pair[0])
    spans = [[row for _, row in run] for _, run in runs]
    return ", ".join(str(one[0]) if len(one) == 1 else f"{one[0]}-{one[-1]}" for one in spans)


def report_text(report: dict[str, Any]) -> str:
    """The report as lines for a terminal: totals first, then every problem and every warning with its place."""
    totals = report["totals"]
    lines = [
        f"Archive   {report['archive']}",
        f"Manifest  {report['manifest'] or '(none)'}",
        f"Found     {totals['images']} images of {totals['cases']} cases{_patients(totals)}",
    ]
    lines += [f"Layout    {report['layout']}", *_left_out(totals)]
    lines += [f"Column    {column} read as {name}" for name, column in report["columns"].items()]
    lines += [f"Counts as {said}: {value}" for value, said in report["classes"].items()]
    lines += _listed("Columns not read", report["ignored_columns"])
    lines += _listed("Files not read", report["ignored_files"])
    lines += _questions(report["questions"])
    for kind in ("problems", "warnings"):
        lines += _section(kind.title(), totals[kind], problems_in(report, kind))
    verdict = "can be imported" if report["can_be_applied"] else "cannot be imported as it is"
    lines += ["", f"The archive {verdict}."]
    return "\n".join(lines)


def report_csv(report: dict[str, Any]) -> str:
    """Problems and warnings as CSV, one a row."""
    rows = [
        (kind, one["file"], one["row"], one["column"], one["code"], one["message"])
        for kind, key in (("problem", "problems"), ("warning", "warnings"))
        for one in report.get(key, [])
    ]
    return write_table(CSV_HEADER, rows)


def problems_in(report: dict[str, Any], key: str) -> list[Problem]:
    """The report's `problems` or `warnings` as objects."""
    return [Problem(**one) for one in report.get(key, [])]


def _section(title: str, count: int, problems: list[Problem]) -> list[str]:
    if not problems:
        return []
    return ["", f"{title} ({count})", *(f"  {problem}" for problem in problems)]


def _questions(questions: list[dict[str, Any]]) -> list[str]:
    if not questions:
        return []
    return ["", f"Questions ({len(questions)})", *(f"  {_question(one)}" for one in questions)]


def _question(one: dict[str, Any]) -> str:
    guess = f" (likely {one['guess']})" if one["guess"] else ""
    if one["kind"] == "column":
        return f"Which column is {one['field']}?{guess}"
    if "stated" in one:
        return f"Is {one['value']} malignant, benign or left out? The column {one['column']} says {one['stated']} in {one['rows']} of its rows, the diagnosis is known to be {one['known']}."
    return f"Is {one['value']} malignant, benign or left out?{guess}"


def _patients(totals: dict[str, int | None]) -> str:
    count = totals["patients"]
    return "; patients are not stated" if count is None else f" and {count} patients"


def _left_out(totals: dict[str, int | None]) -> list[str]:
    return [f"Left out  {totals['left_out']} rows"] if totals["left_out"] else []


def _listed(title: str, names: list[str]) -> list[str]:
    return [f"{title}: {', '.join(names)}"] if names else []
