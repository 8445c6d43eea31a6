"""P values adjusted for the number of hypotheses tested."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, StatisticsInputError

HOLM = "Holm's step-down adjustment; n = hypotheses with a p value"
HOCHBERG = (
    "Hochberg's step-up adjustment, for independent or positively dependent tests; n = hypotheses with a p value"
)  # fmt: skip
_LEFT_OUT = (
    "A hypothesis without a p value stays without one and is not counted among the hypotheses."
)
_NONE_LEFT = "There is no p value to adjust."


@dataclass(frozen=True)
class AdjustedP(Rendered):
    """P values and what becomes of them, in the same order; None where there was none. `n` hypotheses count."""

    p: tuple[float | None, ...]
    adjusted: tuple[float | None, ...]
    n: int
    method: str
    reason: str | None = None


def holm(p: Sequence[float | None]) -> AdjustedP:
    """Each p by the number of hypotheses not smaller, at least as large as those before (Holm, Scand J Stat 1979;6:65).

    Keeps the family-wise error whatever the dependence of the tests. Raises StatisticsInputError for a p outside 0 to 1.
    """
    known = _checked(p)
    order = np.argsort(known, kind="stable")
    weighted = known[order] * np.arange(known.size, 0, -1)
    return _told(p, order, np.minimum(np.maximum.accumulate(weighted), 1.0), HOLM)


def hochberg(p: Sequence[float | None]) -> AdjustedP:
    """As Holm's, but at most as large as those after (Hochberg, Biometrika 1988;75:800): never larger than Holm's.

    Raises StatisticsInputError for a p outside 0 to 1.
    """
    known = _checked(p)
    order = np.argsort(known, kind="stable")
    weighted = known[order] * np.arange(known.size, 0, -1)
    return _told(p, order, np.minimum.accumulate(weighted[::-1])[::-1], HOCHBERG)


def _checked(p: Sequence[float | None]) -> FloatArray:
    """The p values that are there."""
    known = np.array([value for value in p if value is not None], dtype=np.float64)
    if not ((known >= 0) & (known <= 1)).all():
        raise StatisticsInputError("A p value must lie between 0 and 1, or be None.")
    return known


def _told(
    p: Sequence[float | None], order: np.ndarray, increasing: FloatArray, method: str
) -> AdjustedP:
    """The adjusted values, which are in increasing order, put in their places among all hypotheses."""
    placed = np.empty(order.size)
    placed[order] = increasing
    known = iter(placed.tolist())
    adjusted = tuple(None if value is None else next(known) for value in p)
    reason = _NONE_LEFT if not order.size else _LEFT_OUT if order.size < len(adjusted) else None
    return AdjustedP(tuple(p), adjusted, int(order.size), method, reason)
