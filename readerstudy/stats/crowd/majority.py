"""The majority vote of a panel, and of random panels of every size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from readerstudy.stats.covariance import ZERO_VARIANCE
from readerstudy.stats.crowd.votes import TIE_VALUE, TieRule, majority, tie_rule, vote_counts
from readerstudy.stats.inputs import check_level, checked_truth
from readerstudy.stats.reader_means import ONE_CASE
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray, IntArray
from readerstudy.stats.tails import quantile

METHOD = (
    "Majority vote of a random panel of the study's readers, ties {}, exact by the hypergeometric distribution; "
    "normal interval from the variance between cases (the jackknife over cases; readers fixed), clipped to [0, 1]; "
    "n = cases"
)
_ALIKE = "All cases have the same probability of a right vote: the variance is zero."


@dataclass(frozen=True)
class PanelVote(Rendered):
    """Expected sensitivity and specificity of the majority vote of a random panel of `size` readers."""

    size: int
    sensitivity: Estimate
    specificity: Estimate


@dataclass(frozen=True)
class CrowdVote(Rendered):
    """The majority vote by the size of the panel. `reason` says why there are no larger panels."""

    panels: tuple[PanelVote, ...]
    ties: str
    n_readers: int
    reason: str | None = None


def majority_vote(decisions: ArrayLike, *, ties: TieRule | str) -> FloatArray:
    """The vote (K,) of all readers' decisions (J, K): 1 positive, 0 negative, 0.5 a tie under the rule "half".

    A missing decision (−1) is no vote. Raises StatisticsInputError for other decisions, an unknown rule, no readers,
    and a case without a vote.
    """
    return majority(*vote_counts(decisions), tie_rule(ties))


def crowd_vote(
    truth: ArrayLike, decisions: ArrayLike, *, ties: TieRule | str, level: float = 0.95
) -> CrowdVote:
    """Expected sensitivity and specificity of random panels of 1, 2, ... of J readers, from decisions (J, K).

    A case with m positive among its J_k votes is called positive by a panel of k with the probability
    P(X > k/2) + tie × P(X = k/2), X hypergeometric (J_k, m, k); no panel is drawn. Panels grow up to the smallest
    number of votes on a case. Raises StatisticsInputError as `majority_vote`, and for a missing class.
    """
    check_level(level)
    labels, rule = checked_truth(truth), tie_rule(ties)
    positive, votes = vote_counts(decisions, labels.size)
    J, largest = int(np.shape(decisions)[0]), int(votes.min())
    chance = _called_positive(positive, votes, largest, rule)
    method = METHOD.format(rule.value)
    panels = tuple(
        PanelVote(
            size,
            _mean_over_cases(row[labels == 1], method, level),
            _mean_over_cases(1 - row[labels == 0], method, level),
        )
        for size, row in enumerate(chance, start=1)
    )
    reason = None if largest == J else f"Some case has only {largest} of {J} votes: there are no larger panels."  # fmt: skip
    return CrowdVote(panels, rule.value, J, reason)


def _called_positive(
    positive: IntArray, votes: IntArray, largest: int, ties: TieRule
) -> FloatArray:
    """The probability (largest, K) that a random panel of each size calls each case positive."""
    distinct, place = np.unique(np.stack([positive, votes]), axis=1, return_inverse=True)
    m, n = distinct[:, :, np.newaxis]
    rows = [_tail(m, n, size, TIE_VALUE[ties]) for size in range(1, largest + 1)]
    return np.stack(rows)[:, place.ravel()]


def _tail(m: IntArray, n: IntArray, size: int, tie: float) -> FloatArray:
    """P(X > size/2) + tie × P(X = size/2) for X ~ hypergeometric (n, m, size); m and n are (U, 1)."""
    x = np.arange((size + 1) // 2, size + 1)
    possible = (x <= m) & (size - x <= n - m)
    # Impossible counts are put where the logarithms exist, and then taken out.
    inside = np.clip(x, np.maximum(0, size - n + m), np.minimum(m, size))
    log = _log_choose(m, inside) + _log_choose(n - m, size - inside) - _log_choose(n, size)
    mass = np.where(possible, np.exp(log), 0.0)
    # Rounding may sum to a little more than 1.
    return np.asarray(np.minimum(mass @ np.where(2 * x == size, tie, 1.0), 1.0))


def _log_choose(n: IntArray, k: IntArray | int) -> FloatArray:
    return np.asarray(gammaln(n + 1) - gammaln(np.asarray(k) + 1) - gammaln(n - k + 1))


def _mean_over_cases(chance: FloatArray, method: str, level: float) -> Estimate:
    value, n = float(chance.mean()), int(chance.size)
    if n < 2:  # noqa: PLR2004 (a variance needs two)
        return Estimate.undefined(ONE_CASE, method, value=value, n=n, level=level)
    variance = float(chance.var(ddof=1) / n)
    if variance < ZERO_VARIANCE:
        return Estimate.undefined(_ALIKE, method, value=value, n=n, se=0.0, level=level)
    se = float(np.sqrt(variance))
    half = quantile(level) * se
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0), method, n=n, se=se, level=level)  # fmt: skip
