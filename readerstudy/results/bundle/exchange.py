"""The readings in the formats of the field's own software: iMRMC text, MRMCaov's long CSV and RJafroc's workbook.

MRMCaov's and RJafroc's analyses need every reading, so these two hold the complete readers and the cases that all of
them graded: what the document's `against_readers` is computed from. iMRMC takes any design.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.bundle.cells import csv_bytes
from readerstudy.results.bundle.columns import MRMCAOV
from readerstudy.results.bundle.contents import run_codes
from readerstudy.results.bundle.workbook import workbook_bytes
from readerstudy.results.table import ReadingTable
from readerstudy.stats.files import to_imrmc
from readerstudy.stats.readings import Readings

READERS_TEST = "readers"
UNAIDED, AIDED = "unaided", "aided"


@dataclass(frozen=True, eq=False)
class CommonReadings:
    """The ratings (J, K) of the complete readers on the K cases that all of them graded, and the runs' scores (R, K)."""

    cases: tuple[str, ...]
    numbers: tuple[int, ...]
    truth: NDArray[np.int64]
    readers: tuple[str, ...]
    ratings: NDArray[np.float64]
    codes: tuple[str, ...]
    scores: NDArray[np.float64]


def common_readings(table: ReadingTable) -> CommonReadings:
    """What every complete reader rated, beside all runs; `numbers` count the cases as cases.csv does."""
    ratings = table.rating[table.complete]
    graded = ~np.isnan(ratings).any(axis=0)
    at = np.flatnonzero(graded)
    scores = [model.values[:, graded] for model in table.models]
    return CommonReadings(
        cases=tuple(table.case_ids[place] for place in at),
        numbers=tuple(int(place) + 1 for place in at),
        truth=table.truth[graded],
        readers=complete_codes(table),
        ratings=ratings[:, graded],
        codes=tuple(code for codes in run_codes(table) for code in codes),
        scores=np.vstack(scores) if scores else np.empty((0, at.size)),
    )


def complete_codes(table: ReadingTable) -> tuple[str, ...]:
    """The pseudonyms of the readers who count."""
    return tuple(
        one.code for one, is_in in zip(table.readers, table.complete, strict=True) if is_in
    )


def exchange_files(table: ReadingTable) -> dict[str, bytes]:
    """The three files. Raises StatisticsInputError for names that a format cannot hold."""
    common = common_readings(table)
    return {
        "study.imrmc": to_imrmc(imrmc_readings(table)).encode(),
        "mrmcaov.csv": csv_bytes([column.name for column in MRMCAOV], _long_rows(common)),
        "rjafroc.xlsx": workbook_bytes(_sheets(common)),
    }


def imrmc_readings(table: ReadingTable) -> Readings:
    """Modalities: unaided, aided where there is such an arm, and each run, which is its own only reader."""
    codes = [code for row in run_codes(table) for code in row]
    readers, modalities = complete_codes(table), [UNAIDED, *([AIDED] if table.aided else []), *codes]  # fmt: skip
    scores = np.full((len(modalities), len(readers) + len(codes), table.truth.size), np.nan)
    scores[0, : len(readers)] = table.rating[table.complete]
    if table.aided:
        scores[1, : len(readers)] = table.aided.rating[table.complete]
    values = np.vstack([model.values for model in table.models]) if codes else ()
    for place, row in enumerate(values):
        scores[len(modalities) - len(codes) + place, len(readers) + place] = row
    return Readings(tuple(modalities), (*readers, *codes), table.case_ids, table.truth, scores)


def _long_rows(common: CommonReadings) -> list[tuple[Any, ...]]:
    blocks = [(reader, READERS_TEST, row) for reader, row in zip(common.readers, common.ratings, strict=True)]  # fmt: skip
    blocks += [(code, code, row) for code, row in zip(common.codes, common.scores, strict=True)]
    return [
        (reader, test, case, truth, score)
        for reader, test, row in blocks
        for case, truth, score in zip(common.cases, common.truth.tolist(), row.tolist(), strict=True)
    ]  # fmt: skip


def _sheets(common: CommonReadings) -> dict[str, list[tuple[Any, ...]]]:
    """One modality, in which the runs read as the first readers: sorted as text, their codes come first.

    RJafroc's new Excel format (DfReadDataFile, newExcelFileFormat = TRUE) for paradigm ROC, design FCTRL: a normal
    case has LesionID 0 and weight 0 and is rated on FP, a diseased one has lesion 1 and is rated on TP.
    """
    rows = [*zip(common.codes, common.scores, strict=True), *zip(common.readers, common.ratings, strict=True)]  # fmt: skip
    everybody = ", ".join(name for name, _row in rows)
    cases = list(zip(common.numbers, common.truth.tolist(), strict=True))
    truth = [(number, label, label, everybody, "1") for number, label in cases]
    paradigm = ["ROC", "FCTRL", *[None] * len(truth)]
    false = [(name, "1", number, score) for name, row in rows for (number, label), score in zip(cases, row.tolist(), strict=True) if not label]  # fmt: skip
    true = [(name, "1", number, 1, score) for name, row in rows for (number, label), score in zip(cases, row.tolist(), strict=True) if label]  # fmt: skip
    return {
        "TRUTH": [
            ("CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm"),
            *((*row, what) for row, what in zip(truth, paradigm, strict=False)),
        ],
        "FP": [("ReaderID", "ModalityID", "CaseID", "FP_Rating"), *false],
        "TP": [("ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating"), *true],
    }
