"""The counts that a preview shows before anything is stored."""

from typing import Any

import numpy as np

from readerstudy.results.finished.cells import Cells
from readerstudy.results.table import MISSING, ReadingTable


def counts_of(cells: Cells, table: ReadingTable | None = None) -> dict[str, Any]:
    """Readers, cases by class, answers by class, and of a finished table how many readers are complete."""
    kept = cells.truth >= 0
    counts = {
        "readers": len(np.unique(cells.reader.code)),
        "cases": int(kept.sum()),
        "positives": int((cells.truth == 1).sum()),
        "negatives": int((cells.truth == 0).sum()),
        "left_out": int((~kept).sum()),
        "answers": int((cells.decision != MISSING).sum()),
        "positive_answers": int((cells.decision == 1).sum()),
        "missing_answers": int((cells.decision == MISSING).sum()),
        "modalities": _by_name(cells),
    }
    if table is not None:
        counts["complete_readers"] = int(table.complete.sum())
        counts["groups"] = {name: sum(reader.group == name for reader in table.readers) for name in table.group_order}  # fmt: skip
    return counts


def _by_name(cells: Cells) -> dict[str, int]:
    answered = cells.decision != MISSING
    counts = np.bincount(cells.modality.code[answered], minlength=len(cells.modality.names))
    return dict(zip(cells.modality.names, counts.tolist(), strict=True))
