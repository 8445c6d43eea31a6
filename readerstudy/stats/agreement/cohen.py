"""Two readers: Cohen's kappa with its asymptotic error, and the table of all pairs."""

import math
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.agreement.ratings import (
    UNREAD,
    Agreement,
    Weights,
    checked_ratings,
    ratio,
    undefined,
    weight_matrix,
)
from readerstudy.stats.covariance import ZERO_VARIANCE
from readerstudy.stats.inputs import check_level, numbers, read_only
from readerstudy.stats.result import FloatArray, StatisticsInputError
from readerstudy.stats.tails import quantile, two_sided_p

_METHOD = "Cohen's kappa, {} weights; asymptotic standard error of Fleiss, Cohen and Everitt 1969, normal interval"
_ALIKE = "Both readers use one and the same category: agreement by chance is complete."
_NO_CASE = "The two readers have no case in common."


def cohen_kappa(
    first: ArrayLike,
    second: ArrayLike,
    weights: Weights | str | ArrayLike = Weights.NOMINAL,
    level: float = 0.95,
) -> Agreement:
    """κ of two readers' ratings (K,), NaN for missing, with the error of Fleiss, Cohen, Everitt (Psychol Bull 1969;72:323).

    The categories are those that either reader used, in numerical order; `p` tests κ = 0 with the error under that
    hypothesis. Raises StatisticsInputError for unequal lengths.
    """
    check_level(level)
    pair = [numbers(values, "Ratings") for values in (first, second)]
    if pair[0].shape != pair[1].shape or pair[0].ndim != 1:
        raise StatisticsInputError(f"Two readers' ratings must be equally long lists, not {pair[0].shape} and {pair[1].shape}.")  # fmt: skip
    method = _METHOD.format(weights if isinstance(weights, str) else "own")
    both = np.stack(pair)[:, ~np.isnan(np.stack(pair)).any(axis=0)]
    if not both.size:
        return undefined("Cohen kappa", _NO_CASE, (2, 0), method=method, level=level)
    data = checked_ratings(both)
    q, n = data.categories.size, both.shape[1]
    w = weight_matrix(weights, q)
    table = np.bincount(data.place[0] * q + data.place[1], minlength=q * q).reshape(q, q) / n
    found = _kappa(table, w)
    if found is None:
        return undefined("Cohen kappa", _ALIKE, (2, n), method=method, level=level)
    kappa, se, se0 = found[0], math.sqrt(found[1] / n), math.sqrt(found[2] / n)
    half = quantile(level) * se
    p = two_sided_p(kappa / se0) if se0**2 > ZERO_VARIANCE else None
    return Agreement("Cohen kappa", kappa, se, kappa - half, kappa + half, n, 2, method, level, p)


def _kappa(table: FloatArray, w: FloatArray) -> tuple[float, float, float] | None:
    """κ, and n times its variance and its variance under κ = 0; None where agreement by chance is complete."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed, expected = float((w * table).sum()), float(rows @ w @ columns)
    if 1 - expected < 1e-12:  # noqa: PLR2004 (shares of counts: rounding)
        return None
    kappa = (observed - expected) / (1 - expected)
    mean = np.add.outer(w @ columns, rows @ w)
    own = (table * (w - mean * (1 - kappa)) ** 2).sum() - (kappa - expected * (1 - kappa)) ** 2
    null = (np.outer(rows, columns) * (w - mean) ** 2).sum() - expected**2
    scale = (1 - expected) ** 2
    return kappa, max(float(own / scale), 0.0), max(float(null / scale), 0.0)


def pairwise_kappa(
    ratings: ArrayLike, weights: Weights | str | ArrayLike = Weights.NOMINAL
) -> FloatArray:
    """Cohen's κ of every two of J readers (J, J), by the cases that both rated; NaN where it is not defined.

    Weights go by the categories that anybody used. The diagonal is 1. For a heat map; `cohen_kappa` gives intervals.
    """
    data = checked_ratings(ratings)
    one_hot, read = data.one_hot, (data.place != UNREAD).astype(float)
    J, _K, q = one_hot.shape
    w = weight_matrix(weights, q)
    flat = one_hot.reshape(J, -1)
    common = read @ read.T
    observed = ratio((one_hot @ w).reshape(J, -1) @ flat.T, common)
    # Shares of reader g among the cases that h rated too: (J, q, J).
    shares = ratio(np.einsum("gka,hk->gah", one_hot, read, optimize=True), common[:, np.newaxis])
    expected = np.einsum("gah,ab,hbg->gh", shares, w, shares, optimize=True)
    found = ratio(observed - expected, 1 - expected)
    np.fill_diagonal(found, 1.0)
    return read_only(found)


def light_kappa(
    ratings: ArrayLike, weights: Weights | str | ArrayLike = Weights.NOMINAL
) -> float | None:
    """The mean of all pairs' κ (Light, Psychol Bull 1971;76:365); None where a pair has none, or for one reader."""
    table = pairwise_kappa(ratings, weights)
    pairs = [table[g, h] for g, h in combinations(range(table.shape[0]), 2)]
    return float(np.mean(pairs)) if pairs and np.isfinite(pairs).all() else None
