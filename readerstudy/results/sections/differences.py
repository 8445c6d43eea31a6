"""The CNN minus the readers: areas, rates at a threshold and rates at the readers' own points, whatever was read.

Where every reader graded every case: Obuchowski-Rockette with the CNN fixed (1T-RRRC; Hillis, Stat Med 2007;26:596).
Where something is missing: U-statistics over all that was read (Gallas, Acad Radiol 2006;13:353).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.table import MISSING, ReadingTable
from readerstudy.stats.ustatistics import Distribution

Scores = NDArray[np.float64]
Decisions = NDArray[np.int8]
BoolArray = NDArray[np.bool_]

ONE_READER = (
    "One reader: the difference holds for this reader alone, with random cases (DeLong 1988)."
)
BDG = "; Student's t with the degrees of freedom of Obuchowski, Gallas and Hillis (BDG); CNN's runs against readers"
NO_COMMON_CASES = "The readers graded no malignant, or no benign, case in common: a comparison at their points needs every decision."


@dataclass(frozen=True)
class Difference:
    """CNN − readers as an estimate (n = readers), the two sides, and the number of cases it rests on."""

    estimate: stats.Estimate
    cnn: float | None
    readers: float | None
    cases: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        sides = {"cnn": self.cnn, "readers": self.readers, "n_cases": self.cases}
        return {**self.estimate.as_dict(), **sides}


def common_cases(table: ReadingTable) -> BoolArray:
    """The cases (K,) that every reader of the table graded."""
    return np.asarray((table.decision != MISSING).all(axis=0))


def is_full(table: ReadingTable) -> bool:
    """Whether every reader of the table graded every case."""
    return bool(common_cases(table).all())


def of_common_cases(table: ReadingTable) -> ReadingTable:
    """The table of the cases that every reader graded. Raises NotComputableError where a class has none."""
    some = table.picked(cases=common_cases(table))
    if some.truth.size == 0 or some.truth.min() == some.truth.max():
        raise NotComputableError(NO_COMMON_CASES)
    return some


def auc_difference(
    table: ReadingTable, runs: Scores, level: float
) -> tuple[Difference, Difference | None]:
    """The mean AUC of runs (M, K) − that of the readers, and the same by the other of the two methods.

    The second is None where readers have no case of a class in common.
    """
    by_pairs = auc_by_u_statistics(table, runs, level)
    if is_full(table):
        return auc_by_rrrc(table, runs, level), by_pairs
    try:
        return by_pairs, auc_by_rrrc(*_common(table, runs), level)
    except NotComputableError:
        return by_pairs, None


def auc_by_rrrc(table: ReadingTable, runs: Scores, level: float) -> Difference:
    """Readers and cases random; the runs too where there are several. One reader: DeLong's paired test."""
    if len(runs) == 1:
        return auc_of_each_run(table, runs, level)[0]
    found = stats.runs_against_readers(table.truth, runs, table.rating, level)
    return Difference(found.difference, found.runs.mean, found.readers.mean, table.truth.size)


def auc_of_each_run(table: ReadingTable, runs: Scores, level: float) -> list[Difference]:
    """The same of each of the runs alone, which counts as fixed."""
    truth, ratings = table.truth, table.rating
    if len(ratings) == 1:
        return [_of_one_reader(truth, run, ratings[0], level) for run in runs]
    each = stats.algorithms_against_readers(truth, ratings, runs, level)
    return [of_standalone(one, truth.size) for one in each]


def _of_one_reader(
    truth: NDArray[np.int64], run: Scores, rating: Scores, level: float
) -> Difference:
    test = stats.paired_test(truth, run, rating, level)
    reason = f"{ONE_READER} {test.reason}" if test.reason else ONE_READER
    estimate = stats.Estimate(
        test.value, test.low, test.high, test.method,
        n=1, se=test.se, df=test.df, p=test.p, level=test.level, reason=reason,
    )  # fmt: skip
    cnn, reader = (stats.auc(truth, scores) for scores in (run, rating))
    return Difference(estimate, cnn, reader, truth.size)


def of_standalone(found: stats.Standalone, cases: int) -> Difference:
    """The comparison of an algorithm with readers as a difference."""
    estimate = stats.Estimate(
        found.effect, found.low, found.high, found.method,
        n=found.n_readers, se=found.se, df=found.df, p=found.p, level=found.level, reason=found.reason,
    )  # fmt: skip
    return Difference(estimate, found.algorithm, found.readers, cases)


def auc_by_u_statistics(table: ReadingTable, runs: Scores, level: float) -> Difference:
    """Over all that was read, of any design; every reader counts by the number of pairs of cases."""
    readings = _readings(table, runs, table.rating)
    return _of_u(stats.u_statistics(readings, level=level, test=Distribution.T), table)


def rate_difference(
    table: ReadingTable, called: Decisions, level: float, *, rate: str
) -> Difference:
    """Sensitivity or specificity of the runs' decisions (M, K) − the readers' mean."""
    if is_full(table):
        found = stats.rate_against_readers(table.truth, table.decision, called, level, rate=rate)
        return of_standalone(found, int((table.truth == (rate == "sensitivity")).sum()))
    decided = np.where(table.decision == MISSING, np.nan, table.decision).astype(float)
    readings = _readings(table, called.astype(float), decided)
    analysed = (
        stats.u_statistics_of_sensitivity
        if rate == "sensitivity"
        else stats.u_statistics_of_specificity
    )
    return _of_u(analysed(readings, 0.5, level=level, test=Distribution.T), table)


def _common(table: ReadingTable, runs: Scores) -> tuple[ReadingTable, Scores]:
    return of_common_cases(table), runs[:, common_cases(table)]


def _readings(table: ReadingTable, runs: Scores, readers: Scores) -> stats.Readings:
    """Runs (M, K) and readers (J, K) as two modalities with readers of their own."""
    first = len(runs)
    scores = np.full((2, first + len(readers), table.truth.size), np.nan)
    scores[0, :first], scores[1, first:] = runs, readers
    names = tuple(f"row {number}" for number in range(scores.shape[1]))
    return stats.Readings(("CNN", "readers"), names, table.case_ids, table.truth, scores)


def _of_u(found: stats.UStatistics, table: ReadingTable) -> Difference:
    cnn, readers = found.modalities
    row = found.differences[0]
    estimate = stats.Estimate(
        row.estimate, row.low, row.high, found.method + BDG,
        n=readers.n_readers, se=row.se, df=row.df_bdg, p=row.p, level=found.level, reason=row.reason,
    )  # fmt: skip
    return Difference(estimate, cnn.estimate, readers.estimate, table.truth.size)
