"""A slope within readers and within cases: ordinary least squares with a constant for each reader and each case.

y = reader + case + β x + error. The interval is the delete-one-reader jackknife's, which allows any dependence among
the answers of a reader (Efron and Stein, Ann Stat 1981;9:586; for clusters Cameron and Miller, J Hum Resour 2015;50:317).
"""

import numpy as np
from numpy.typing import NDArray

from readerstudy.stats import Estimate
from readerstudy.stats.tails import quantile, two_sided_p

METHOD = (
    "Ordinary least squares with a constant for each reader and each case; delete-one-reader jackknife, "
    "Student's t with readers − 1 degrees of freedom; n = answers"
)
_FEWEST_READERS = 3
_FEW_READERS = "The jackknife needs three readers: without one of them two are left."
_NOT_APART = (
    "Within readers and cases nothing of it varies, as of the place where all have the cases in the same order: there is no "
    "slope."
)
# Of the variance of x within readers: below this share nothing is left of it within cases, but for rounding.
_NOTHING = 1e-9
Numbers = NDArray[np.float64]


def slope(y: Numbers, x: Numbers, level: float = 0.95) -> Estimate:
    """β of y on x, arrays (J, K) with NaN where there is none. Where it has no value `reason` says why."""
    known = ~(np.isnan(y) | np.isnan(x))
    rows = known.sum(axis=1) > 1
    y, x, known = (table[rows] for table in (y, x, known))
    n = int(known.sum())
    if known.shape[0] < _FEWEST_READERS:
        return Estimate.undefined(_FEW_READERS, METHOD, n=n, level=level)
    parts = _Sums(_within_readers(y, known), _within_readers(x, known), known)
    value = parts.slope()
    left_out = [parts.slope(without=reader) for reader in range(known.shape[0])]
    if value is None or None in left_out:
        return Estimate.undefined(_NOT_APART, METHOD, value=value, n=n, level=level)
    return _jackknifed(value, np.array(left_out, np.float64), n, level)


def _jackknifed(value: float, left_out: Numbers, n: int, level: float) -> Estimate:
    J = left_out.size  # noqa: N806 (the field's own name)
    se = float(np.sqrt((J - 1) / J * ((left_out - left_out.mean()) ** 2).sum()))
    if se <= _NOTHING * abs(value) or se == 0:
        why = (
            "The slope is the same without each reader: there is nothing to estimate an error from."
        )
        return Estimate.undefined(why, METHOD, value=value, n=n, se=0.0, level=level)
    half, df = quantile(level, J - 1) * se, float(J - 1)
    p = two_sided_p(value / se, df)
    return Estimate(value, value - half, value + half, METHOD, n=n, se=se, df=df, p=p, level=level)


def _within_readers(values: Numbers, known: NDArray[np.bool_]) -> Numbers:
    """Less each reader's mean; 0 where there is nothing."""
    filled = np.where(known, values, 0.0)
    means = filled.sum(axis=1, keepdims=True) / known.sum(axis=1, keepdims=True)
    return np.where(known, filled - means, 0.0)


class _Sums:
    """The sums of the normal equations of the cases, from which those of one reader can be taken off."""

    def __init__(self, y: Numbers, x: Numbers, known: NDArray[np.bool_]) -> None:
        self.y, self.x, self.known = y, x, known.astype(np.float64)
        self.share = self.known / np.sqrt(self.known.sum(axis=1, keepdims=True))
        self.cases = np.diag(self.known.sum(axis=0)) - self.share.T @ self.share
        self.sides = np.stack([x.sum(axis=0), y.sum(axis=0)], axis=1)
        self.xx, self.xy = (x * x).sum(axis=1), (x * y).sum(axis=1)

    def slope(self, without: int | None = None) -> float | None:
        """β by partialling the cases out (Frisch and Waugh, Econometrica 1933;1:387)."""
        cases, sides, xx, xy = self.cases, self.sides, self.xx.sum(), self.xy.sum()
        if without is not None:
            own, share = self.known[without], self.share[without]
            cases = cases - np.diag(own) + np.outer(share, share)
            sides = sides - np.stack([self.x[without], self.y[without]], axis=1)
            xx, xy = xx - self.xx[without], xy - self.xy[without]
        solved = _solved(cases, sides)
        left, above = xx - sides[:, 0] @ solved[:, 0], xy - sides[:, 0] @ solved[:, 1]
        return float(above / left) if left > _NOTHING * max(xx, 1.0) else None


def _solved(cases: Numbers, sides: Numbers) -> Numbers:
    """A solution of the equations of the cases, which have one degree of freedom too many: all constants may move together.

    Adding 1 everywhere fixes their sum. Where the readers fall apart into sets without a common case least squares are
    used: the slope does not depend on which solution is taken.
    """
    fixed = cases + 1 / max(cases.shape[0], 1)
    empty = np.diag(cases) <= _NOTHING
    fixed[empty, empty] += 1
    try:
        found = np.linalg.solve(fixed, sides)
    except np.linalg.LinAlgError:
        found = None
    if found is None or not np.allclose(cases @ found, sides, atol=1e-6):
        found = np.linalg.lstsq(cases, sides, rcond=None)[0]
    return np.asarray(found)
