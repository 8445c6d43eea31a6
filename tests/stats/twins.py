"""The same numbers by plain loops and exact fractions, written without looking at the fast ones."""

import itertools
from fractions import Fraction

import numpy as np


def auc_by_pairs(truth, score):
    """Share of (negative, positive) pairs in the right order; ties count half."""
    positive = [s for t, s in zip(truth, score, strict=True) if t == 1]
    negative = [s for t, s in zip(truth, score, strict=True) if t == 0]
    right = sum(Fraction(2 * (p > n) + (p == n), 2) for p in positive for n in negative)
    return right / (len(positive) * len(negative))


def points_by_thresholds(truth, score):
    """[(FPF, TPF)] as fractions, from (0, 0), one threshold at a time."""
    n1 = sum(truth)
    n0 = len(truth) - n1
    points = [(Fraction(0), Fraction(0))]
    for threshold in sorted(set(score), reverse=True):
        called = [t for t, s in zip(truth, score, strict=True) if s >= threshold]
        points.append((Fraction(len(called) - sum(called), n0), Fraction(sum(called), n1)))
    return points


def matched_by_walk(points, target, rule):
    """Best second coordinate at `target` of the first, along [(matched, other)] fractions."""
    if rule == "next":
        level = min(m for m, _o in points if m >= target)
        return max(o for m, o in points if m == level)
    if rule == "nearest":
        return min(points, key=lambda point: (abs(point[0] - target), -point[0], -point[1]))[1]
    found = []
    for (m0, o0), (m1, o1) in itertools.pairwise(sorted(points, key=lambda p: (p[0], -p[1]))):
        if m0 <= target <= m1:
            found += [o0, o1] if m0 == m1 else [o0 + (target - m0) / (m1 - m0) * (o1 - o0)]
    return max(found)


def components_by_pairs(truth, score):
    """V10 of each positive and V01 of each negative case."""
    positive = [s for t, s in zip(truth, score, strict=True) if t == 1]
    negative = [s for t, s in zip(truth, score, strict=True) if t == 0]

    def wins(p, n):
        return 1.0 if p > n else 0.5 if p == n else 0.0

    return (
        [sum(wins(p, n) for n in negative) / len(negative) for p in positive],
        [sum(wins(p, n) for p in positive) / len(positive) for n in negative],
    )


def sample_covariance(first, second):
    """Denominator n − 1."""
    a, b = sum(first) / len(first), sum(second) / len(second)
    return sum((x - a) * (y - b) for x, y in zip(first, second, strict=True)) / (len(first) - 1)


def delong_by_pairs(truth, score_a, score_b):
    """DeLong's covariance of two readings."""
    (v10a, v01a), (v10b, v01b) = (components_by_pairs(truth, s) for s in (score_a, score_b))
    return sample_covariance(v10a, v10b) / len(v10a) + sample_covariance(v01a, v01b) / len(v01a)


def jackknife_by_deletion(truth, scores):
    """The jackknife covariance of several readings, every AUC counted again without each case."""
    cases = len(truth)
    left_out = np.array(
        [
            [
                float(auc_by_pairs(np.delete(truth, k).tolist(), np.delete(row, k).tolist()))
                for k in range(cases)
            ]
            for row in scores
        ]
    )
    return np.cov(left_out) * (cases - 1) ** 2 / cases


def mean_covariance_by_pairs(table):
    """Mean over pairs of different readers of the covariance of their shares."""
    rows = [list(map(float, row)) for row in table]
    pairs = [
        sample_covariance(a, b) / len(a) for a, b in itertools.permutations(rows, 2)
    ]  # fmt: skip
    return sum(pairs) / len(pairs)
