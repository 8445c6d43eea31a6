"""Two readers' decisions, or answers, on the same cases: the difference of two proportions, and McNemar's test."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom, chi2

from readerstudy.stats.further_proportions import wilson_limits
from readerstudy.stats.inputs import checked_decisions
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, StatisticsInputError

NEWCOMBE = (
    "Newcombe's interval of a paired difference: Wilson's limits with a continuity-corrected correlation (method 10); n = pairs"
)  # fmt: skip
MCNEMAR = "McNemar's test, two-sided: chi-square with one degree of freedom, also with Edwards' correction; exact binomial and its mid-p; n = pairs"
COCHRAN = "Cochran's Q, chi-square with readers − 1 degrees of freedom; n = cases that every reader answered"
_NO_PAIRS = "No case was answered by both readers."
_NO_DISCORDANT = (
    "The readers differ on no case, so that McNemar's test has nothing to go by."
)  # fmt: skip
_SAME_ROWS = "On every case the readers answered alike, so that Cochran's Q has nothing to go by."
_ONE_READER = "Cochran's Q needs two readers."


@dataclass(frozen=True)
class PairedCounts:
    """Cases by the answers of two readers: n10 those with 1 of the first and 0 of the second. `missing` were left out."""

    n11: int
    n10: int
    n01: int
    n00: int
    missing: int = 0

    def __post_init__(self) -> None:
        """Raises StatisticsInputError for a negative count."""
        if min(self.n11, self.n10, self.n01, self.n00, self.missing) < 0:
            raise StatisticsInputError("A count of cases must not be negative.")

    @property
    def n(self) -> int:
        """Cases answered by both."""
        return self.n11 + self.n10 + self.n01 + self.n00


@dataclass(frozen=True)
class PairedProportions(Rendered):
    """The difference of the two shares of 1, first − second, and every form of McNemar's test; None with a `reason`."""

    difference: Estimate
    n10: int
    n01: int
    statistic: float | None
    p: float | None
    statistic_corrected: float | None
    p_corrected: float | None
    p_exact: float | None
    p_mid: float | None
    n: int
    method: str = MCNEMAR
    reason: str | None = None


@dataclass(frozen=True)
class CochranTest(Rendered):
    """Cochran's Q of several readers' answers, its degrees of freedom and p; None with a `reason`."""

    statistic: float | None
    df: int | None
    p: float | None
    n: int
    method: str = COCHRAN
    reason: str | None = None


def paired_counts(first: ArrayLike, second: ArrayLike) -> PairedCounts:
    """Counts of two readers' answers (K,) of 1, 0 and −1 (missing) on the same cases.

    Pass decisions on positive cases to compare sensitivities, on negative cases specificities (0 and 1 exchanged), right
    answers to compare accuracies. Raises StatisticsInputError for other values and unequal lengths.
    """
    a, b = (checked_decisions(np.asarray(answers)[np.newaxis])[0] for answers in (first, second))
    if a.size != b.size:
        raise StatisticsInputError(
            f"The readers answered {a.size} and {b.size} cases, not the same."
        )
    counts = {f"n{x}{y}": int(((a == x) & (b == y)).sum()) for x in (1, 0) for y in (1, 0)}
    return PairedCounts(**counts, missing=a.size - sum(counts.values()))


def mcnemar_test(counts: PairedCounts, level: float = 0.95) -> PairedProportions:
    """Whether two readers' shares differ, from the cases on which they differ (McNemar, Psychometrika 1947;12:153).

    (n10 − n01)² / (n10 + n01); corrected: max(|n10 − n01| − 1, 0)² / (n10 + n01) (Edwards, Psychometrika 1948;13:185).
    For n10 = n01 the corrected statistic is 0, as in R; statsmodels gives 1 / (n10 + n01). Exact: binomial with ½; mid-p:
    the observed table counts half in each tail (Fagerland, Lydersen, Laake, BMC Med Res Methodol
    2013;13:91). Where n10 = n01 = 0 there is no p; R gives NaN, statsmodels 1 for the exact test.
    """
    difference = paired_difference(counts, level)
    n10, n01, discordant = counts.n10, counts.n01, counts.n10 + counts.n01
    if not discordant:
        reason = _NO_DISCORDANT if counts.n else _NO_PAIRS
        return PairedProportions(difference, n10, n01, None, None, None, None, None, None, counts.n, reason=reason)  # fmt: skip
    gap, fewer = abs(n10 - n01), min(n10, n01)
    plain, corrected = gap**2 / discordant, max(gap - 1, 0) ** 2 / discordant
    by_chi_square = plain, float(chi2.sf(plain, 1)), corrected, float(chi2.sf(corrected, 1))
    exact = min(2 * float(binom.cdf(fewer, discordant, 0.5)), 1.0)
    # The observed table is in both tails, with n10 = n01 once for the two.
    mid = exact - float(binom.pmf(fewer, discordant, 0.5)) / (1 if gap else 2)
    return PairedProportions(difference, n10, n01, *by_chi_square, exact, mid, counts.n)


def paired_difference(counts: PairedCounts, level: float = 0.95) -> Estimate:
    """Share of 1 of the first reader − that of the second, on the same cases (Newcombe, Stat Med 1998;17:2635, method 10).

    Never degenerate: an interval of positive width also where the readers differ on no case.
    """
    n = counts.n
    if not n:
        return Estimate.undefined(_NO_PAIRS, NEWCOMBE, n=0, level=level)
    (p1, low1, high1), (p2, low2, high2) = (wilson_limits(count, n, level) for count in (counts.n11 + counts.n10, counts.n11 + counts.n01))  # fmt: skip
    value, phi = (counts.n10 - counts.n01) / n, _correlation(counts)
    below = _joined(p1 - low1, high2 - p2, phi)
    above = _joined(high1 - p1, p2 - low2, phi)
    return Estimate(value, value - below, value + above, NEWCOMBE, n=n, level=level)


def cochran_q(answers: ArrayLike) -> CochranTest:
    """Whether the shares of 1 of J readers differ, from answers (J, K) of 1, 0 and −1 (Cochran, Biometrika 1950;37:256).

    Q = J (J − 1) Σ (G_j − Ḡ)² / Σ L_k (J − L_k), with G_j the ones of a reader and L_k those of a case. Cases with a
    missing answer are left out. For two readers Q is McNemar's statistic. Raises StatisticsInputError for other values.
    """
    table = checked_decisions(answers)
    complete = table[:, (table >= 0).all(axis=0)]
    J, n = complete.shape
    ones = complete.sum(axis=0)
    split = int((ones * (J - ones)).sum())
    if J < 2 or not split:  # noqa: PLR2004 (there is nobody to compare with)
        reason = _ONE_READER if J < 2 else _SAME_ROWS  # noqa: PLR2004
        return CochranTest(None, None, None, n, reason=reason)
    statistic = J * (J - 1) * float(((complete.sum(axis=1) - ones.sum() / J) ** 2).sum()) / split
    return CochranTest(statistic, J - 1, float(chi2.sf(statistic, J - 1)), n)


def _correlation(counts: PairedCounts) -> float:
    """Newcombe's φ of the two readers' answers, its numerator brought nearer to zero by n/2 where it is positive."""
    a, b, c, d = counts.n11, counts.n10, counts.n01, counts.n00
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if not margins:
        return 0.0
    product = a * d - b * c
    corrected = max(product - counts.n / 2, 0) if product > 0 else product
    return corrected / math.sqrt(margins)


def _joined(first: float, second: float, phi: float) -> float:
    return math.sqrt(max(first**2 - 2 * phi * first * second + second**2, 0.0))
