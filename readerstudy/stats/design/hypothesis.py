"""What a study is to show, and how probable that is for a given standard error: upper tails of Student's t.

With one degree of freedom in the numerator the noncentral F is the square of the noncentral t, so that one function
serves both: P(F' > F₁₋α) = P(T' > t) + P(T' < −t).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit
from scipy.stats import nct

from readerstudy.stats.result import FloatArray, StatisticsInputError

# The normal distribution as a t distribution; the two are equal to 1e-14 there.
_INFINITE_DF = 1e15
# Beyond this on the wrong side the tail is below 1e-15, and the series of the library fails.
_NO_TAIL = 8.0
# Beyond this the power is 1 for every level and df in use.
_CERTAIN = 1e4
_SUPERIORITY_ALPHA = 0.05
_NON_INFERIORITY_ALPHA = 0.025


@dataclass(frozen=True)
class Hypothesis:
    """A true `effect`, tested two-sided at `alpha` (superiority) or one-sided against −`margin` (non-inferiority)."""

    effect: float
    alpha: float
    margin: float | None = None

    @property
    def shift(self) -> float:
        """The true effect's distance from the null hypothesis."""
        return self.effect + (self.margin or 0.0)

    @property
    def tail(self) -> float:
        """The probability above the critical value under the null hypothesis."""
        return self.alpha if self.margin is not None else self.alpha / 2

    def critical(self, df: FloatArray) -> FloatArray:
        """The critical value of t; of the normal distribution for infinite df."""
        return np.asarray(-stdtrit(np.minimum(df, _INFINITE_DF), self.tail))

    def power(self, se: FloatArray, df: FloatArray) -> FloatArray:
        """The probability to reject the null hypothesis, for arrays of one shape; `df` may be infinite, `se` zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ncp = np.nan_to_num(self.shift / se, nan=0.0, posinf=_CERTAIN, neginf=-_CERTAIN)
        critical = self.critical(df)
        above = upper_tail(critical, df, ncp)
        return above if self.margin is not None else above + upper_tail(critical, df, -ncp)


def hypothesis(
    effect: float, *, alpha: float | None = None, margin: float | None = None
) -> Hypothesis:
    """Checked; `alpha` is 0.05 (two-sided) for superiority and 0.025 (one-sided) for non-inferiority unless given.

    Raises StatisticsInputError for an effect beyond ±1, an alpha outside (0, 0.5), and a margin that is not in [0, 1].
    """
    level = alpha if alpha is not None else _SUPERIORITY_ALPHA if margin is None else _NON_INFERIORITY_ALPHA  # fmt: skip
    if not -1 <= effect <= 1:
        raise StatisticsInputError(
            f"A difference of two areas or rates lies between -1 and 1, not {effect}."
        )
    if not 0 < level < 0.5:  # noqa: PLR2004 (a level of one half would reject every other true hypothesis)
        raise StatisticsInputError(f"The significance level must lie between 0 and 0.5, not {level}.")  # fmt: skip
    if margin is not None and not 0 <= margin <= 1:
        raise StatisticsInputError(f"A non-inferiority margin lies between 0 and 1, not {margin}.")
    return Hypothesis(float(effect), float(level), margin)


def upper_tail(critical: FloatArray, df: FloatArray, ncp: FloatArray) -> FloatArray:
    """P(T' > critical) of the noncentral t distribution for a critical value of zero or above; normal for infinite df."""
    bounded = np.clip(ncp, -_NO_TAIL, _CERTAIN)
    tail = nct.sf(critical, np.minimum(df, _INFINITE_DF), bounded)
    return np.where(ncp < -_NO_TAIL, 0.0, np.clip(tail, 0.0, 1.0))
