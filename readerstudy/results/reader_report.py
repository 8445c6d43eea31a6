"""One reader against the panel and the CNN: for the study's coordinators by pseudonym, and for the reader themselves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.core.errors import NotFound
from readerstudy.results.inspected_cases import inspected_model
from readerstudy.results.table import MISSING, ReaderRow, ReadingTable

# More levels of certainty than these are put together in bins of equal width.
_MOST_LEVELS = 10
_BINS = 5


@dataclass(frozen=True)
class Certainty:
    """How often the reader was right among the answers of one level of certainty; low and high are Wilson's interval."""

    low_level: int
    high_level: int
    answers: int
    right: int
    share: stats.Estimate

    @property
    def level(self) -> str:
        """The level, or the range of levels, in figures."""
        one = self.low_level == self.high_level
        return str(self.low_level) if one else f"{self.low_level}–{self.high_level}"


@dataclass(frozen=True)
class JudgedCase:
    """A case as this reader judged it, beside the other complete readers."""

    case_id: str
    malignant: bool
    diagnosis: str
    called_malignant: bool
    others_biopsy_share: float | None
    score: float | None

    @property
    def is_wrong(self) -> bool:
        """Whether the decision was not that of the truth."""
        return self.called_malignant != self.malignant


@dataclass(frozen=True)
class ReaderReport:
    """Counts, rates with Wilson's intervals, area, times and cases of one reader. Rates are None without such a case."""

    row: int
    reader: ReaderRow
    is_complete: bool
    tp: int
    fn: int
    tn: int
    fp: int
    not_assessable: int
    sensitivity: stats.Estimate | None
    specificity: stats.Estimate | None
    auc: stats.Estimate | None
    roc: stats.RocCurve | None
    median_seconds: float | None
    panel_median_seconds: float | None
    certainty: tuple[Certainty, ...]
    wrong: tuple[JudgedCase, ...]
    different: tuple[JudgedCase, ...]
    repeated: int
    repeated_alike: int


def reader_report(table: ReadingTable, code: str) -> ReaderReport:
    """The report of the reader with this pseudonym. Raises NotFound where the table has none."""
    row = next((at for at, one in enumerate(table.readers) if one.code == code), None)
    if row is None:
        raise NotFound("There is no such reader.")
    decision, truth = table.decision[row], table.truth
    tp, fn = _count(decision, truth, 1, 1), _count(decision, truth, 0, 1)
    tn, fp = _count(decision, truth, 0, 0), _count(decision, truth, 1, 0)
    curve, area = _roc(truth, table.rating[row])
    judged = _judged(table, row)
    repeated, alike = _repeats(table, row)
    return ReaderReport(
        row=row,
        reader=table.readers[row],
        is_complete=bool(table.complete[row]),
        tp=tp, fn=fn, tn=tn, fp=fp,
        not_assessable=int(table.not_assessable[row].sum()),
        sensitivity=stats.wilson(tp, tp + fn) if tp + fn else None,
        specificity=stats.wilson(tn, tn + fp) if tn + fp else None,
        auc=area,
        roc=curve,
        median_seconds=_median_seconds(table.milliseconds[row]),
        panel_median_seconds=_panel_median(table),
        certainty=certainty_of(truth, decision, table.rating[row]),
        wrong=tuple(one for one in judged if one.is_wrong),
        different=tuple(one for one in judged if _is_different(one)),
        repeated=repeated,
        repeated_alike=alike,
    )  # fmt: skip


def _count(decision: NDArray[np.int8], truth: NDArray[np.int64], chosen: int, is_true: int) -> int:
    return int(((decision == chosen) & (truth == is_true)).sum())


def _roc(
    truth: NDArray[np.int64], rating: NDArray[np.float64]
) -> tuple[stats.RocCurve | None, stats.Estimate | None]:
    """The reader's own empirical curve and its area; None where a class was not rated."""
    rated = ~np.isnan(rating)
    if not rated.any() or truth[rated].min() == truth[rated].max():
        return None, None
    own = (truth[rated], rating[rated])
    return stats.empirical_roc(*own), stats.auc_interval(*own)


