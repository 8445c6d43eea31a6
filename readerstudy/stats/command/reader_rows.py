"""One row a reading: its AUC with DeLong's variance and interval."""

import numpy as np

from readerstudy.stats.command.blocks import ReaderRow, Reason
from readerstudy.stats.delong import auc_interval
from readerstudy.stats.readings import Readings


def reader_rows(readings: Readings, level: float) -> tuple[list[ReaderRow], list[Reason]]:
    """The rows, by reader and modality, and the reasons where a row is not complete."""
    rows, reasons = [], []
    for j, reader in enumerate(readings.readers):
        for i, modality in enumerate(readings.modalities):
            score = readings.scores[i, j]
            read = ~np.isnan(score)
            if not read.any():
                continue
            row, why = _row(reader, modality, readings.truth[read], score[read], level)
            rows.append(row)
            reasons += [Reason(f"reader {reader} in modality {modality}", why)] if why else []
    return rows, reasons


def _row(
    reader: str, modality: str, truth: np.ndarray, score: np.ndarray, level: float
) -> tuple[ReaderRow, str | None]:
    n1 = int(truth.sum())
    n0 = int(truth.size - n1)
    if not n1 or not n0:
        why = f"There is no {'negative' if n1 else 'positive'} case among those that this reader read: no AUC."
        return ReaderRow(reader, modality, n1, n0, None, None, None, None), why
    found = auc_interval(truth, score, level)
    variance = None if found.se is None else found.se**2
    # With variance zero the interval is the value itself, as pROC has it, and the reason says what that is worth.
    low, high = (found.value, found.value) if variance == 0 else (found.low, found.high)
    return ReaderRow(reader, modality, n1, n0, found.value, variance, low, high), found.reason
