"""Single-reader and paired methods by plain loops and exact fractions, written without looking at the fast ones."""

import itertools
import math
from fractions import Fraction

from tests.stats.twins import matched_by_walk, points_by_thresholds


def closed_testing(p):
    """Adjusted p by testing every intersection of hypotheses with Bonferroni's rule: what Holm's steps come to."""
    found = []
    for place in range(len(p)):
        others = [q for other, q in enumerate(p) if other != place]
        sets = (s for size in range(len(p)) for s in itertools.combinations(others, size))
        found.append(min(1, max((len(s) + 1) * min((p[place], *s)) for s in sets)))
    return found


def step_up(p):
    """Hochberg: the smallest, over the hypotheses at least as large, of p times the number of those not smaller."""
    ranked = sorted(range(len(p)), key=lambda place: p[place])
    found = [0.0] * len(p)
    for step, place in enumerate(ranked):
        found[place] = min((len(p) - later) * p[ranked[later]] for later in range(step, len(p)))
    return found


def binomial_tails(n10, n01):
    """Exact and mid-p of McNemar's test, as fractions."""
    n, fewer = n10 + n01, min(n10, n01)
    mass = [Fraction(math.comb(n, k), 2**n) for k in range(n + 1)]
    exact = sum(p for k, p in enumerate(mass) if k <= fewer or k >= n - fewer)
    tied = sum(p for k, p in enumerate(mass) if k in (fewer, n - fewer))
    return exact, exact - tied / 2


def cochran_by_totals(answers):
    """Q from the totals of rows and columns, the textbook's way; None where nothing differs."""
    readers = [sum(row) for row in answers]
    cases = [sum(column) for column in zip(*answers, strict=True)]
    J, total = len(answers), sum(readers)
    below = J * total - sum(c * c for c in cases)
    return (
        Fraction((J - 1) * (J * sum(g * g for g in readers) - total**2), below) if below else None
    )


def weighted_partial_area(truth, score, weights, low, high):
    """The partial area over FPF low to high of a curve whose cases have weights."""
    n1 = sum(w for t, w in zip(truth, weights, strict=True) if t == 1)
    n0 = sum(w for t, w in zip(truth, weights, strict=True) if t == 0)
    x = y = area = 0.0
    for value in sorted(set(score), reverse=True):
        rows = [(t, w) for t, s, w in zip(truth, score, weights, strict=True) if s == value]
        right = x + sum(w for t, w in rows if t == 0) / n0
        top = y + sum(w for t, w in rows if t == 1) / n1
        a, b = max(x, low), min(right, high)
        if a < b:
            area += (b - a) * (y + ((a + b) / 2 - x) / (right - x) * (top - y))
        x, y = right, top
    return area


def resampled_sensitivity(positive, negative, specificity, rule):
    """The sensitivity at a specificity of lists of scores, walking along their curve."""
    truth = [1] * len(positive) + [0] * len(negative)
    points = points_by_thresholds(truth, [*positive, *negative])
    return matched_by_walk([(1 - f, t) for f, t in points], specificity, rule)


def binormal_likelihood(a, log_b, boundaries, positive, negative):
    """Minus the log-likelihood of counts in ordered categories, one category at a time."""
    ends = [-math.inf, *boundaries, math.inf]
    total = 0.0
    for place, (low, high) in enumerate(itertools.pairwise(ends)):
        b = math.exp(log_b)
        of_negative = normal(high) - normal(low)
        of_positive = normal(b * high - a) - normal(b * low - a)
        for count, p in ((negative[place], of_negative), (positive[place], of_positive)):
            if count and p <= 0:
                return math.inf
            total -= count * math.log(p) if count else 0.0
    return total


def likelihood_ratio_rates(a, b, ratio):
    """FPF and TPF where the likelihood ratio of N(a / b, 1 / b²) to N(0, 1) exceeds `ratio`, solving the quadratic."""
    # log ratio = log b − (b x − a)² / 2 + x² / 2
    p, q, r = (1 - b * b) / 2, a * b, math.log(b) - a * a / 2 - math.log(ratio)
    root = q * q - 4 * p * r
    if root <= 0:
        return (1.0, 1.0) if p > 0 else (0.0, 0.0)
    x1, x2 = sorted(((-q - math.sqrt(root)) / (2 * p), (-q + math.sqrt(root)) / (2 * p)))
    inside0, inside1 = normal(x2) - normal(x1), normal(b * x2 - a) - normal(b * x1 - a)
    return (1 - inside0, 1 - inside1) if p > 0 else (inside0, inside1)


def normal(x):
    """Φ."""
    return math.erfc(-x / math.sqrt(2)) / 2
