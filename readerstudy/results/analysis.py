"""One analysis: from the reading table to a frozen document that every page, figure and export reads."""

from dataclasses import asdict
from typing import Any

import numpy as np
import scipy

from readerstudy.core.errors import Conflict
from readerstudy.core.version import VERSION
from readerstudy.results.model_part import model_part
from readerstudy.results.reader_part import reader_part
from readerstudy.results.sections import build_sections
from readerstudy.results.table import MISSING, ReadingTable

SCHEMA = "reader-study-analysis/2"


def build_document(table: ReadingTable) -> dict[str, Any]:
    """All numbers of the study as plain JSON values; rates are fractions. Raises Conflict as `main_part`."""
    return {**main_part(table), "sections": build_sections(table)}


def main_part(table: ReadingTable) -> dict[str, Any]:
    """The document without its sections: readers, models and cases.

    Readers count only when they answered every case, as in the paper; cases that they could not assess are missing in
    their rates, and counted. A number that cannot be computed is
    null and stands beside a `reason`. Raises Conflict where no reader is complete or a class of cases is missing.
    """
    _check(table)
    readers = reader_part(table)
    return {
        "schema": SCHEMA,
        "software": {"reader_study": VERSION, "numpy": np.__version__, "scipy": scipy.__version__},
        "study": {
            "title": table.study_title,
            "synthetic": table.is_synthetic,
            "protocol_sha256": table.protocol_sha256,
            "inputs_sha256": table.sha256(),
            "design": table.design,
            "crossed": table.is_crossed,
            "plan": asdict(table.plan),
            **({"origin": asdict(table.origin)} if table.origin else {}),
        },
        "counts": _counts(table),
        "readers": readers,
        "models": [model_part(table, model, readers) for model in table.models],
        "cases": _cases(table),
    }


def _check(table: ReadingTable) -> None:
    if not table.votes and not table.complete.any():
        raise Conflict(
            "No reader has answered every case, so there is nothing to compare.",
            code="no_complete_reader",
        )
    if table.truth.min() == table.truth.max():
        raise Conflict(
            "All cases are malignant: sensitivity and specificity need both classes."
            if table.truth.max()
            else "All cases are benign: sensitivity and specificity need both classes.",
            code="one_class",
        )


def _counts(table: ReadingTable) -> dict[str, int]:
    complete = int(table.complete.sum())
    return {
        "readers": complete,
        "incomplete_readers": len(table.readers) - complete,
        **table.excluded,
        "cases": int(table.truth.size),
        "positives": int(table.truth.sum()),
        "negatives": int((1 - table.truth).sum()),
        "readings": int((table.decision != MISSING).sum()),
        "not_assessable": int(table.not_assessable.sum()),
    }


def _cases(table: ReadingTable) -> list[dict[str, Any]]:
    """Per case: truth, how many of the complete readers decided for a biopsy, and how many graded it at all."""
    decision = table.decision[table.complete]
    biopsies, graded = (decision == 1).sum(axis=0), (decision != MISSING).sum(axis=0)
    columns = (table.truth.tolist(), table.diagnosis, biopsies.tolist(), graded.tolist())
    rows = zip(table.case_ids, *columns, strict=True)
    names = ("case", "malignant", "diagnosis", "biopsy_votes", "graded")
    return [dict(zip(names, row, strict=True)) for row in rows]
