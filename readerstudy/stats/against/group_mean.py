"""The algorithm at the readers' mean operating point, as in the paper, with its caveat."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.against.matched import (
    OTHER,
    figure_at,
    inputs,
    left_out_points,
    of_runs,
)
from readerstudy.stats.covariance import TOO_FEW_CASES, ZERO_VARIANCE
from readerstudy.stats.figures.matched_rate import (
    left_out_rates_at,
    rates_at,
)
from readerstudy.stats.inputs import check_level
from readerstudy.stats.jackknife import covariance_of_left_out
from readerstudy.stats.operating_points import MatchingRule, matching_rule
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray
from readerstudy.stats.tails import quantile, two_sided_p

METHOD = (
    "{compared} of the algorithm at the readers' mean {held} ({rule}) minus their mean {compared} (Brinker et al. 2019); "
    "readers and cases random: jackknife variance over readers + over cases, t with Satterthwaite df; n = readers"
)
CAVEAT = (
    "The mean of the readers' points lies below their mean ROC curve, because the curves are concave: compared with it "
    "the algorithm is flattered. The comparison at each reader's own point is not."
)
_ONE_READER = "With one reader the variance between readers cannot be estimated."
_NO_VARIANCE = "Neither readers nor cases add any variance."


@dataclass(frozen=True)
class GroupMeanComparison(Rendered):
    """The readers' mean rate that is held, the algorithm's and the readers' mean other rate, and the difference."""

    compared: str
    held: str
    rule: str
    held_at: float
    algorithm: float
    readers: float
    difference: Estimate
    caveat: str = CAVEAT


def at_group_mean(
    truth: ArrayLike,
    reader_decisions: ArrayLike,
    algorithm_score: ArrayLike,
    level: float = 0.95,
    *,
    held: str = "sensitivity",
    rule: MatchingRule | str = MatchingRule.INTERPOLATED,
) -> GroupMeanComparison:
    """The algorithm's other rate at the mean sensitivity (or specificity, by `held`) of J readers − their mean rate.

    Decisions 1/0 (J, K), scores (K,), or (M, K) of M training runs, whose mean rate counts. The variance is the sum of a jackknife over readers and one over cases; what
    readers and cases do together is in both, so the interval is wide rather than narrow. See `CAVEAT`. Raises
    StatisticsInputError for a missing decision and an unknown rate or rule.
    """
    check_level(level)
    labels, scores, table = inputs(truth, reader_decisions, algorithm_score)
    figure, chosen = figure_at(held, rule), matching_rule(rule)
    own, other = left_out_points(labels, table, held)
    # One row: the mean point of all readers, of all cases and without each case.
    mean_point = own.mean(axis=0, keepdims=True)
    found = _mean_of(left_out_rates_at(figure, labels, score, mean_point)[0] for score in scores)
    by_case = found - other.mean(axis=0)
    targets = _without_each(own[:, 0])
    at_targets = _mean_of(rates_at(figure, labels, score, targets) for score in scores)
    by_reader = at_targets - _without_each(other[:, 0])
    method = METHOD.format(compared=OTHER[held], held=held, rule=chosen) + of_runs(len(scores))
    few = np.bincount(labels).min() < 2  # noqa: PLR2004 (one must be left)
    difference = _estimate(float(by_case[0]), None if few else by_case[1:], by_reader, method, level)  # fmt: skip
    return GroupMeanComparison(OTHER[held], held, chosen.value, float(own[:, 0].mean()), float(found[0]), float(other[:, 0].mean()), difference)  # fmt: skip


def _without_each(values: FloatArray) -> FloatArray:
    """The mean (J,) of all values but each one; empty for a single value."""
    J = values.size
    return (values.sum() - values) / (J - 1) if J > 1 else np.empty(0)


def _mean_of(rates: Iterable[FloatArray]) -> FloatArray:
    """Over the runs."""
    return np.asarray(np.mean(list(rates), axis=0))


def _estimate(
    value: float, by_case: FloatArray | None, by_reader: FloatArray, method: str, level: float
) -> Estimate:
    J = max(by_reader.size, 1)
    if by_case is None or J == 1:
        reason = TOO_FEW_CASES if by_case is None else _ONE_READER
        return Estimate.undefined(reason, method, value=value, n=J, level=level)
    terms = [(float(covariance_of_left_out(rows[np.newaxis])[0, 0]), rows.size - 1) for rows in (by_case, by_reader)]  # fmt: skip
    variance = sum(term for term, _df in terms)
    if variance < ZERO_VARIANCE:
        return Estimate.undefined(_NO_VARIANCE, method, value=value, n=J, se=0.0, level=level)
    df = variance**2 / sum(term**2 / df for term, df in terms)
    se = float(np.sqrt(variance))
    half = quantile(level, df) * se
    return Estimate(
        value, value - half, value + half, method,
        n=J, se=se, df=df, p=two_sided_p(value / se, df), level=level, reason=CAVEAT,
    )  # fmt: skip
