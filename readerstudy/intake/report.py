"""The report of a plan, for people: the same content as the JSON, as text and as CSV."""

import json
from typing import Any

from readerstudy.core.csvio import write_table
from readerstudy.core.errors import Problem

CSV_HEADER = ("kind", "file", "row", "column", "code", "message")


def report_json(report: dict[str, Any]) -> str:
    """The report as JSON, the same bytes from page, API and command.

    Sorted, because a database may keep the keys of a stored report in an order of its own.
    """
    return json.dumps(report, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def report_text(report: dict[str, Any]) -> str:
    """The report as lines for a terminal: totals first, then every problem and every warning with its place."""
    totals = report["totals"]
    lines = [
        f"Archive   {report['archive']}",
        f"Manifest  {report['manifest'] or '(none)'}",
        f"Found     {totals['images']} images of {totals['cases']} cases and {totals['patients']} patients",
    ]
    lines += [f"Column    {column} read as {name}" for name, column in report["columns"].items()]
    lines += _listed("Columns not read", report["ignored_columns"])
    lines += _listed("Files not read", report["ignored_files"])
    lines += _section("Problems", problems_in(report, "problems"))
    lines += _section("Warnings", problems_in(report, "warnings"))
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


def _section(title: str, problems: list[Problem]) -> list[str]:
    if not problems:
        return []
    return ["", f"{title} ({len(problems)})", *(f"  {problem}" for problem in problems)]


def _listed(title: str, names: list[str]) -> list[str]:
    return [f"{title}: {', '.join(names)}"] if names else []