def _median_seconds(milliseconds: NDArray[np.float64]) -> float | None:
    known = milliseconds[~np.isnan(milliseconds)]
    return float(np.median(known)) / 1000 if known.size else None


def _panel_median(table: ReadingTable) -> float | None:
    """The median of the complete readers' own medians."""
    own = [_median_seconds(row) for row in table.milliseconds[table.complete]]
    known = [seconds for seconds in own if seconds is not None]
    return float(np.median(known)) if known else None


def certainty_of(
    truth: NDArray[np.int64], decision: NDArray[np.int8], rating: NDArray[np.float64]
) -> tuple[Certainty, ...]:
    """How often the reader was right at each level of certainty, which is the rating's distance from the decision's border.

    Arrays are (K,). Up to 10 levels stand alone, more are put together in 5 bins of equal width. Wilson's intervals.
    """
    answered = (decision != MISSING) & ~np.isnan(rating)
    levels = np.abs(rating[answered]).astype(int)
    right = decision[answered] == truth[answered]
    return tuple(
        Certainty(low, high, n, hits, stats.wilson(hits, n))
        for low, high in _levels(levels)
        for n, hits in [_hits(levels, right, low, high)]
        if n
    )


def _hits(
    levels: NDArray[np.int_], right: NDArray[np.bool_], low: int, high: int
) -> tuple[int, int]:
    inside = (levels >= low) & (levels <= high)
    return int(inside.sum()), int(right[inside].sum())


def _levels(levels: NDArray[np.int_]) -> list[tuple[int, int]]:
    distinct = np.unique(levels)
    if distinct.size <= _MOST_LEVELS:
        return [(int(level), int(level)) for level in distinct]
    low, width = int(distinct[0]), -(-(int(distinct[-1] - distinct[0]) + 1) // _BINS)
    return [(low + width * place, low + width * (place + 1) - 1) for place in range(_BINS)]


def _judged(table: ReadingTable, row: int) -> list[JudgedCase]:
    """The cases that the reader graded, those first of which the others thought most differently."""
    others = table.complete.copy()
    others[row] = False
    decision = table.decision[others]
    graded, biopsy = (decision != MISSING).sum(axis=0), (decision == 1).sum(axis=0)
    model = inspected_model(table)
    scores = None if model is None else model.values.mean(axis=0)
    found = [
        JudgedCase(
            case_id=table.case_ids[column],
            malignant=bool(table.truth[column]),
            diagnosis=table.diagnosis[column],
            called_malignant=bool(table.decision[row, column]),
            others_biopsy_share=float(biopsy[column] / graded[column]) if graded[column] else None,
            score=None if scores is None else float(scores[column]),
        )
        for column in np.flatnonzero(table.decision[row] != MISSING)
    ]
    return sorted(found, key=_agreement)


def _agreement(case: JudgedCase) -> float:
    """The share of the others who decided the same."""
    share = case.others_biopsy_share
    if share is None:
        return 1.0
    return share if case.called_malignant else 1 - share


def _is_different(case: JudgedCase) -> bool:
    """Whether fewer than half of the others decided the same."""
    return _agreement(case) < 0.5  # noqa: PLR2004 (half)


def _repeats(table: ReadingTable, row: int) -> tuple[int, int]:
    """How many cases the reader decided twice, and how many of them alike."""
    if table.repeats is None:
        return 0, 0
    first, second = table.decision[row], table.repeats.decision[row]
    both = (first != MISSING) & (second != MISSING)
    return int(both.sum()), int((both & (first == second)).sum())


def cnn_at(table: ReadingTable, report: ReaderReport) -> dict[str, stats.Spread] | None:
    """The CNN at the reader's own sensitivity and at their own specificity, mean and range over its runs."""
    model = inspected_model(table)
    own = {"sensitivity": report.specificity, "specificity": report.sensitivity}
    if model is None:
        return None
    found = {
        of: stats.matched_over_runs(table.truth, model.values, rate.value, of=of).spread
        for of, rate in own.items()
        if rate is not None and rate.value is not None
    }
    return found if len(found) == len(own) else None
