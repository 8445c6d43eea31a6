"""Figures of merit by exact fractions, and their jackknife by deleting each case and counting again."""

import itertools
from fractions import Fraction

from tests.stats.twins import matched_by_walk, points_by_thresholds


def points_of(truth, score, *, of="specificity"):
    """[(FPF, TPF)]; for sensitivity with the axes exchanged, [(TPF, FPF)]."""
    points = points_by_thresholds(truth, score)
    return points if of == "specificity" else [(t, f) for f, t in points]


def collapsed(points):
    """One point for each first coordinate: the one with the largest second."""
    return [(x, max(y for other, y in points if other == x)) for x in sorted({x for x, _y in points})]  # fmt: skip


def height_by_walk(points, at):
    """The largest second coordinate of the joined points."""
    found = [y for x, y in points if x == at]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 < at < x1:
            found.append(y0 + (at - x0) / (x1 - x0) * (y1 - y0))
    return max(found)


def area_by_pieces(points, low, high):
    """The area under the joined points from low to high of their first coordinate."""
    total = Fraction(0)
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        a, b = max(x0, low), min(x1, high)
        if a < b:
            middle = y0 + ((a + b) / 2 - x0) / (x1 - x0) * (y1 - y0)
            total += (b - a) * middle
    return total


def partial_area(truth, score, low, high, *, of="specificity", polygon="exact"):
    start, end = (1 - high, 1 - low) if of == "specificity" else (low, high)
    points = points_of(truth, score, of=of)
    if polygon == "collapsed":
        kept = collapsed(points)
        ends = [(at, height_by_walk(kept, at)) for at in (start, end)]
        points = [ends[0], *(point for point in points if start < point[0] < end), ends[1]]
    area = area_by_pieces(points, start, end)
    return area if of == "specificity" else (high - low) - area


def sensitivity_at(truth, score, specificity, rule="interpolated"):
    points = [(1 - f, t) for f, t in points_of(truth, score)]
    return matched_by_walk(points, specificity, rule)


def specificity_at(truth, score, sensitivity, rule="interpolated"):
    points = [(t, 1 - f) for f, t in points_of(truth, score)]
    return matched_by_walk(points, sensitivity, rule)


def collapsed_sensitivity_at(truth, score, specificity):
    return height_by_walk(collapsed(points_of(truth, score)), 1 - specificity)


def collapsed_specificity_at(truth, score, sensitivity):
    return 1 - height_by_walk(collapsed(points_of(truth, score, of="sensitivity")), sensitivity)


def share_called_right(truth, score, threshold, label):
    right = [(s >= threshold) == bool(label) for t, s in zip(truth, score, strict=True) if t == label]  # fmt: skip
    return Fraction(sum(right), len(right))


def without_each(truth, score, estimate, *, label=None):
    """The estimate without each case, or without each case of one class."""
    return [
        float(estimate(truth[:k] + truth[k + 1 :], score[:k] + score[k + 1 :]))
        for k in range(len(truth))
        if label is None or truth[k] == label
    ]
