"""Degrees of freedom of a U-statistic's variance, after Satterthwaite, from its biased components.

Obuchowski, Gallas and Hillis, Acad Radiol 2012;19:1508; the lower limit: Gaylor and Hopper, Technometrics 1969;11:691.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from readerstudy.stats.ustatistics.moments import CovarianceMoments

# Negative cases, positive cases and readers among N, D, ND, R, NR, DR, RND.
FACTORS = NEGATIVES, POSITIVES, READERS = 0, 1, 3


class UnpairedRule(StrEnum):
    """What a difference does with a factor that the two modalities have no part of in common.

    `SEPARATE` keeps the two modalities' contributions apart, each with its own degrees of freedom (Satterthwaite with
    independent mean squares; iMRMC's Java engine). `POOLED` squares their sum over the smaller of the two (iMRMC's R
    package).
    """

    SEPARATE = "separate"
    POOLED = "pooled"


@dataclass(frozen=True)
class Contribution:
    """A component of the variance and its degrees of freedom."""

    component: Fraction
    df: int

    @property
    def of_square(self) -> float:
        """(component / df)² / df."""
        return float(self.component) ** 2 / self.df**3


def of_modality(moments: CovarianceMoments) -> list[Contribution]:
    """Of negatives, positives and readers; 1 / coefficient − 1, rounded, counts a factor's levels less 1."""
    return [
        Contribution(
            moments.biased_components[factor],
            round(1 / moments.component_coefficients[factor] - 1),
        )
        for factor in FACTORS
    ]


def of_difference(
    a: CovarianceMoments, b: CovarianceMoments, both: CovarianceMoments, rule: UnpairedRule
) -> list[Contribution]:
    """Paired factors contribute N_a + N_b − 2 N_ab with the smaller degrees of freedom; unpaired ones by the rule."""
    found: list[Contribution] = []
    for factor, of_a, of_b in zip(FACTORS, of_modality(a), of_modality(b), strict=True):
        paired = both.component_coefficients[factor] > 0
        if not paired and rule is UnpairedRule.SEPARATE:
            found += [of_a, of_b]
            continue
        sum_of_both = of_a.component + of_b.component - 2 * both.biased_components[factor]
        found.append(Contribution(sum_of_both, _smaller(of_a.df, of_b.df)))
    return found


def degrees_of_freedom(variance: float, contributions: Iterable[Contribution]) -> float | None:
    """variance² / Σ (component / df)² / df, at least the smallest df; infinite where no component is left; or None.

    A factor with one level has no degrees of freedom and, in the biased moments, no component: it is left out. One
    with so uneven levels that its degrees of freedom round to 0 has a component: then there are none at all.
    """
    found = [each for each in contributions if each.df > 0 or each.component]
    if any(each.df < 1 for each in found):
        return None
    total = sum(each.of_square for each in found)
    if total == 0:
        return math.inf
    return max(variance**2 / total, float(min(each.df for each in found)))


def _smaller(a: int, b: int) -> int:
    """Of two numbers of degrees of freedom; a factor with one level in one modality leaves the other's."""
    return min((df for df in (a, b) if df > 0), default=0)
