"""The difference of two AUCs from different cases.

DeLong's variances (Biometrics 1988;44:837) of two independent readings, as Student's t with the degrees of freedom of
Welch (Biometrika 1947;34:28) and Satterthwaite (Biometrics 1946;2:110) over the cases of each; so pROC, BMC
Bioinformatics 2011;12:77.
"""

import math

from numpy.typing import ArrayLike

from readerstudy.stats.covariance import TOO_FEW_CASES
from readerstudy.stats.delong import auc_interval
from readerstudy.stats.result import Estimate
from readerstudy.stats.tails import quantile, two_sided_p

UNPAIRED = (
    "Unpaired DeLong test, Student's t with Welch's degrees of freedom, two-sided; n = cases of both"
)  # fmt: skip
_BOTH_ZERO = "Both variances are zero: there is nothing to estimate an error from."
_ONE_ZERO = "One of the two variances is zero, which says nothing about the uncertainty of that area: the error is understated."


def unpaired_test(
    truth_a: ArrayLike,
    score_a: ArrayLike,
    truth_b: ArrayLike,
    score_b: ArrayLike,
    level: float = 0.95,
) -> Estimate:
    """AUC of a − AUC of b on different cases (K_a,) and (K_b,), with its interval (not clipped) and two-sided p.

    For the same cases in the two readings use `paired_test`: this one takes them for independent. Raises
    StatisticsInputError as `auc_interval`.
    """
    a, b = (auc_interval(*one, level) for one in ((truth_a, score_a), (truth_b, score_b)))
    (value_a, n_a), (value_b, n_b) = ((one.value or 0.0, one.n or 0) for one in (a, b))
    value, n = value_a - value_b, n_a + n_b
    if a.se is None or b.se is None:
        return Estimate.undefined(TOO_FEW_CASES, UNPAIRED, value=value, n=n, level=level)
    variance_a, variance_b = a.se**2, b.se**2
    se = math.sqrt(variance_a + variance_b)
    if se == 0:
        return Estimate.undefined(_BOTH_ZERO, UNPAIRED, value=value, n=n, se=0.0, level=level)
    df = se**4 / (variance_a**2 / (n_a - 1) + variance_b**2 / (n_b - 1))
    half, p = quantile(level, df) * se, two_sided_p(value / se, df)
    reason = None if a.se and b.se else _ONE_ZERO
    return Estimate(value, value - half, value + half, UNPAIRED, n=n, se=se, df=df, p=p, level=level, reason=reason)  # fmt: skip
