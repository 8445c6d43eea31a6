"""What goes into a bundle, before it is written: the reading table, the frozen analysis, and what stands around them."""

from dataclasses import dataclass
from typing import Any

from readerstudy.results.table import ReadingTable

Row = tuple[Any, ...]
Document = dict[str, Any]


@dataclass(frozen=True)
class CaseFacts:
    """What is told of a case beside its metadata and its truth."""

    confirmation: str = ""
    images: int = 1
    image_sha256: str = ""
    licence: str = ""
    attribution: str = ""


@dataclass(frozen=True)
class Contents:
    """All of a bundle's sources.

    `reads` and `order` have the columns of READS and ORDER, sorted by reader, session, place, level and version;
    `case_facts` are in the order of the table's cases. `analysis` says which analysis `document` is, `lock` is the
    lock manifest with its hash, `study` and `transitions` are facts of the study. `models` are facts by the model's
    identifier and the run's label; no key of theirs may be one of those that the table itself gives.
    """

    table: ReadingTable
    document: Document
    reads: tuple[Row, ...]
    order: tuple[Row, ...]
    case_facts: tuple[CaseFacts, ...]
    analysis: dict[str, Any]
    study: dict[str, Any]
    lock: dict[str, Any]
    transitions: list[dict[str, Any]]
    models: dict[str, dict[str, Any]]
    runs: dict[tuple[str, str], dict[str, Any]]


def run_codes(table: ReadingTable) -> list[list[str]]:
    """Short names of the runs of every model, C01 onwards: sorted as text they come before all readers (R-…)."""
    total = sum(len(model.run_labels) for model in table.models)
    width = max(2, len(str(total)))
    names = iter([f"C{number:0{width}}" for number in range(1, total + 1)])
    return [[next(names) for _label in model.run_labels] for model in table.models]
