"""The mean over random readers and random cases of any statistic that is a sum of contributions of the cases.

The contributions of the cases of a class stand in a table (J readers, n cases): structural components of an AUC,
answers of 1 and 0, or their differences. The value of a reader is a sum over the classes of the table's row means.
"""

import numpy as np

from readerstudy.stats.hillis import mean_over_random_readers
from readerstudy.stats.result import Estimate, FloatArray, IntArray

ONE_CASE = "With one case of a class the variance between cases cannot be estimated."
READERS_AND_CASES = "Obuchowski-Rockette with Hillis df, Student's t interval, readers and cases random; n = readers"


def mean_covariance(*tables: FloatArray | IntArray) -> float:
    """Cov2: the mean covariance of two readers' values, the sum over tables (J, n) of the mean covariance by n.

    From the variance of the column sums: Σ over pairs = Var(sum) − Σ Var, so that no J × J matrix is formed.
    """
    return sum(_of_one_class(table) for table in tables)


def mean_over_readers(
    values: FloatArray,
    *tables: FloatArray,
    method: str = READERS_AND_CASES,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
) -> Estimate:
    """Mean of values (J,) with its interval, cut at `bounds` (Hillis, Stat Med 2007;26:596).

    `tables` hold the contributions, one table a class. p tests that the mean is zero; a mean with bounds is not tested.
    Without an interval, and with the reason, for one reader, one case of a class, or no variance.
    """
    if min(table.shape[1] for table in tables) < 2:  # noqa: PLR2004 (a variance needs two)
        return Estimate.undefined(ONE_CASE, method, value=float(values.mean()), n=values.size, level=level)  # fmt: skip
    mean = mean_over_random_readers(values, mean_covariance(*tables))
    half = mean.half_width(level)
    if half is None:
        return Estimate.undefined(mean.reason or "", method, value=mean.mean, n=values.size, level=level)  # fmt: skip
    low, high = bounds or (-np.inf, np.inf)
    p = None if bounds else mean.p()
    return Estimate(
        mean.mean, max(mean.mean - half, low), min(mean.mean + half, high), method,
        n=values.size, se=mean.se, df=mean.df, p=p, level=level, reason=mean.reason,
    )  # fmt: skip


def _of_one_class(table: FloatArray | IntArray) -> float:
    J, n = table.shape
    if J < 2:  # noqa: PLR2004 (a covariance is between two)
        return 0.0
    of_sum = float(table.sum(axis=0).var(ddof=1))
    own = float(table.var(axis=1, ddof=1).sum())
    return float((of_sum - own) / (J * (J - 1)) / n)
