"""Power and simulated readings by plain loops and numerical integration, written without looking at the fast ones."""

import itertools
import math
from fractions import Fraction

import numpy as np
from scipy import integrate, stats


def noncentral_tail(critical, df, ncp):
    """P((Z + ncp) / √(χ²/df) > critical), integrated over the density of χ²."""
    if math.isinf(df):
        return stats.norm.sf(critical - ncp)

    scale = math.sqrt(df)

    def part(s):
        return scale * stats.chi.pdf(s * scale, df) * stats.norm.sf(critical * s - ncp)

    steep = [(ncp + step) / critical for step in (-8, -3, 0, 3, 8)]
    body = (stats.chi.ppf([0.01, 0.3, 0.7, 0.99], df) / scale).tolist()
    last = stats.chi.isf(1e-14, df) / scale
    edges = sorted({0.0, last, *(edge for edge in steep + body if 0 < edge < last)})
    return sum(integrate.quad(part, a, b, epsabs=1e-13, limit=200)[0] for a, b in itertools.pairwise(edges))  # fmt: skip


def or_power(c, J, K, effect, analysis, alpha=0.05):
    """The formulas of Hillis, Obuchowski, Berbaum 2011, one term after the other."""
    tr, extra, r = max(c["var_tr"], 0), max(c["cov2"] - c["cov3"], 0), c["n_cases"] / K
    single = r * (c["var"] - c["cov1"] - extra)
    if analysis == "FRRC":
        ncp = J * effect**2 / (2 * r * (c["var"] - c["cov1"] + (J - 1) * extra))
        return stats.ncx2.sf(stats.chi2.isf(alpha, 1), 1, ncp)
    den = tr + r * (c["var"] - c["cov1"] + (J - 1) * extra) if analysis == "RRRC" else tr + single
    df = den**2 / ((tr + single) ** 2 / (J - 1))
    return stats.ncf.sf(stats.f.isf(alpha, 1, df), 1, df, J * effect**2 / (2 * den))


def binomial_tail(n, p, least):
    """P(X >= least) as a fraction."""
    p = Fraction(p).limit_denominator(10**6)
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(least, n + 1))


def exact_power(null, true, n, alpha):
    """(critical number, size, power) of the upper exact test; the critical number is n + 1 where none rejects."""
    for least in range(n + 2):
        size = binomial_tail(n, null, least)
        if size <= Fraction(alpha).limit_denominator(10**6):
            return least, float(size), float(binomial_tail(n, true, least))
    raise AssertionError


def score_covariance(model, one, other):
    """Covariance of two scores of one class, each (modality, reader, case), from the sum of the effects they share."""
    (i, j, k), (m, n, o) = one, other
    positive = k >= model.n_negative
    if positive != (o >= model.n_negative):
        return 0.0
    same = {"i": i == m, "j": j == n, "k": k == o}
    effects = {"var_r": "j", "var_tr": "ij", "var_c": "k", "var_tc": "ik", "var_rc": "jk", "var_e": "ijk"}  # fmt: skip
    total = 0.0
    for name, needed in effects.items():
        if all(same[letter] for letter in needed):
            shrink = model.b**2 if positive and "k" in needed else 1.0
            total += getattr(model, name) / shrink
    return total


def area_covariance(model, one, other):
    """Covariance of the empirical areas of two (modality, reader), from the scores' covariance by four case pairs."""
    n0, n1 = model.n_negative, model.n_positive
    total = 0.0
    for same_negative, same_positive in itertools.product((True, False), repeat=2):
        cases = [(0, n0), (0 if same_negative else 1, n0 if same_positive else n0 + 1)]
        share = (1 if same_negative else n0 - 1) * (1 if same_positive else n1 - 1) / (n0 * n1)
        if share:
            total += share * _both_right(model, one, other, cases)
    return total - _right(model, one) * _right(model, other)


def _difference_covariance(model, one, other, cases):
    """Of positive − negative score of `one` with its cases and of `other` with its cases."""
    return sum(
        score_covariance(model, (*one, cases[0][place]), (*other, cases[1][place])) for place in (0, 1)
    )  # fmt: skip


def _right(model, one):
    cases = [(0, model.n_negative)] * 2
    sd = math.sqrt(_difference_covariance(model, one, one, cases))
    return stats.norm.cdf((model.mu + model.tau[one[0]]) / sd)


def _both_right(model, one, other, cases):
    variance = [_difference_covariance(model, who, who, [case, case]) for who, case in zip((one, other), cases, strict=True)]  # fmt: skip
    shared = _difference_covariance(model, one, other, cases)
    means = [model.mu + model.tau[who[0]] for who in (one, other)]
    if one == other and cases[0] == cases[1]:
        return _right(model, one)
    return float(
        stats.multivariate_normal.cdf(
            means, cov=[[variance[0], shared], [shared, variance[1]]], abseps=1e-12, releps=1e-12
        )
    )


def rockette(truth, scores):
    """(difference, SE, df) of modality 2 − modality 1 with DeLong's covariance, one study (2, J, K)."""
    positive, negative = scores[..., truth == 1], scores[..., truth == 0]
    wins = (positive[..., :, np.newaxis] > negative[..., np.newaxis, :]) + 0.5 * (
        positive[..., :, np.newaxis] == negative[..., np.newaxis, :]
    )
    I, J = scores.shape[:2]
    theta = wins.mean(axis=(-1, -2))
    by_positive, by_negative = wins.mean(axis=-1).reshape(I * J, -1), wins.mean(axis=-2).reshape(I * J, -1)  # fmt: skip
    c = np.cov(by_positive) / by_positive.shape[1] + np.cov(by_negative) / by_negative.shape[1]
    c = c.reshape(I, J, I, J)
    off = ~np.eye(J, dtype=bool)
    cov2 = np.mean([c[i, :, i][off].mean() for i in range(I)])
    cov3 = c[0, :, 1][off].mean()
    rest = theta - theta.mean(axis=0) - theta.mean(axis=1, keepdims=True) + theta.mean()
    ms = (rest**2).sum() / (J - 1)
    den = ms + J * max(cov2 - cov3, 0)
    se, df = math.sqrt(2 * den / J), (J - 1) * (den / ms) ** 2
    return theta[1].mean() - theta[0].mean(), se, df
