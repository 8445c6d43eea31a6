"""The mean rating of panels: the AUC of random panels of each size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from readerstudy.stats.figures import Auc
from readerstudy.stats.inputs import checked_readings, numbers
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import BoolArray, FloatArray, IntArray, StatisticsInputError

METHOD = (
    "AUC of the mean {} of panels of the study's readers; all panels where there are at most {}, else as many drawn at "
    "random; the range and percentiles describe panels of these readers and these cases: no confidence interval"
)
_TABLE = 2  # dimensions of an array readers × cases
# Sums of ratings that differ relatively by less differ by rounding alone, and count as ties.
_DIGITS = 12


class RatingScale(StrEnum):
    """What a panel averages: the ratings as given, or each reader's mid-ranks, scaled to 0 to 1."""

    RATING = "rating"
    RANK = "rank"


@dataclass(frozen=True)
class PanelAuc(Rendered):
    """AUC of the panels of one size: mean, range, and the 2.5th and 97.5th percentile; `exact` means all panels."""

    size: int
    mean: float
    smallest: float
    largest: float
    percentile_2_5: float
    percentile_97_5: float
    panels: int
    exact: bool


@dataclass(frozen=True)
class CrowdRating(Rendered):
    """The AUC of the mean rating by the size of the panel."""

    panels: tuple[PanelAuc, ...]
    n_readers: int
    method: str


def scaled_ranks(scores: ArrayLike) -> FloatArray:
    """Each reader's mid-ranks over the cases (J, K), scaled to (rank − ½) / K between 0 and 1. The truth is not used.

    Raises StatisticsInputError for scores that are not finite numbers in rows.
    """
    values = numbers(scores, "Scores")
    if values.ndim != _TABLE or not values.size or not np.isfinite(values).all():
        raise StatisticsInputError(
            "Scores to rank must be finite numbers, readers × cases, without a missing one."
        )
    return np.asarray((rankdata(values, axis=1) - 0.5) / values.shape[1])


def crowd_rating(
    truth: ArrayLike,
    scores: ArrayLike,
    *,
    rng: np.random.Generator,
    scale: RatingScale | str = RatingScale.RATING,
    sizes: Sequence[int] | None = None,
    panels: int = 500,
) -> CrowdRating:
    """AUC of the mean rating of panels of each of `sizes` (all from 1 to J if None) of J readers' scores (J, K).

    Where there are more than `panels` panels of a size (and more than J), that many are drawn with `rng`, each without
    replacement of readers. Raises StatisticsInputError for missing or bad scores, a missing class, an impossible size
    and fewer than one panel.
    """
    labels, values = checked_readings(truth, scores)
    chosen, J = rating_scale(scale), values.shape[0]
    wanted = range(1, J + 1) if sizes is None else sizes
    _check_panels(wanted, J, panels)
    rated = on_scale(values, chosen)
    rows = tuple(_panel_auc(labels, rated, size, panels, rng) for size in wanted)
    return CrowdRating(rows, J, METHOD.format(chosen.value, max(panels, J)))


def rating_scale(name: RatingScale | str) -> RatingScale:
    """The scale of this name. Raises StatisticsInputError for an unknown one."""
    try:
        return RatingScale(name)
    except ValueError as error:
        raise StatisticsInputError(
            f"The scale must be one of {', '.join(RatingScale)}, not {name}."
        ) from error


def on_scale(scores: FloatArray, scale: RatingScale) -> FloatArray:
    """The scores (J, K) as the panel averages them; ranks are doubled mid-ranks, whole numbers that sum exactly."""
    return scores if scale is RatingScale.RATING else np.asarray(2 * rankdata(scores, axis=1))


def tied(sums: FloatArray) -> FloatArray:
    """Sums of ratings (R, K), where values that differ by rounding alone become equal."""
    largest = np.abs(sums).max()
    return sums if largest == 0 else np.round(sums / largest, _DIGITS)


def _check_panels(sizes: Sequence[int], J: int, panels: int) -> None:
    impossible = [size for size in sizes if int(size) != size or not 1 <= size <= J]
    if impossible:
        raise StatisticsInputError(f"A panel of {J} readers has 1 to {J} members, not {impossible[0]}.")  # fmt: skip
    if panels < 1:
        raise StatisticsInputError(f"There must be at least one panel, not {panels}.")


def _panel_auc(
    truth: IntArray, scores: FloatArray, size: int, panels: int, rng: np.random.Generator
) -> PanelAuc:
    J = scores.shape[0]
    exact = math.comb(J, size) <= max(panels, J)
    members = _all_panels(J, size) if exact else _drawn_panels(J, size, panels, rng)
    aucs = Auc().values(truth, tied(members @ scores))
    low, high = np.quantile(aucs, [0.025, 0.975])
    return PanelAuc(
        int(size), float(aucs.mean()), float(aucs.min()), float(aucs.max()), float(low), float(high), aucs.size, exact
    )  # fmt: skip


def _all_panels(J: int, size: int) -> BoolArray:
    """Every panel as a row (C(J, size), J) of who is a member."""
    chosen = np.array(list(combinations(range(J), size)))
    members = np.zeros((len(chosen), J), dtype=bool)
    np.put_along_axis(members, chosen, values=True, axis=1)
    return members


def _drawn_panels(J: int, size: int, panels: int, rng: np.random.Generator) -> BoolArray:
    """Panels drawn independently of each other (panels, J): the members are those with the smallest random numbers."""
    order = np.argsort(rng.random((panels, J)), axis=1)
    members = np.zeros((panels, J), dtype=bool)
    np.put_along_axis(members, order[:, :size], values=True, axis=1)
    return members
