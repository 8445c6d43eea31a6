"""Moments of the product of two success scores, the covariance they give, and its components; exact fractions.

Moments: Gallas, Acad Radiol 2006;13:353. Any design: Gallas and Brown, Neural Netw 2008;21:387. Biased (MLE) moments
and components: Gallas, Bandos, Samuelson and Wagner, Commun Stat Theory Methods 2009;38:2586; the components are those
of Barrett, Clarkson and Kupinski (BCK).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from readerstudy.stats.ustatistics.counts import EightSums

Fractions = tuple[Fraction, ...]
# By inclusion and exclusion: from sums over any two cases and readers to sums over different ones.
_DIFFERENT = (
    (1,),
    (-1, 1),
    (-1, 0, 1),
    (1, -1, -1, 1),
    (-1, 0, 0, 0, 1),
    (1, -1, 0, 0, -1, 1),
    (1, 0, -1, 0, -1, 0, 1),
    (-1, 1, 1, -1, 1, -1, -1, 1),
)
# Components N, D, ND, R, NR, DR, RND from the moments.
_COMPONENTS = (
    (0, 0, 0, 0, 0, 0, 1, -1),
    (0, 0, 0, 0, 0, 1, 0, -1),
    (0, 0, 0, 0, 1, -1, -1, 1),
    (0, 0, 0, 1, 0, 0, 0, -1),
    (0, 0, 1, -1, 0, 0, -1, 1),
    (0, 1, 0, -1, 0, -1, 0, 1),
    (1, -1, -1, 1, -1, 1, 1, -1),
)
# The sum whose share of all is the coefficient of each component.
_COUNTED = (6, 5, 4, 3, 2, 1, 0)
SAME_READER, ALL_DIFFERENT = 3, 7


@dataclass(frozen=True)
class CovarianceMoments:
    """The covariance of the reader-averaged AUCs of two modalities, taken apart.

    `unbiased` and `biased` are the moments M1 to M8, 0 where there is no such pair of readings; `different` counts
    the pairs of readings behind each unbiased moment. `components` belong to the unbiased and `biased_components` to
    the biased moments.
    """

    auc_a: Fraction
    auc_b: Fraction
    unbiased: Fractions
    biased: Fractions
    different: EightSums
    coefficients: Fractions
    component_coefficients: Fractions

    @cached_property
    def covariance(self) -> Fraction | None:
        """θ_a θ_b − M8; None where no two readings differ in reader, positive and negative case."""
        return self._covariance(ALL_DIFFERENT)

    @cached_property
    def covariance_of_fixed_readers(self) -> Fraction | None:
        """θ_a θ_b − M4, of one reader over random cases; None without two cases of each class."""
        return self._covariance(SAME_READER)

    @cached_property
    def biased_covariance(self) -> Fraction:
        """Σ c M over the biased moments."""
        return _weighted(self.coefficients, self.biased)

    @cached_property
    def components(self) -> Fractions:
        """N, D, ND, R, NR, DR, RND from the unbiased moments; 0 where the coefficient is 0."""
        return self._components(self.unbiased)

    @cached_property
    def biased_components(self) -> Fractions:
        """The same from the biased moments."""
        return self._components(self.biased)

    def _covariance(self, moment: int) -> Fraction | None:
        if not self.different[moment]:
            return None
        return self.auc_a * self.auc_b - self.unbiased[moment]

    def _components(self, moments: Fractions) -> Fractions:
        found = (_weighted(row, moments) for row in _COMPONENTS)
        return tuple(
            value if share else Fraction(0)
            for value, share in zip(found, self.component_coefficients, strict=True)
        )


def covariance_moments(
    auc_a: Fraction, auc_b: Fraction, scores: EightSums, counts: EightSums
) -> CovarianceMoments:
    """From four times the sums n1 to n8 and from e1 to e8; e8 must not be 0.

    Biased moments are n / e, unbiased ones B n / B e with the inclusion-exclusion matrix B; c = B e / e8, and c8
    less 1.
    """
    different = tuple(_dot(row, counts) for row in _DIFFERENT)
    sums = (_dot(row, scores) for row in _DIFFERENT)
    share = [Fraction(count, counts[-1]) for count in different]
    return CovarianceMoments(
        auc_a,
        auc_b,
        tuple(map(_mean, sums, different)),
        tuple(map(_mean, scores, counts)),
        different,
        (*share[:-1], share[-1] - 1),
        tuple(Fraction(counts[place], counts[-1]) for place in _COUNTED),
    )


def _mean(four_times: int, count: int) -> Fraction:
    return Fraction(four_times, 4 * count) if count else Fraction(0)


def _dot(weights: Sequence[int], values: Sequence[int]) -> int:
    """The rows of weights above end with their last weight that is not 0."""
    return sum(weight * value for weight, value in zip(weights, values, strict=False))


def _weighted(weights: Sequence[int | Fraction], values: Fractions) -> Fraction:
    pairs = zip(weights, values, strict=True)
    return sum((weight * value for weight, value in pairs if weight), Fraction(0))
