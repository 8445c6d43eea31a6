"""The reading table out of a bundle's CSV and JSON files, checked cell by cell on the way.

Nothing is taken from a stored array: which answer counts is decided here again from arm, level, version and repeat.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from readerstudy.results.bundle.cells import Records, read_records
from readerstudy.results.bundle.columns import (
    CASE_FIELDS,
    READER_FIELDS,
    SEQUENTIAL,
    TABLES,
    UNAIDED,
    UNDISTURBED,
)
from readerstudy.results.bundle.faults import BundleFaultsError, Faults
from readerstudy.results.bundle.json_files import read_json, read_object
from readerstudy.results.bundle.reads import COUNTED, counted_answers, keyed_order
from readerstudy.results.bundle.run_files import read_models
from readerstudy.results.table import (
    MISSING,
    AnalysisPlan,
    Answers,
    CaseRow,
    ReaderRow,
    ReadingTable,
)

NEEDED = (*TABLES, "design.json", "model_runs.json", "analysis.json")
# Designs in which not every reader is given every case.
_ALLOTTED = ("blocks", "once")
_MOST_CELLS = 50_000_000
_EXPECTED = {
    "study": dict, "design": str, "protocol_sha256": str, "lock": dict, "plan": dict, "group_order": list,
    "excluded": dict, "order_sha256": str, "analysis": dict,
}  # fmt: skip


@dataclass(frozen=True)
class Sources:
    """The typed content of a bundle's source files."""

    records: dict[str, Records]
    design: dict[str, Any]
    table: ReadingTable


def read_sources(files: Mapping[str, bytes]) -> Sources:
    """The tables, the design and the reading table of a bundle. Raises BundleFaultsError with all that is wrong."""
    missing = [name for name in NEEDED if name not in files]
    if missing:
        raise BundleFaultsError([f"{name} is not in the bundle." for name in missing])
    records, design = _all_records(files), read_design(files["design.json"])
    models_json = read_json("model_runs.json", files["model_runs.json"])
    readers, cases = _names(records["readers.csv"], "reader"), _names(records["cases.csv"], "case")
    truth = _in_order(records["truth.csv"], "case", cases)
    size = len(readers) * len(cases)
    if not size or size > _MOST_CELLS:
        raise BundleFaultsError([f"readers.csv and cases.csv: {len(readers)} readers and {len(cases)} cases are no study that can be analysed."])  # fmt: skip
    order = keyed_order(records["order.csv"], readers, cases)
    answers = counted_answers(records["reads.csv"], order)
    places = _Places(readers, cases)
    unaided = [row for row in _sorted(order) if _is_first_unaided(row)]
    parts: dict[str, Any] = {
        **_heads(design),
        "case_ids": tuple(cases),
        "truth": np.array([int(row["malignant"]) for row in truth], np.int64),
        "diagnosis": tuple(row["diagnosis"] for row in truth),
        "readers": tuple(_reader(row) for _number, row in records["readers.csv"].dicts()),
        "cases": tuple(_case(row) for _number, row in records["cases.csv"].dicts()),
        "models": read_models(models_json, records["scores.csv"], cases),
        "assigned": _assigned(unaided, places) if design["design"] in _ALLOTTED else None,
        "place": _order_places(unaided, places),
        "session": _sessions(unaided, places),
        "undisturbed": _undisturbed(answers["first"], places),
        **{field.name: value for field, value in _first(answers["first"], places)},
        "aided": _answers(answers["aided"], places) if answers["aided"] else None,
        "repeats": _answers(answers["repeat"], places) if answers["repeat"] else None,
    }
    return Sources(records, design, ReadingTable(**parts))


def _all_records(files: Mapping[str, bytes]) -> dict[str, Records]:
    records, faults = {}, []
    for name, columns in TABLES.items():
        try:
            records[name] = read_records(name, files[name], columns)
        except BundleFaultsError as error:
            faults += error.faults
    if faults:
        raise BundleFaultsError(faults)
    return records


def read_design(data: bytes) -> dict[str, Any]:
    """The content of design.json. Raises BundleFaultsError where a part is not there or is of another kind."""
    design = read_object("design.json", data)
    wrong = [name for name, kind in _EXPECTED.items() if not isinstance(design.get(name), kind)]
    study: dict[str, Any] = design["study"] if isinstance(design.get("study"), dict) else {}
    wrong += [f"study.{name}" for name, kind in (("title", str), ("synthetic", bool)) if not isinstance(study.get(name), kind)]  # fmt: skip
    groups, excluded = design.get("group_order") or [], design.get("excluded") or {}
    if not all(isinstance(name, str) for name in groups):
        wrong.append("group_order")
    if isinstance(excluded, dict) and not all(type(count) is int for count in excluded.values()):
        wrong.append("excluded")
    if wrong:
        raise BundleFaultsError(
            [f"design.json: {', '.join(wrong)} is missing or of another kind than a bundle's."]
        )
    return design


