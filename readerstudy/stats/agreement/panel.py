"""Chance-corrected agreement of several readers: (p_a − p_e) / (1 − p_e), by what is expected by chance."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from readerstudy.stats.agreement.ratings import (
    Agreement,
    Ratings,
    Weights,
    checked_ratings,
    ratio,
    undefined,
    weight_matrix,
    with_jackknife,
)
from readerstudy.stats.inputs import check_level
from readerstudy.stats.result import FloatArray, StatisticsInputError

_ALL_ALIKE = (
    "All ratings are the same: agreement by chance is complete, and the coefficient is not defined."
)
_NO_PAIR = "No case was rated by two readers."
_COMPLETE = "{} needs every reader to have rated every case; Krippendorff's alpha and Gwet's coefficients do not."
# (p_e of all cases and without each case), (1 + K,).
_Chance = Callable[[Ratings, FloatArray], FloatArray]


def fleiss_kappa(
    ratings: ArrayLike, weights: Weights | str | ArrayLike = Weights.NOMINAL, level: float = 0.95
) -> Agreement:
    """κ of J readers (J, K) with the pooled shares of the categories (Fleiss, Psychol Bull 1971;76:378).

    `p` tests κ = 0 by the standard error that Fleiss, Nee and Landis (Psychol Bull 1979;86:974) give for nominal
    categories. Raises StatisticsInputError for missing ratings.
    """
    found = _coefficient("Fleiss kappa", "Fleiss 1971", ratings, weights, level, _pooled)
    data = checked_ratings(ratings)
    if found.estimate is None or weights != Weights.NOMINAL:
        return found
    return Agreement(**{**vars(found), "p": _null_p(found.estimate, data)})


def conger_kappa(
    ratings: ArrayLike, weights: Weights | str | ArrayLike = Weights.NOMINAL, level: float = 0.95
) -> Agreement:
    """κ of J readers with each reader's own shares (Conger, Psychol Bull 1980;88:322); Cohen's κ for two.

    Raises StatisticsInputError for missing ratings.
    """
    return _coefficient("Conger kappa", "Conger 1980", ratings, weights, level, _by_reader)


def brennan_prediger(
    ratings: ArrayLike, weights: Weights | str | ArrayLike = Weights.NOMINAL, level: float = 0.95
) -> Agreement:
    """Chance agreement as if all categories were equally likely (Brennan and Prediger 1981; Randolph's free-marginal κ)."""
    return _coefficient("Brennan-Prediger coefficient", "Brennan and Prediger, Educ Psychol Meas 1981;41:687", ratings, weights, level, _uniform, missing=True)  # fmt: skip


def gwet_ac(
    ratings: ArrayLike, weights: Weights | str | ArrayLike = Weights.NOMINAL, level: float = 0.95
) -> Agreement:
    """AC1 (nominal) or AC2 (weighted) of J readers, robust to skewed shares; cases may lack ratings.

    p_e = Σ w / (q (q − 1)) Σ π (1 − π), π the mean over cases of the shares of the readers who rated them (Gwet, Br J
    Math Stat Psychol 2008;61:29).
    """
    name = "Gwet AC1" if isinstance(weights, str) and weights == Weights.NOMINAL else "Gwet AC2"
    return _coefficient(name, "Gwet 2008", ratings, weights, level, _gwet, missing=True)


def percent_agreement(
    ratings: ArrayLike, weights: Weights | str | ArrayLike = Weights.NOMINAL, level: float = 0.95
) -> Agreement:
    """The mean over cases of the share of pairs of readers who agree; weighted where weights are given."""
    return _coefficient("Agreement", "Mean share of agreeing pairs of readers", ratings, weights, level, _nothing, missing=True)  # fmt: skip


def _coefficient(  # noqa: PLR0917 (private, all of one call)
    name: str,
    method: str,
    ratings: ArrayLike,
    weights: Weights | str | ArrayLike,
    level: float,
    chance: _Chance,
    *,
    missing: bool = False,
) -> Agreement:
    check_level(level)
    data = checked_ratings(ratings)
    if not missing and not data.is_complete:
        raise StatisticsInputError(_COMPLETE.format(name))
    w = weight_matrix(weights, data.categories.size)
    told = f"{method}; {weights if isinstance(weights, str) else 'own'} weights"
    counts = data.counts
    raters = counts.sum(axis=1)
    pairs = raters > 1
    size = data.place.shape[0], int(pairs.sum())
    if not pairs.any():
        return undefined(name, _NO_PAIR, size, method=told, level=level)
    observed, expected = _observed(counts, w), chance(data, w)
    values = ratio(observed - expected, 1 - expected)
    if np.isnan(values[0]):
        return undefined(name, _ALL_ALIKE, size, method=told, level=level)
    return with_jackknife(name, float(values[0]), values[1:][pairs], size, method=told, level=level)


def _observed(counts: FloatArray, w: FloatArray) -> FloatArray:
    """p_a of all cases, then without each (1 + K,): the mean over cases of agreeing pairs of readers."""
    raters = counts.sum(axis=1)
    agreeing = (counts * (counts @ w)).sum(axis=1) - raters
    of_case = ratio(agreeing, raters * (raters - 1))
    pairs = raters > 1
    total, n = np.where(pairs, of_case, 0.0), int(pairs.sum())
    return _means(total, pairs.astype(float), n)


def _means(values: FloatArray, counted: FloatArray, n: int) -> FloatArray:
    total = values.sum()
    left = ratio(total - values, n - counted)
    return np.append(total / n, left)


def _pooled(data: Ratings, w: FloatArray) -> FloatArray:
    shares = _shares(data.counts)
    return np.asarray(np.einsum("ka,ab,kb->k", shares, w, shares))


def _shares(counts: FloatArray) -> FloatArray:
    """The categories' shares among all ratings, of all cases and without each (1 + K, q)."""
    total = counts.sum(axis=0)
    each = np.vstack([total, total - counts])
    return ratio(each, each.sum(axis=1, keepdims=True))


def _by_reader(data: Ratings, w: FloatArray) -> FloatArray:
    """Mean over pairs of different readers of Σ w p_g p_h, without each case in closed form."""
    J, K = data.place.shape
    one_hot = data.one_hot
    of_reader, counts = one_hot.sum(axis=1), data.counts
    total = counts.sum(axis=0)
    sums = np.vstack([total, total - counts])
    together = np.einsum("ka,ab,kb->k", sums, w, sums)
    own = np.einsum("ja,ab,jb->", of_reader, w, of_reader)
    # Without the case a reader's count of its category is one less: c'wc − 2 (wc) there + 1.
    drawn = np.take_along_axis(of_reader @ w, data.place, axis=1).sum(axis=0)
    alone = np.append(own, own - 2 * drawn + J)
    cases = np.append(K, np.full(K, K - 1))
    return ratio(together - alone, J * (J - 1.0) * cases**2)


def _uniform(data: Ratings, w: FloatArray) -> FloatArray:
    q = w.shape[0]
    return np.full(data.place.shape[1] + 1, w.sum() / q**2)


def _nothing(data: Ratings, _w: FloatArray) -> FloatArray:
    return np.zeros(data.place.shape[1] + 1)


def _gwet(data: Ratings, w: FloatArray) -> FloatArray:
    counts = data.counts
    raters = counts.sum(axis=1, keepdims=True)
    rated = raters[:, 0] > 0
    shares = np.where(raters > 0, counts / np.maximum(raters, 1), 0.0)
    total, n = shares.sum(axis=0), int(rated.sum())
    mean = np.vstack([total / n, ratio(total - shares, (n - rated.astype(float))[:, np.newaxis])])
    q = w.shape[0]
    factor = w.sum() / (q * (q - 1)) if q > 1 else np.nan
    return np.asarray(factor * (mean * (1 - mean)).sum(axis=1)) if q > 1 else np.ones(len(mean))


def _null_p(kappa: float, data: Ratings) -> float:
    """Two-sided, normal: the variance of κ for nominal categories that are given by chance."""
    J, K = data.place.shape
    share = data.counts.sum(axis=0) / (J * K)
    spread = share @ (1 - share)
    skew = share @ ((1 - share) * (1 - 2 * share))
    se = np.sqrt(2) / (spread * np.sqrt(K * J * (J - 1))) * np.sqrt(spread**2 - skew)
    return float(2 * ndtr(-abs(kappa) / se))
