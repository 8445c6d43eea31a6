"""Agreement of readers with themselves on the cases that came again (E8)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.table import MISSING, ReadingTable
from readerstudy.stats.agreement import (
    Weights,
    cohen_kappa,
    intra_reader,
    intraclass_correlation,
    percent_agreement,
)
from readerstudy.stats.agreement.icc import IntraclassCorrelation

Numbers = NDArray[np.float64]
_METHOD = (
    "First and second unaided answer of a reader to one case. Decisions: Cohen's kappa, unweighted, and share of equal "
    "decisions, of every reader and their means with Student's t over readers; pooled over readers with an error that takes all pairs "
    "for independent, which is too small. Ratings: intraclass correlation (2,1), absolute agreement, the two occasions a "
    "sample of occasions (Shrout and Fleiss 1979), and kappa with quadratic weights. Prevalence: share of decisions for a biopsy."
)
_NONE = "No case was read a second time."
_POOLED = "The pairs of one reader are not independent: the interval is too narrow."
_TWO = 2


def repeats(table: ReadingTable) -> dict[str, Any]:
    """Per reader, over readers and pooled. Raises NotComputableError where no case was graded twice."""
    if table.repeats is None:
        raise NotComputableError(_NONE)
    first, second = _decisions(table.decision), _decisions(table.repeats.decision)
    twice = ~np.isnan(first) & ~np.isnan(second)
    rows = np.asarray(twice.any(axis=1))
    if not rows.any():
        raise NotComputableError(_NONE)
    level = 1 - table.plan.alpha
    found = intra_reader(first[rows], second[rows], level=level)
    return {
        "method": _METHOD,
        "estimands": ["E8"],
        "pairs": int(twice.sum()),
        "readers": _readers(table, rows, twice, found),
        "mean_kappa": found.mean_kappa.as_dict(),
        "mean_agreement": found.mean_agreement.as_dict(),
        "without_kappa": found.left_out,
        "pooled": _pooled(table, twice, level),
    }


def _decisions(decision: NDArray[np.int8]) -> Numbers:
    return np.where(decision == MISSING, np.nan, decision.astype(np.float64))


def _readers(
    table: ReadingTable, rows: NDArray[np.bool_], twice: NDArray[np.bool_], found: Any
) -> list[dict[str, Any]]:
    assert table.repeats is not None  # nosec B101  # noqa: S101 (asked before)
    places = np.flatnonzero(rows).tolist()
    return [
        {
            "code": table.readers[place].code,
            "group": table.readers[place].group,
            "pairs": int(twice[place].sum()),
            "kappa": _short(kappa.as_dict()),
            "agreement": _short(agreement.as_dict()),
            "icc": _short(
                _icc(table.rating[place], table.repeats.rating[place], 1 - table.plan.alpha)
            ),
        }
        for place, kappa, agreement in zip(places, found.kappa, found.agreement, strict=True)
    ]


def _short(found: dict[str, Any]) -> dict[str, Any]:
    """What differs from reader to reader."""
    return {name: found[name] for name in ("estimate", "low", "high", "reason")}


def _icc(first: Numbers, second: Numbers, level: float) -> dict[str, Any]:
    both = ~np.isnan(first) & ~np.isnan(second)
    if both.sum() < _TWO:
        why = "An intraclass correlation needs two cases rated twice."
        none = IntraclassCorrelation("(2,1)", None, None, None, None, 0, 0, None, int(both.sum()), _TWO, level, reason=why)  # fmt: skip
        return none.as_dict()
    return intraclass_correlation(np.stack([first[both], second[both]]), level=level).as_dict()


def _pooled(table: ReadingTable, twice: NDArray[np.bool_], level: float) -> dict[str, Any]:
    """All pairs of all readers as if of one."""
    assert table.repeats is not None  # nosec B101  # noqa: S101 (tells mypy; the line above has checked it)
    one, two = (_decisions(answers.decision)[twice] for answers in (table, table.repeats))
    rating = table.rating[twice], table.repeats.rating[twice]
    equal = percent_agreement(np.stack([one, two]), level=level)
    return {
        "kappa": cohen_kappa(one, two, level=level).as_dict(),
        "agreement": equal.as_dict(),
        "weighted_kappa": cohen_kappa(*rating, Weights.QUADRATIC, level).as_dict(),
        "icc": _icc(*rating, level),
        "prevalence": float(np.mean([one.mean(), two.mean()])),
        "switched_to_biopsy": int(((one == 0) & (two == 1)).sum()),
        "switched_to_none": int(((one == 1) & (two == 0)).sum()),
        "caution": _POOLED,
    }
