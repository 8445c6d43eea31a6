"""Areas and rates of binormal ROC curves, with their derivatives by a and β = log b."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri, owens_t

from readerstudy.stats.binormal.cells import (
    Model,
    above,
    boundaries_at,
    density,
    mirror,
    points,
    total,
)
from readerstudy.stats.result import FloatArray, StatisticsInputError

_NODES = 200
_FURTHEST = 8.5  # the normal distribution has 1e-17 beyond


@dataclass(frozen=True)
class Curve:
    """A curve TPF = Φ(a + b Φ⁻¹(FPF)), or that of the likelihood ratio of the same two normal distributions."""

    model: Model
    a: float
    beta: float

    @property
    def auc(self) -> float:
        """Φ(h) with h = a / √(1 + b²); for the likelihood ratio 1 − 2 T(h, 1 / |sinh β|), T Owen's function.

        The second is Metz and Pan's Φ(d_a / √2) + 2 BVN(−d_a / √2, 0; ρ) (J Math Psychol 1999;43:1), reduced by
        Owen, Ann Math Stat 1956;27:1075.
        """
        height = self._height[0]
        if self.model is Model.CONVENTIONAL:
            return float(ndtr(height))
        return float(1 - 2 * owens_t(height, abs(mirror(self.beta)[0])))

    @property
    def auc_gradient(self) -> FloatArray:
        """Of the area by a and β (2,)."""
        height, by = self._height
        phi = float(density(np.asarray(height)))
        if self.model is Model.CONVENTIONAL:
            return phi * by
        csch, coth = mirror(self.beta)
        by_height = 2 * phi * (ndtr(height * abs(csch)) - 0.5)
        by_slope = -math.exp(-((height * coth) ** 2) / 2) / (math.pi * coth**2)
        return np.asarray(by_height * by + by_slope * np.array([0.0, -abs(csch) * coth]))

    @property
    def _height(self) -> tuple[float, FloatArray]:
        """The distance h and its derivatives (2,)."""
        b = math.exp(self.beta)
        scale = math.hypot(1, b)
        return self.a / scale, np.array([1 / scale, -self.a * b**2 / scale**3])

    def sensitivity(self, fpf: FloatArray) -> tuple[FloatArray, FloatArray]:
        """TPF (n,) at each FPF, and its derivatives (2, n)."""
        return self._other(fpf, given=0)

    def specificity(self, tpf: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Specificity (n,) at each TPF, and its derivatives (2, n)."""
        fpf, by = self._other(tpf, given=1)
        return 1 - fpf, -by

    def _other(self, rate: FloatArray, *, given: int) -> tuple[FloatArray, FloatArray]:
        """The one of (FPF, TPF) that is not given."""
        u = boundaries_at(self.model, self.a, self.beta, np.eye(2)[given], rate)
        found = points(self.model, self.a, self.beta, u)
        by_u = total([density(point.w) * point.u for point in found])
        by_a = total([density(point.w) * point.a for point in found])
        by_beta = total([density(point.w) * point.beta for point in found])
        ratio = np.divide(by_u[1 - given], by_u[given], out=np.zeros(u.size), where=by_u[given] > 0)
        inside = (rate > 0) & (rate < 1)
        slopes = np.stack(
            [np.where(inside, ratio * k[given] - k[1 - given], 0.0) for k in (by_a, by_beta)]
        )
        return np.where(inside, above(found, self.beta)[1 - given], rate), slopes

    def partial_area(self, low: float, high: float, *, given: int) -> tuple[float, FloatArray]:
        """∫ TPF dFPF from low to high FPF (given 0) or ∫ specificity dTPF over TPF (given 1), and its derivatives (2,).

        By Gauss and Legendre's rule over the normal deviate of the rate, where both integrands are smooth.
        """
        ends = np.clip(ndtri([low, high]), -_FURTHEST, _FURTHEST)
        nodes, weights = np.polynomial.legendre.leggauss(_NODES)
        half = (ends[1] - ends[0]) / 2
        z = ends.mean() + half * nodes
        values, by = (self.specificity if given else self.sensitivity)(np.asarray(ndtr(z)))
        weighted = half * weights * density(z)
        return float(weighted @ values), np.asarray(by @ weighted)


def binormal_auc(a: float, b: float) -> float:
    """Φ(a / √(1 + b²)): the area under the conventional binormal curve. Raises StatisticsInputError for b ≤ 0."""
    return Curve(Model.CONVENTIONAL, a, math.log(_checked(b))).auc


def proper_binormal_auc(d_a: float, c: float) -> float:
    """The area under Metz and Pan's proper binormal curve. Raises StatisticsInputError unless d_a ≥ 0 and −1 < c < 1."""
    return Curve(Model.PROPER, *from_metz(d_a, c)).auc


def to_metz(a: float, beta: float) -> tuple[float, float]:
    """d_a = √2 a / √(1 + b²) and c = (b − 1) / (b + 1)."""
    return math.sqrt(2) * a / math.hypot(1, math.exp(beta)), math.tanh(beta / 2)


def from_metz(d_a: float, c: float) -> tuple[float, float]:
    """Back to a and β. Raises StatisticsInputError unless d_a ≥ 0 and −1 < c < 1."""
    if not (d_a >= 0 and math.isfinite(d_a) and -1 < c < 1):
        raise StatisticsInputError(f"A proper binormal curve needs d_a ≥ 0 and −1 < c < 1, not {d_a:g} and {c:g}.")  # fmt: skip
    beta = 2 * math.atanh(c)
    return d_a * math.hypot(1, math.exp(beta)) / math.sqrt(2), beta


def _checked(b: float) -> float:
    if not (b > 0 and math.isfinite(b)):
        raise StatisticsInputError(f"The slope b of a binormal curve must be above zero, not {b:g}.")  # fmt: skip
    return b
