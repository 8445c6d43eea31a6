"""Obuchowski-Rockette and the pseudovalues by plain loops over the definitions."""

import itertools
import math

import numpy as np

from tests.stats.twins import auc_by_pairs, delong_by_pairs, sample_covariance


def without(row, k):
    return row[:k] + row[k + 1 :]


def left_out_aucs(truth, row):
    return [float(auc_by_pairs(without(truth, k), without(row, k))) for k in range(len(truth))]


def jackknife_covariance(truth, row_u, row_v):
    K = len(truth)
    return sample_covariance(left_out_aucs(truth, row_u), left_out_aucs(truth, row_v)) * (K - 1) ** 2 / K  # fmt: skip


def unbiased_covariance(truth, row_u, row_v):
    """The product of the AUCs less the mean product over two pairs that have no case in common."""
    positive = [k for k, t in enumerate(truth) if t == 1]
    negative = [k for k, t in enumerate(truth) if t == 0]

    def wins(row, k, m):
        return 1.0 if row[k] > row[m] else 0.5 if row[k] == row[m] else 0.0

    apart = [
        wins(row_u, k, m) * wins(row_v, o, n)
        for k, o in itertools.permutations(positive, 2)
        for m, n in itertools.permutations(negative, 2)
    ]
    return float(auc_by_pairs(truth, row_u) * auc_by_pairs(truth, row_v)) - sum(apart) / len(apart)


COVARIANCES = {
    "jackknife": jackknife_covariance,
    "delong": delong_by_pairs,
    "unbiased": unbiased_covariance,
}


def averaged_covariances(truth, scores, covariance):
    """Var, Cov1, Cov2, Cov3: means over ordered pairs of readings."""
    found = {"var": [], "cov1": [], "cov2": [], "cov3": []}
    readings = list(itertools.product(range(len(scores)), range(len(scores[0]))))
    for (i, j), (m, n) in itertools.product(readings, repeat=2):
        name = {(True, True): "var", (False, True): "cov1", (True, False): "cov2", (False, False): "cov3"}[i == m, j == n]  # fmt: skip
        found[name].append(COVARIANCES[covariance](truth, list(scores[i][j]), list(scores[m][n])))
    return {name: sum(values) / len(values) if values else 0.0 for name, values in found.items()}


def mean_squares(theta):
    I, J = len(theta), len(theta[0])
    grand = sum(map(sum, theta)) / (I * J)
    by_t = [sum(row) / J for row in theta]
    by_r = [sum(row[j] for row in theta) / I for j in range(J)]
    t = J * sum((m - grand) ** 2 for m in by_t) / (I - 1)
    rest = sum((theta[i][j] - by_t[i] - by_r[j] + grand) ** 2 for i in range(I) for j in range(J))
    return t, rest / ((I - 1) * (J - 1)), by_t


def random_readers_and_cases(truth, scores, covariance):
    """(F, ddf, SE of a difference) with readers and cases random."""
    theta = [[float(auc_by_pairs(truth, list(row))) for row in rows] for rows in scores]
    I, J = len(theta), len(theta[0])
    ms_t, ms_tr, _means = mean_squares(theta)
    mean = averaged_covariances(truth, scores, covariance)
    denominator = ms_tr + J * max(mean["cov2"] - mean["cov3"], 0)
    df = denominator**2 / (ms_tr**2 / ((I - 1) * (J - 1)))
    return ms_t / denominator, df, math.sqrt(2 * denominator / J)


def variance_of_fixed_readers_difference(truth, scores, covariance, a, b):
    """The variance of the difference of two modalities' mean AUCs, summed over all readings of the two."""
    J = len(scores[0])
    weights = {(i, j): ((i == a) - (i == b)) / J for i in (a, b) for j in range(J)}
    return sum(
        weights[u] * weights[v] * COVARIANCES[covariance](truth, list(scores[u[0]][u[1]]), list(scores[v[0]][v[1]]))
        for u, v in itertools.product(weights, repeat=2)
    )  # fmt: skip


def pseudovalues(truth, row):
    K = len(truth)
    whole = float(auc_by_pairs(truth, row))
    return [K * whole - (K - 1) * one for one in left_out_aucs(truth, row)]


def cells(scores):
    return np.array(scores).tolist()
