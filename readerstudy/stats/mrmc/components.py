"""Variance and covariances of the error, averaged as Obuchowski and Rockette do."""

from dataclasses import dataclass

import numpy as np

from readerstudy.stats.mrmc.covariance import ReadingsCovariance
from readerstudy.stats.readings import Design
from readerstudy.stats.result import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class ErrorComponents:
    """Means over ordered pairs of readings: of all, of each of I modalities (I,), of each of J readers (J,).

    `var`: the same reading; `cov1`: another modality, the same reader; `cov2`: the same modality, another reader;
    `cov3`: both others. A mean over no pair is 0.
    """

    var: float
    cov1: float
    cov2: float
    cov3: float
    modality_var: FloatArray
    modality_cov2: FloatArray
    reader_var: FloatArray
    reader_cov1: FloatArray


def error_components(covariance: ReadingsCovariance, design: Design) -> ErrorComponents | None:
    """None without a covariance; else plain means of the covariance matrix (Obuchowski and Rockette, Commun Stat Simul 1995;24:285).

    Readings that share no case by design have covariance zero, whatever the estimate says: cases nested in readers
    make Cov2 = Cov3 = 0, cases nested in modalities Cov1 = Cov3 = 0.
    """
    if covariance.matrix is None:
        return None
    matrix = covariance.matrix
    i, j = covariance.modality, covariance.reader
    same_i, same_j = i[:, np.newaxis] == i, j[:, np.newaxis] == j
    by_readers, by_modalities = design is Design.CASES_IN_READERS, design is Design.CASES_IN_MODALITIES  # fmt: skip
    cov1 = np.where(by_modalities, 0.0, matrix)
    cov2 = np.where(by_readers, 0.0, matrix)
    cov3 = np.where(by_readers | by_modalities, 0.0, matrix)
    return ErrorComponents(
        var=float(np.diag(matrix).mean()),
        cov1=_mean(cov1, ~same_i & same_j),
        cov2=_mean(cov2, same_i & ~same_j),
        cov3=_mean(cov3, ~same_i & ~same_j),
        modality_var=_by_group(np.diag(np.diag(matrix)), np.eye(i.size, dtype=bool), i),
        modality_cov2=_by_group(cov2, same_i & ~same_j, i),
        reader_var=_by_group(np.diag(np.diag(matrix)), np.eye(j.size, dtype=bool), j),
        reader_cov1=_by_group(cov1, ~same_i & same_j, j),
    )


def _mean(matrix: FloatArray, where: BoolArray) -> float:
    return float(matrix[where].mean()) if where.any() else 0.0


def _by_group(matrix: FloatArray, where: BoolArray, group: IntArray) -> FloatArray:
    """The mean over the marked cells in the rows of each group; 0 where none is marked."""
    sums = np.bincount(group, weights=np.where(where, matrix, 0.0).sum(axis=1))
    counts = np.bincount(group, weights=where.sum(axis=1))
    return np.asarray(np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0))