def _heads(design: dict[str, Any]) -> dict[str, Any]:
    return {
        "study_title": design["study"]["title"],
        "is_synthetic": design["study"]["synthetic"],
        "protocol_sha256": design["protocol_sha256"],
        "group_order": tuple(design["group_order"]),
        "excluded": design["excluded"],
        "design": design["design"],
        "plan": _plan(design["plan"]),
    }


def _plan(found: dict[str, Any]) -> AnalysisPlan:
    known = {field.name for field in fields(AnalysisPlan)}
    if set(found) != known:
        different = ", ".join(sorted(known ^ set(found)))
        raise BundleFaultsError(
            [f"design.json: the plan has other parts than this version knows ({different})."]
        )
    for name, value in found.items():
        expected = type(getattr(AnalysisPlan(), name))
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (value is None or isinstance(value, expected) or is_number):
            raise BundleFaultsError(
                [f"design.json: plan.{name} is of another kind than a bundle's."]
            )
    return AnalysisPlan(**found)


def _names(records: Records, column: str) -> list[str]:
    """The names in the order of the file."""
    faults, names = Faults(records.file), dict[str, int]()
    for number, row in records.dicts():
        if row.get("number", number - 1) != number - 1:
            faults.add("the cases must be numbered from 1.", row=number, column="number")
        if names.setdefault(row[column], number) != number:
            faults.add(
                f"the name stands in row {names[row[column]]} already.", row=number, column=column
            )
    faults.check()
    return list(names)


def _in_order(records: Records, column: str, names: list[str]) -> list[dict[str, Any]]:
    found = [row for _number, row in records.dicts()]
    if [row[column] for row in found] != names:
        raise BundleFaultsError(
            [
                f"{records.file}, column {column}: not the same cases in the same order as in cases.csv."
            ]
        )
    return found


def _reader(row: dict[str, Any]) -> ReaderRow:
    return ReaderRow(row["reader"], **{column.name: row[column.name] for column in READER_FIELDS})


def _case(row: dict[str, Any]) -> CaseRow:
    return CaseRow(**{column.name: row[column.name] for column in CASE_FIELDS})


class _Places:
    """Rows and columns of the arrays by the names of reader and case."""

    def __init__(self, readers: list[str], cases: list[str]) -> None:
        self._row = {name: place for place, name in enumerate(readers)}
        self._column = {name: place for place, name in enumerate(cases)}
        self.shape = (len(readers), len(cases))

    def of(self, rows: list[dict[str, Any]]) -> tuple[Any, Any]:
        index = [(self._row[row["reader"]], self._column[row["case"]]) for row in rows]
        j, k = np.array(index, np.intp).reshape(-1, 2).T
        return j, k

    def filled(self, value: float, rows: list[dict[str, Any]], told: list[Any]) -> Any:
        """An array (J, K) of `value`, with what is told of these rows."""
        found = np.full(self.shape, value)
        found[self.of(rows)] = told
        return found


def _first(rows: list[dict[str, Any]], places: _Places) -> Iterator[tuple[Any, Any]]:
    answers = _answers(rows, places)
    for field in fields(Answers):
        yield field, getattr(answers, field.name)


def _answers(rows: list[dict[str, Any]], places: _Places) -> Answers:
    graded = [row["decision"] != "" for row in rows]
    decided = [COUNTED[row["decision"]] if row["decision"] else MISSING for row in rows]
    return Answers(
        decision=places.filled(MISSING, rows, decided).astype(np.int8),
        rating=places.filled(np.nan, rows, [_or_nan(row["rating"]) for row in rows]),
        milliseconds=places.filled(
            np.nan, rows, [_or_nan(row["milliseconds_to_decision"]) for row in rows]
        ),
        not_assessable=places.filled(False, rows, [not one for one in graded]).astype(np.bool_),
    )


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _undisturbed(rows: list[dict[str, Any]], places: _Places) -> Any:
    """None where of no answer anything is known."""
    if not any(row["timing_quality"] for row in rows):
        return None
    told = [row["timing_quality"] == UNDISTURBED for row in rows]
    return places.filled(False, rows, told).astype(np.bool_)


def _is_first_unaided(row: dict[str, Any]) -> bool:
    return row["repeat_of_session"] is None and row["arm"] in {UNAIDED, SEQUENTIAL}


def _sorted(order: dict[Any, dict[str, Any]]) -> list[dict[str, Any]]:
    return [order[key] for key in sorted(order)]


def _assigned(rows: list[dict[str, Any]], places: _Places) -> Any:
    return places.filled(False, rows, [True] * len(rows)).astype(np.bool_)


def _sessions(rows: list[dict[str, Any]], places: _Places) -> Any:
    """The session in which each case was given unaided, 0 where in none."""
    return places.filled(0, rows, [row["session"] for row in rows]).astype(np.int16)


def _order_places(rows: list[dict[str, Any]], places: _Places) -> Any:
    """The place of each case over all sessions, counted from 1 for each reader."""
    seen: dict[str, int] = {}
    for row in rows:
        seen[row["reader"]] = seen.get(row["reader"], 0) + 1
        row["overall"] = seen[row["reader"]]
    return places.filled(np.nan, rows, [row["overall"] for row in rows])
