"""The log-likelihood of the binormal models with its first and second derivatives.

A case falls into category m or below with probability Φ(u_m) if negative and Φ(b u_m − a) if positive, u_1 < u_2 < ...
(Dorfman and Alf, J Math Psychol 1969;6:487). The proper model orders the cases by the likelihood ratio of the same two
normal distributions instead, so that each boundary is a pair of points with equal ratio (Metz and Pan, J Math Psychol
1999;43:1): for the second one Φ(u_m − a csch β) and Φ(b u_m − a coth β) are added, less 1 if b < 1. β = log b.
"""

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy.special import ndtr

from readerstudy.stats.result import FloatArray

# Below, the second point of a boundary is further out than any case.
_SMALLEST_BETA = 1e-12
_BISECTIONS = 60
_FURTHEST = 38.0  # Φ is 0 or 1 there
_ROOT = math.sqrt(2 * math.pi)


class Model(Enum):
    """The binormal model of the scores themselves, or of their likelihood ratio."""

    CONVENTIONAL = "conventional"
    PROPER = "proper"


@dataclass(frozen=True, eq=False)
class Point:
    """Arguments w (2, m) of Φ for one point of each boundary, negative class first, and their derivatives.

    By u: (2, 1); by a and β: (2, m) each; then the second derivatives that are not zero.
    """

    w: FloatArray
    u: FloatArray
    a: FloatArray
    beta: FloatArray
    u_beta: FloatArray
    a_beta: FloatArray
    beta_beta: FloatArray


def points(model: Model, a: float, beta: float, u: FloatArray) -> list[Point]:
    """The one or two points of each boundary (m,)."""
    b, none, one = math.exp(beta), np.zeros(u.size), np.ones(u.size)
    slope, mixed = np.array([[1.0], [b]]), np.array([[0.0], [b]])
    moved = np.stack([none, b * u])
    first = Point(np.stack([u, b * u - a]), slope, np.stack([none, -one]), moved, mixed, np.zeros((2, u.size)), moved)  # fmt: skip
    if model is Model.CONVENTIONAL:
        return [first]
    csch, coth = mirror(beta)
    shift = np.array([[csch], [coth]])
    by_beta, twice = np.array([[csch * coth], [csch**2]]), np.array([[csch * (coth**2 + csch**2)], [2 * csch**2 * coth]])  # fmt: skip
    flat = np.ones((2, u.size))
    second = Point(slope * u - a * shift, slope, -shift * flat, moved + a * by_beta, mixed, by_beta * flat, moved - a * twice)  # fmt: skip
    return [first, second]


def mirror(beta: float) -> tuple[float, float]:
    """The hyperbolic cosecant and cotangent of β, for a β that is not too near zero."""
    held = math.copysign(max(abs(beta), _SMALLEST_BETA), beta)
    return 1 / math.sinh(held), 1 / math.tanh(held)


def probabilities(found: list[Point], beta: float) -> FloatArray:
    """The probability of each category (2, m + 1); not above zero where the boundaries are out of order."""
    between = total([_interval(point.w[:, :-1], point.w[:, 1:]) for point in found])
    w, v = found[0].w[:, 0], found[-1].w[:, 0]
    lowest = ndtr(w) if len(found) == 1 else _interval(-v, w) if beta < 0 else ndtr(w) + ndtr(v)
    highest = above(found, beta)[:, -1]
    return np.column_stack([lowest, between, highest])


def above(found: list[Point], beta: float) -> FloatArray:
    """The probability (2, m) of a score above each boundary."""
    w = found[0].w
    if len(found) == 1:
        return np.asarray(ndtr(-w))
    v = found[1].w
    return np.asarray(ndtr(-w) + ndtr(-v)) if beta < 0 else _interval(v, -w)


def _interval(low: FloatArray, high: FloatArray) -> FloatArray:
    """Φ(high) − Φ(low), from the nearer tail."""
    return np.asarray(np.where(low > 0, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low)))


def total(parts: list[FloatArray]) -> FloatArray:
    """The sum over the points of a boundary."""
    return np.asarray(np.add.reduce(parts))


def density(w: FloatArray) -> FloatArray:
    """φ."""
    return np.asarray(np.exp(-(w**2) / 2) / _ROOT)


def boundaries_at(
    model: Model, a: float, beta: float, weights: FloatArray, shares: FloatArray
) -> FloatArray:
    """Boundaries (m,) above which the classes, weighted (2,), have these shares (m,), by bisection."""
    reach = _FURTHEST * max(1.0, math.exp(-beta)) + abs(a) * math.exp(-beta)
    bounds = [-reach, reach]
    if model is Model.PROPER:
        # On the other side of the centre the boundaries repeat in mirror image.
        bounds[int(beta >= 0)] = a * mirror(beta)[0] / 2
    low, high = (np.full(shares.size, bound) for bound in bounds)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        further = weights @ above(points(model, a, beta, middle), beta) > shares
        low, high = np.where(further, middle, low), np.where(further, high, middle)
    return np.asarray((low + high) / 2)
