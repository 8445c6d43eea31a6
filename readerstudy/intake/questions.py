"""What a report asks the admin: which column holds a field, and what a diagnosis means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from readerstudy.core.errors import Problem
from readerstudy.intake.choices import ImportState
from readerstudy.intake.columns import SYNONYMS
from readerstudy.intake.mapping import CLASSES, ManifestMapping


@dataclass(frozen=True)
class Question:
    """One question of a report. `value` is the diagnosis it is about; `guess` is empty where nothing is likely.

    Where a diagnosis is known to be `known` and a `column` says `stated`, `rows` counts the rows in which it does.
    """

    kind: str
    field: str
    guess: str
    choices: tuple[str, ...]
    value: str = ""
    column: str = ""
    known: str = ""
    stated: str = ""
    rows: int = 0


def questions_in(report: Mapping[str, Any], kind: str) -> list[Question]:
    """The report's open questions about columns (`column`) or diagnoses (`class`)."""
    return [
        Question(**{**one, "choices": tuple(one["choices"])})
        for one in report.get("questions", [])
        if one["kind"] == kind
    ]


def state_after(report: Mapping[str, Any]) -> ImportState:
    """What a checked job becomes: something to answer, to confirm, or to put right."""
    if report.get("questions"):
        return ImportState.ASKED
    return ImportState.PLANNED if report["can_be_applied"] else ImportState.REFUSED


def problems_of_mapping(mapping: ManifestMapping, report: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the answers, all of it; "" is the column of a field that no column holds."""
    header = {"", *report.get("header", []), *report.get("columns", {}).values()}
    return [
        *(
            Problem("unknown_field", f"There is no field {field}.", field=field)
            for field in mapping.columns
            if field not in SYNONYMS
        ),
        *(
            Problem("unknown_column", f"The manifest has no column {column}.", field=field)
            for field, column in mapping.columns.items()
            if column not in header
        ),
        *(
            Problem(
                "unknown_class",
                f"“{said}” is not understood for {value}: say malignant, benign or left out.",
                field=value,
            )
            for value, said in mapping.classes.items()
            if said not in CLASSES
        ),
    ]
