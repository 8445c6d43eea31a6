"""Krippendorff's alpha: any number of readers, missing ratings, four kinds of scale.

Krippendorff, Content Analysis, 2nd edition, Sage 2004, ch. 11.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.agreement.ratings import (
    Agreement,
    checked_ratings,
    ratio,
    undefined,
    with_jackknife,
)
from readerstudy.stats.inputs import check_level
from readerstudy.stats.result import FloatArray, StatisticsInputError

_ALIKE = "All ratings are the same: the disagreement expected by chance is zero."
_NO_PAIR = "No case was rated by two readers."


class Scale(StrEnum):
    """What distances between categories mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def krippendorff_alpha(
    ratings: ArrayLike, scale: Scale | str = Scale.NOMINAL, level: float = 0.95
) -> Agreement:
    """α = 1 − D_o / D_e of ratings (J, K), NaN for missing; cases with fewer than two ratings do not count.

    Squared distances: nominal 0 or 1; interval (a − b)²; ratio ((a − b) / (a + b))²; ordinal (Σ n between a and b, each
    end half)², which is the interval distance of the categories' mid-ranks. Raises StatisticsInputError for an unknown
    scale and for negative categories on a ratio scale.
    """
    check_level(level)
    kind = _scale(scale)
    data = checked_ratings(ratings)
    if kind is Scale.RATIO and data.categories.min() < 0:
        raise StatisticsInputError("A ratio scale has no negative ratings.")
    counts = data.counts[data.counts.sum(axis=1) > 1]
    size, method = (data.place.shape[0], len(counts)), f"Krippendorff 2004, {kind} scale"
    if not len(counts):
        return undefined("Krippendorff alpha", _NO_PAIR, size, method=method, level=level)
    values = _alpha(counts, data.categories, kind)
    if np.isnan(values[0]):
        return undefined("Krippendorff alpha", _ALIKE, size, method=method, level=level)
    return with_jackknife("Krippendorff alpha", float(values[0]), values[1:], size, method=method, level=level)  # fmt: skip


def _scale(name: Scale | str) -> Scale:
    try:
        return Scale(name)
    except ValueError as error:
        raise StatisticsInputError(f"The scale must be one of {', '.join(Scale)}, not {name}.") from error  # fmt: skip


def _alpha(counts: FloatArray, categories: FloatArray, kind: Scale) -> FloatArray:
    """Of all cases and without each, (1 + K,), from the counts (K, q) of cases with two ratings or more."""
    total = counts.sum(axis=0)
    n = np.vstack([total, total - counts])
    if kind is Scale.ORDINAL or kind is Scale.INTERVAL:
        values = np.cumsum(n, axis=1) - n / 2 if kind is Scale.ORDINAL else np.broadcast_to(categories, n.shape)  # fmt: skip
        observed, expected = _squared(counts, n, values)
    else:
        distance = _distances(categories, kind)
        raters = counts.sum(axis=1)
        of_case = np.einsum("ka,ab,kb->k", counts, distance, counts) / (raters - 1)
        observed = np.append(of_case.sum(), of_case.sum() - of_case)
        expected = np.einsum("ka,ab,kb->k", n, distance, n)
    size = n.sum(axis=1)
    return np.asarray(1 - ratio(observed * (size - 1), expected))


def _distances(categories: FloatArray, kind: Scale) -> FloatArray:
    if kind is Scale.NOMINAL:
        return np.asarray(1 - np.eye(categories.size))
    difference, both = np.subtract.outer(categories, categories), np.add.outer(categories, categories)  # fmt: skip
    return np.nan_to_num(ratio(difference, both)) ** 2


def _squared(
    counts: FloatArray, n: FloatArray, values: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Observed and expected sums of (v_a − v_b)², where the categories' values (1 + K, q) differ without each case.

    Σ O (v_a − v_b)² = 2 (Σ n v² − v'Ov) with the coincidences O, whose case k adds (c c' − diag c) / (r − 1).
    """
    raters = counts.sum(axis=1)
    scaled = counts / (raters - 1)[:, np.newaxis]
    all_cases = scaled.T @ counts - np.diag(scaled.sum(axis=0))
    own = ((values[1:] * counts).sum(axis=1) ** 2 - (values[1:] ** 2 * counts).sum(axis=1)) / (raters - 1)  # fmt: skip
    together = np.einsum("ka,ab,kb->k", values, all_cases, values) - np.append(0.0, own)
    second, first = (n * values**2).sum(axis=1), (n * values).sum(axis=1)
    return 2 * (second - together), 2 * (n.sum(axis=1) * second - first**2)
