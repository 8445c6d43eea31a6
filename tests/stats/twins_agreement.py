"""Agreement by loops over cases and pairs of ratings."""

import itertools

import numpy as np


def weight(a, b, categories, weights):
    q = len(categories)
    if weights == "nominal" or q == 1:
        return float(a == b)
    distance = abs(categories.index(a) - categories.index(b)) / (q - 1)
    return 1 - (distance if weights == "linear" else distance**2)


def rated(table):
    """For each case the ratings that there are."""
    return [[float(x) for x in column if not np.isnan(x)] for column in np.asarray(table).T]


def observed(table, weights):
    categories = sorted({x for case in rated(table) for x in case})
    shares = []
    for case in rated(table):
        pairs = list(itertools.permutations(case, 2))
        if pairs:
            shares.append(sum(weight(a, b, categories, weights) for a, b in pairs) / len(pairs))
    return sum(shares) / len(shares), categories


def coefficient(kind, table, weights):
    """None where chance agreement is complete."""
    table = np.asarray(table, dtype=float)
    agree, categories = observed(table, weights)
    q = len(categories)
    everything = [x for case in rated(table) for x in case]
    share = {c: everything.count(c) / len(everything) for c in categories}

    def by(first, second):
        return sum(first[a] * second[b] * weight(a, b, categories, weights) for a in categories for b in categories)  # fmt: skip

    if kind == "fleiss":
        chance = by(share, share)
    elif kind == "conger":
        own = [{c: list(row).count(c) / len(row) for c in categories} for row in table]
        pairs = list(itertools.permutations(own, 2))
        chance = sum(by(a, b) for a, b in pairs) / len(pairs)
    elif kind == "uniform":
        chance = by(dict.fromkeys(categories, 1 / q), dict.fromkeys(categories, 1 / q))
    else:
        cases = [case for case in rated(table) if case]
        mean = {c: sum(case.count(c) / len(case) for case in cases) / len(cases) for c in categories}  # fmt: skip
        total = sum(weight(a, b, categories, weights) for a in categories for b in categories)
        chance = total / (q * (q - 1)) * sum(m * (1 - m) for m in mean.values()) if q > 1 else 1
    return None if abs(1 - chance) < 1e-12 else (agree - chance) / (1 - chance)


def distance(a, b, kind, values):
    """Squared, by all pairable values."""
    if kind == "nominal":
        return float(a != b)
    if kind == "interval":
        return (a - b) ** 2
    if kind == "ratio":
        return ((a - b) / (a + b)) ** 2 if a + b else 0.0
    low, high = min(a, b), max(a, b)
    between = sum(low <= value <= high for value in values)
    return (between - (values.count(a) + values.count(b)) / 2) ** 2 if a != b else 0.0


def alpha(table, kind):
    cases = [case for case in rated(table) if len(case) > 1]
    values = [x for case in cases for x in case]
    found = sum(
        distance(a, b, kind, values) / (len(case) - 1)
        for case in cases
        for a, b in itertools.permutations(case, 2)
    )
    chance = sum(distance(a, b, kind, values) for a, b in itertools.permutations(values, 2))
    return None if chance == 0 else 1 - found * (len(values) - 1) / chance


def mean_squares(table):
    k, n = table.shape
    grand = table.mean()
    cases = sum(k * (table[:, i].mean() - grand) ** 2 for i in range(n)) / (n - 1)
    readers = sum(n * (table[j].mean() - grand) ** 2 for j in range(k)) / (k - 1)
    total = ((table - grand) ** 2).sum()
    error = (total - cases * (n - 1) - readers * (k - 1)) / ((n - 1) * (k - 1))
    within = (total - cases * (n - 1)) / (n * (k - 1))
    return cases, readers, error, within
