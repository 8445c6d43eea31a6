"""Unbiased error components of complete data from sums over readers: no covariance matrix of all readings is formed."""

from dataclasses import dataclass

import numpy as np

from readerstudy.stats.mrmc.components import ErrorComponents
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import FloatArray
from readerstudy.stats.ustatistics import score_sums


@dataclass(frozen=True, eq=False)
class CrossedUnbiased:
    """AUCs (I, J), their variances (I, J), and the averaged components."""

    auc: FloatArray
    variance: FloatArray
    components: ErrorComponents


def crossed_unbiased(readings: Readings) -> CrossedUnbiased:
    """The components of `unbiased_matrix`, in O(I J n0 n1 + I² n0 n1) instead of O(I² J² n0 n1) time.

    The covariance of two readings is θ_u θ_v − M4 (Gallas 2006), bilinear in the success scores: a sum of covariances
    over readers is the covariance of the sums. Needs complete data with two cases of each class.
    """
    sums = score_sums(readings)
    parts = [part.astype(float) for part in (sums.by_positive, sums.by_negative)]
    own = _covariances(parts, sums.products.readers.astype(float))
    summed = [part.sum(axis=1, keepdims=True) for part in parts]
    pooled = _covariances(summed, sums.products.modalities[:, :, np.newaxis].astype(float))[:, :, 0]
    auc = sums.total / (2 * readings.n_positive * readings.n_negative)
    diagonal = np.arange(len(readings.modalities))
    return CrossedUnbiased(auc, own[diagonal, diagonal], _components(own, pooled))


def _covariances(parts: list[FloatArray], products: FloatArray) -> FloatArray:
    """Of modalities a and b in the same column of readers, (I, I, J); `products` are the sums over pairs of cases."""
    positive, negative = parts
    n1, n0 = positive.shape[2], negative.shape[2]
    total = positive.sum(axis=2)
    both = total[:, np.newaxis] * total
    same = sum(np.einsum("ajk,bjk->abj", part, part) for part in parts)
    apart = (both - same + products) / (n1 * n0 * (n1 - 1) * (n0 - 1))
    return np.asarray((both / (n1 * n0) ** 2 - apart) / 4)


def _components(own: FloatArray, pooled: FloatArray) -> ErrorComponents:
    """From covariances of the same reader (I, I, J), and of the sums over readers (I, I)."""
    I, J = own.shape[1:]
    same, others = np.eye(I, dtype=bool), ~np.eye(I, dtype=bool)
    between = (pooled - own.sum(axis=2)) / max(J * (J - 1), 1)
    return ErrorComponents(
        var=float(own[same].mean()),
        cov1=float(own[others].mean()) if I > 1 else 0.0,
        cov2=float(between[same].mean()),
        cov3=float(between[others].mean()) if I > 1 else 0.0,
        modality_var=own[same].mean(axis=1),
        modality_cov2=between[same],
        reader_var=own[same].mean(axis=0),
        reader_cov1=own[others].mean(axis=0) if I > 1 else np.zeros(J),
    )
