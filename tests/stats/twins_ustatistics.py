"""U-statistics by going through every pair of readings, in exact fractions; scores are lists with None."""

import itertools
from fractions import Fraction

# Which of reader, positive and negative case are the same in moments 1 to 8.
SAME = [
    (reader, positive, negative)
    for reader in (True, False)
    for positive, negative in ((True, True), (True, False), (False, True), (False, False))
]
COMPONENTS = {
    "N": lambda M: M[7] - M[8],
    "D": lambda M: M[6] - M[8],
    "ND": lambda M: M[5] - M[6] - M[7] + M[8],
    "R": lambda M: M[4] - M[8],
    "NR": lambda M: M[3] - M[4] - M[7] + M[8],
    "DR": lambda M: M[2] - M[4] - M[6] + M[8],
    "RND": lambda M: M[1] - M[2] - M[3] + M[4] - M[5] + M[6] + M[7] - M[8],
}
# The factors of which two readings share at least these levels: reader, positive, negative.
SHARED = {
    "N": (0, 0, 1),
    "D": (0, 1, 0),
    "ND": (0, 1, 1),
    "R": (1, 0, 0),
    "NR": (1, 0, 1),
    "DR": (1, 1, 0),
    "RND": (1, 1, 1),
}


def success(negative, positive):
    return Fraction((positive > negative) + (positive >= negative), 2)


def readings_of(truth, table):
    """[((reader, positive, negative), success score)] of one modality, table[reader][case]."""
    positives = [k for k, t in enumerate(truth) if t == 1]
    negatives = [k for k, t in enumerate(truth) if t == 0]
    return [
        ((j, p, n), success(row[n], row[p]))
        for j, row in enumerate(table)
        for p, n in itertools.product(positives, negatives)
        if row[p] is not None and row[n] is not None
    ]


def mean(values):
    found = list(values)
    return sum(found, Fraction(0)) / len(found) if found else Fraction(0)


def decomposition(truth, first, second):
    """Moments (unbiased, biased), coefficients, components and covariances of two modalities."""
    a, b = readings_of(truth, first), readings_of(truth, second)
    pairs = [(tuple(x == y for x, y in zip(u, v, strict=True)), s * t) for u, s in a for v, t in b]
    exactly = {m: [value for same, value in pairs if same == which] for m, which in enumerate(SAME, 1)}  # fmt: skip
    at_least = {
        m: [v for same, v in pairs if all(x >= y for x, y in zip(same, which, strict=True))]
        for m, which in enumerate(SAME, 1)
    }
    unbiased, biased = ({m: mean(values) for m, values in part.items()} for part in (exactly, at_least))  # fmt: skip
    coefficients = {m: Fraction(len(values), len(pairs)) for m, values in exactly.items()}
    coefficients[8] -= 1
    shares = {
        name: Fraction(sum(all(x >= y for x, y in zip(same, which, strict=True)) for same, _v in pairs), len(pairs))
        for name, which in SHARED.items()
    }  # fmt: skip
    return {
        "auc": (mean(s for _u, s in a), mean(s for _u, s in b)),
        "unbiased": unbiased,
        "biased": biased,
        "coefficients": coefficients,
        "shares": shares,
        "components": components(unbiased, shares),
        "biased_components": components(biased, shares),
        "apart": len(exactly[8]),
        "covariance": sum(coefficients[m] * unbiased[m] for m in unbiased),
        "covariance_mle": sum(coefficients[m] * biased[m] for m in biased),
    }


def components(moments, shares):
    return {name: rule(moments) if shares[name] else Fraction(0) for name, rule in COMPONENTS.items()}  # fmt: skip


def df_of_modality(part, variance):
    """Satterthwaite's degrees of freedom, at least the smallest of the three factors; every factor has two levels."""
    factors = {name: round(1 / part["shares"][name] - 1) for name in "NDR"}
    total = sum(
        Fraction(part["biased_components"][name], df) ** 2 / df for name, df in factors.items()
    )
    return max(variance**2 / total, min(factors.values()))


def df_of_difference(first, second, both, variance):
    """As above; a factor without a common level contributes once for each modality."""
    total, least = Fraction(0), []
    for name in "NDR":
        dfs = [round(1 / part["shares"][name] - 1) for part in (first, second)]
        values = [part["biased_components"][name] for part in (first, second)]
        least += dfs
        if both["shares"][name]:
            values = [sum(values) - 2 * both["biased_components"][name]]
            dfs = [min(dfs)]
        total += sum((value / df) ** 2 / df for value, df in zip(values, dfs, strict=True))
    return max(variance**2 / total, min(least))


def products_of_pairs(truth, first, second):
    """Four times the sum over readers' pairs of the product of success scores summed over readers."""
    sums = []
    for table in (first, second):
        of = {}
        for (_j, p, n), s in readings_of(truth, table):
            of[p, n] = of.get((p, n), 0) + s
        sums.append(of)
    return 4 * sum(value * sums[1].get(pair, 0) for pair, value in sums[0].items())


def covariance_of_readings(truth, first, second):
    """Unbiased, of two single readings: θ_u θ_v − mean product over pairs of cases without a case in common."""
    a, b = readings_of(truth, [first]), readings_of(truth, [second])
    apart = [s * t for (_j, p, n), s in a for (_i, q, m), t in b if p != q and n != m]
    return mean(s for _u, s in a) * mean(s for _u, s in b) - mean(apart)


def variance_of_a_panel(values, covariance):
    """MS / J + Cov2 of J readers' values with an error covariance (Obuchowski-Rockette, one modality)."""
    J = len(values)
    centre = mean(values)
    ms = sum((value - centre) ** 2 for value in values) / (J - 1)
    pairs = [covariance[i][j] for i, j in itertools.permutations(range(J), 2)]
    return ms / J + mean(pairs)
