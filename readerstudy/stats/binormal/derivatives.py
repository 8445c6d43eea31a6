"""First and second derivatives of the log-likelihood of the binormal models."""

from dataclasses import dataclass

import numpy as np

from readerstudy.stats.binormal.cells import Point, density, total
from readerstudy.stats.result import FloatArray


@dataclass(frozen=True, eq=False)
class Derivatives:
    """The gradient by a, β (2,) and u (m,), and the observed information.

    That is (2, 2) of a and β, (m, 2) between u and them, and of u a main diagonal (m,) and its neighbour (m − 1,):
    a boundary only meets the next one.
    """

    gradient: FloatArray
    gradient_u: FloatArray
    information: FloatArray
    cross: FloatArray
    diagonal: FloatArray
    neighbour: FloatArray


def derivatives(counts: FloatArray, p: FloatArray, found: list[Point]) -> Derivatives:
    """Of Σ counts × log p, counts and p (2, m + 1)."""
    each, squared = counts / p, counts / p**2
    # By the cumulative probabilities: gradient, minus the diagonal and the neighbour of the second derivatives.
    s, d, e = each[:, :-1] - each[:, 1:], squared[:, :-1] + squared[:, 1:], squared[:, 1:-1]
    phi = [density(point.w) for point in found]
    curved = [-point.w * f for point, f in zip(found, phi, strict=True)]
    pairs = list(zip(found, phi, curved, strict=True))
    by_u = total([f * q.u for q, f, _c in pairs])
    by = [total([f * q.a for q, f, _c in pairs]), total([f * q.beta for q, f, _c in pairs])]
    by_uu = total([c * q.u**2 for q, _f, c in pairs])
    by_uk = [total([c * q.u * q.a for q, _f, c in pairs]), total([c * q.u * q.beta + f * q.u_beta for q, f, c in pairs])]  # fmt: skip
    by_kl = [
        total([c * q.a**2 for q, _f, c in pairs]),
        total([c * q.a * q.beta + f * q.a_beta for q, f, c in pairs]),
        total([c * q.beta**2 + f * q.beta_beta for q, f, c in pairs]),
    ]
    weighted = [_times(d, e, k) for k in by]
    cross = [(by_u * w - s * uk).sum(axis=0) for w, uk in zip(weighted, by_uk, strict=True)]
    aa, ab, bb = (
        float((by[i] * weighted[j] - s * kl).sum()) for (i, j), kl in zip(((0, 0), (0, 1), (1, 1)), by_kl, strict=True)
    )  # fmt: skip
    return Derivatives(
        np.array([(s * k).sum() for k in by]),
        (s * by_u).sum(axis=0),
        np.array([[aa, ab], [ab, bb]]),
        np.column_stack(cross),
        (d * by_u**2 - s * by_uu).sum(axis=0),
        -(e * by_u[:, :-1] * by_u[:, 1:]).sum(axis=0),
    )


def _times(d: FloatArray, e: FloatArray, vector: FloatArray) -> FloatArray:
    """The tridiagonal matrix with diagonal d and neighbours −e, times a vector (2, m), for each class."""
    found = d * vector
    found[:, :-1] -= e * vector[:, 1:]
    found[:, 1:] -= e * vector[:, :-1]
    return np.asarray(found)
