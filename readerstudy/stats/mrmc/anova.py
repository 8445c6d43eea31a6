"""Mean squares of the figures of merit of a study, and the model whose error terms they are."""

from dataclasses import dataclass

import numpy as np

from readerstudy.stats.covariance import ZERO_VARIANCE
from readerstudy.stats.mrmc.components import ErrorComponents
from readerstudy.stats.mrmc.results import Components
from readerstudy.stats.result import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class MeanSquares:
    """The figures of merit (I, J), NaN where not read, their means (I,) over the J_i readers (I,), and mean squares.

    `error` is MS(TR) where every reader read in all modalities, MS[R(T)] where each read in one (`nested`), with
    `error_df` degrees of freedom. `cases_weight` is the factor of Cov2 − Cov3 in the denominator.
    """

    value: FloatArray
    mean: FloatArray
    n_readers: IntArray
    ms_t: float | None
    ms_r: float | None
    error: float | None
    error_df: int
    cases_weight: float
    nested: bool

    def of_modality(self, i: int) -> FloatArray:
        """The readers' figures of merit in one modality (J_i,)."""
        return np.asarray(self.value[i][~np.isnan(self.value[i])])

    def per_reader(self, a: int, b: int) -> float:
        """1 / J_a + 1 / J_b, which turns a denominator into the variance of a difference of two means."""
        return float(1 / self.n_readers[a] + 1 / self.n_readers[b])


def mean_squares(value: FloatArray) -> MeanSquares:
    """From the figures of merit (I, J); with NaN in a modality where another one's readers did not read.

    Every reader must have readings in all modalities, or each in exactly one.
    """
    present = ~np.isnan(value)
    return _crossed(value) if present.all() else _nested(value, present)


def _crossed(value: FloatArray) -> MeanSquares:
    I, J = value.shape
    by_t, by_r, grand = value.mean(axis=1), value.mean(axis=0), value.mean()
    rest = value - by_t[:, np.newaxis] - by_r + grand
    df = (I - 1) * (J - 1)
    return MeanSquares(
        value=value,
        mean=by_t,
        n_readers=np.full(I, J),
        ms_t=_ratio(J * ((by_t - grand) ** 2).sum(), I - 1),
        ms_r=_ratio(I * ((by_r - grand) ** 2).sum(), J - 1),
        error=_ratio((rest**2).sum(), df),
        error_df=df,
        cases_weight=J,
        nested=False,
    )


def _nested(value: FloatArray, present: BoolArray) -> MeanSquares:
    """The weight is (J² − ΣJ_i²) / (J (I − 1)), the readers per modality where they are equal."""
    count, I = present.sum(axis=1), value.shape[0]
    J = int(count.sum())
    by_t = np.nansum(value, axis=1) / count
    grand = np.nansum(value) / J
    rest = np.where(present, value - by_t[:, np.newaxis], 0.0)
    return MeanSquares(
        value=value,
        mean=by_t,
        n_readers=count,
        ms_t=_ratio((count * (by_t - grand) ** 2).sum(), I - 1),
        ms_r=None,
        error=_ratio((rest**2).sum(), J - I),
        error_df=J - I,
        cases_weight=float((J**2 - (count**2).sum()) / (J * (I - 1))),
        nested=True,
    )


def _ratio(total: float, df: int) -> float | None:
    """A mean square; None without degrees of freedom, and exactly zero where only rounding is left."""
    if df == 0:
        return None
    return float(total / df) if total / df > ZERO_VARIANCE else 0.0


def reported(ms: MeanSquares, error: ErrorComponents | None) -> Components:
    """Variance components by the method of moments, unclipped (Hillis, Stat Med 2014;33:330).

    σ²_TR = MS(TR) − Var + Cov1 + Cov2 − Cov3 and σ²_R = (MS(R) − MS(TR)) / I − Cov1 + Cov3. For readers nested in
    modalities σ²_R(T) = MS[R(T)] − Var + Cov2, given as `var_tr`.
    """
    squares = ms.ms_t, ms.ms_r, ms.error
    if error is None:
        return Components(None, None, None, None, *squares, None, None)
    var_r = var_tr = None
    if ms.nested and ms.error is not None:
        var_tr = ms.error - error.var + error.cov2
    elif ms.error is not None and ms.ms_r is not None:
        var_tr = ms.error - error.var + error.cov1 + error.cov2 - error.cov3
        var_r = (ms.ms_r - ms.error) / ms.mean.size - error.cov1 + error.cov3
    several, others = ms.mean.size > 1, ms.n_readers.max() > 1
    return Components(
        error.var,
        error.cov1 if several else None,
        error.cov2 if others else None,
        error.cov3 if several and (others or ms.nested) else None,
        *squares,
        var_r,
        var_tr,
    )
