"""Calibration, net benefit, crowds and combinations by plain loops and exact fractions."""

import math
from fractions import Fraction
from itertools import combinations

from tests.stats.twins import auc_by_pairs

TIES = {"positive": Fraction(1), "negative": Fraction(0), "half": Fraction(1, 2)}


def bins_by_loops(truth, p, bins):
    """[(mean predicted, observed share, n, weight share)] of bins of equal width that hold a case."""
    rows = []
    for b in range(bins):
        low, high = Fraction(b, bins), Fraction(b + 1, bins)
        inside = [
            (t, q) for t, q in zip(truth, p, strict=True) if low < q <= high or (b == 0 and q == 0)
        ]
        if inside:
            n = len(inside)
            mean = sum(q for _t, q in inside) / n
            rows.append((mean, Fraction(sum(t for t, _q in inside), n), n))
    return rows


def murphy_by_loops(truth, p, bins):
    """(reliability, resolution, uncertainty)."""
    rows, n, share = bins_by_loops(truth, p, bins), len(truth), Fraction(sum(truth), len(truth))
    reliability = sum(k * (mean - seen) ** 2 for mean, seen, k in rows) / n
    resolution = sum(k * (seen - share) ** 2 for _mean, seen, k in rows) / n
    return reliability, resolution, share * (1 - share)


def equal_count_by_sorting(p, bins):
    """The bin of each case where no two probabilities are equal."""
    order = sorted(range(len(p)), key=lambda k: p[k])
    return {case: math.ceil(Fraction((place + 1) * bins, len(p))) for place, case in enumerate(order)}  # fmt: skip


def log_likelihood(truth, p, intercept, slope, weights):
    """Of the truth, where the logits of p are moved and stretched."""
    total = 0.0
    for t, q, w in zip(truth, p, weights, strict=True):
        line = intercept + slope * math.log(q / (1 - q))
        total += w * (t * line - math.log(1 + math.exp(line)))
    return total


def net_benefit_by_counting(truth, called, t, prevalence=None):
    """`called` are booleans; t and the prevalence are fractions."""
    tp = sum(c for y, c in zip(truth, called, strict=True) if y == 1)
    fp = sum(c for y, c in zip(truth, called, strict=True) if y == 0)
    n, n1 = len(truth), sum(truth)
    if prevalence is None:
        return Fraction(tp, n) - Fraction(fp, n) * t / (1 - t)
    false_positive_rate = Fraction(fp, n - n1)
    return Fraction(tp, n1) * prevalence - false_positive_rate * (1 - prevalence) * t / (1 - t)


def vote(answers, ties):
    """The majority of answers 1 and 0 as a fraction."""
    lead = 2 * sum(answers) - len(answers)
    return Fraction(1) if lead > 0 else Fraction(0) if lead < 0 else TIES[ties]


def crowd_by_panels(answers, size, ties):
    """The mean vote on one case over every panel of that size, formed one by one."""
    votes = [vote(panel, ties) for panel in combinations(answers, size)]
    return sum(votes) / len(votes)


def panel_aucs(truth, scores, size):
    """The AUC of the summed scores of every panel."""
    return [
        auc_by_pairs(truth, [sum(column) for column in zip(*panel, strict=True)])
        for panel in combinations(scores, size)
    ]


def mid_ranks(row):
    """Fractions from 1 to K."""
    return [Fraction(sum(x < y for x in row)) + Fraction(sum(x == y for x in row) + 1, 2) for y in row]  # fmt: skip
