"""Newton's method for two parameters and many ordered boundaries, in time linear in the boundaries.

The boundaries are eliminated from each step by a tridiagonal solution; what is left is two by two, and is bent to a
direction of ascent where the likelihood is not concave.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import LinAlgError, solveh_banded

from readerstudy.stats.binormal.cells import Model, boundaries_at, points, probabilities
from readerstudy.stats.binormal.derivatives import Derivatives, derivatives
from readerstudy.stats.result import FloatArray

_STEPS = 100
# Twice what the likelihood could still gain before the last step: after it the error is about this many standard errors.
_CONVERGED = 1e-13
# Gains so small drown in the rounding of the likelihood: the step is right without looking at it.
_NEAR = 1e-7
_LONGEST = 1.0
_SMALLEST_CELL = 1e-100
_SHORTEST = 1e-12
# |log b| of a curve of straight lines.
_BEYOND = 7.0


@dataclass(frozen=True, eq=False)
class Maximum:
    """Parameters, boundaries (m,), likelihood, and the covariance (2, 2) of a and β; None where there is no maximum."""

    a: float
    beta: float
    u: FloatArray
    log_likelihood: float
    covariance: FloatArray | None
    converged: bool


@dataclass(frozen=True, eq=False)
class _Place:
    """Where the search is. The likelihood of the proper model is the same for a and −a: it needs no bound at 0."""

    model: Model
    counts: FloatArray
    a: float
    beta: float
    u: FloatArray

    def likelihood(self) -> float:
        p = probabilities(points(self.model, self.a, self.beta, self.u), self.beta)
        return float((self.counts * np.log(p)).sum()) if (p > _SMALLEST_CELL).all() else -math.inf

    def slopes(self) -> Derivatives:
        found = points(self.model, self.a, self.beta, self.u)
        return derivatives(self.counts, probabilities(found, self.beta), found)

    def moved(self, step: FloatArray, step_u: FloatArray) -> "_Place":
        return replace(self, a=self.a + float(step[0]), beta=self.beta + float(step[1]), u=self.u + step_u)  # fmt: skip


def maximise(model: Model, counts: FloatArray, a: float, beta: float) -> Maximum:
    """The maximum of the likelihood of counts (2, M), negative class first, from these starting values."""
    place = _Place(model, counts, a, beta, starting_boundaries(model, counts, a, beta))
    value = place.likelihood()
    for _ in range(_STEPS):
        if not math.isfinite(value) or abs(place.beta) > _BEYOND:
            break
        slopes = place.slopes()
        found = _step(slopes)
        if found is None:
            break
        gain = float(found[0] @ slopes.gradient + found[1] @ slopes.gradient_u)
        place, value, moved = _climb(place, value, found, gain)
        if not moved:
            break
        if gain < _CONVERGED:
            return _maximum(place, value)
    return Maximum(place.a, place.beta, place.u, value, None, False)


def starting_boundaries(model: Model, counts: FloatArray, a: float, beta: float) -> FloatArray:
    """Boundaries (M − 1,) at which the model's share of all cases above is the observed one."""
    total = counts.sum()
    below = np.cumsum(counts.sum(axis=0))[:-1]
    return boundaries_at(model, a, beta, counts.sum(axis=1) / total, 1 - below / total)


def _step(slopes: Derivatives) -> tuple[FloatArray, FloatArray] | None:
    """The step of the parameters and of the boundaries; None where no direction leads upwards."""
    band = np.stack([slopes.diagonal, np.append(slopes.neighbour, 0.0)])
    right = np.column_stack([slopes.cross, slopes.gradient_u])
    solved = _solved(band, right)
    if solved is None:
        return None
    inverse = _bent(slopes.information - slopes.cross.T @ solved[:, :2])
    if inverse is None:
        return None
    step = inverse @ (slopes.gradient - slopes.cross.T @ solved[:, 2])
    length = max(float(np.abs(step).max()) / _LONGEST, 1.0)
    return step / length, solved[:, 2] - solved[:, :2] @ (step / length)


def _solved(band: FloatArray, right: FloatArray) -> FloatArray | None:
    """The tridiagonal system; with a growing ridge where it is not positive definite."""
    if not (np.isfinite(band).all() and np.isfinite(right).all()):
        return None
    for ridge in (0.0, *(10.0**power for power in range(-6, 7))):
        lifted = band.copy()
        lifted[0] += ridge * np.abs(band[0]).max()
        try:
            return np.asarray(solveh_banded(lifted, right, lower=True))
        except LinAlgError:
            continue
    return None


def _bent(matrix: FloatArray) -> FloatArray | None:
    """The inverse of the matrix (2, 2) with its eigenvalues made positive."""
    if not np.isfinite(matrix).all():
        return None
    values, vectors = np.linalg.eigh(matrix)
    held = np.maximum(np.abs(values), 1e-10 * np.abs(values).max())
    return np.asarray((vectors / held) @ vectors.T) if held.min() > 0 else None


def _climb(
    place: _Place, value: float, step: tuple[FloatArray, FloatArray], gain: float
) -> tuple[_Place, float, bool]:
    """The step, halved until the likelihood rises; and whether there was one."""
    share = 1.0
    while share > _SHORTEST:
        there = place.moved(share * step[0], share * step[1])
        found = there.likelihood()
        if found >= value + 1e-4 * share * gain or (gain < _NEAR and math.isfinite(found)):
            return there, found, True
        share /= 2
    return place, value, False


def _maximum(place: _Place, value: float) -> Maximum:
    """With the covariance of a and β, where the information left of them is positive definite."""
    slopes = place.slopes()
    solved = _solved(np.stack([slopes.diagonal, np.append(slopes.neighbour, 0.0)]), slopes.cross)
    covariance: FloatArray | None = None
    if solved is not None:
        information = slopes.information - slopes.cross.T @ solved
        if np.linalg.eigvalsh(information)[0] > 0:
            covariance = np.asarray(np.linalg.inv(information))
    return Maximum(place.a, place.beta, place.u, value, covariance, converged=True)
