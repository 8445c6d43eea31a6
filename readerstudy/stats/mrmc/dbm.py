"""The analysis of Dorfman, Berbaum and Metz: an analysis of variance of jackknife pseudovalues.

Dorfman, Berbaum, Metz, Invest Radiol 1992;27:723; degrees of freedom and error terms of Hillis et al., Stat Med
2005;24:1579 and Hillis, Berbaum, Metz, Acad Radiol 2008;15:647.
"""

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc

from readerstudy.stats.hillis import ReaderMean
from readerstudy.stats.inputs import check_level
from readerstudy.stats.jackknife import jackknife_aucs
from readerstudy.stats.mrmc.models import difference, modality_mean
from readerstudy.stats.mrmc.results import Difference, ModelTest
from readerstudy.stats.readings import Readings
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, StatisticsInputError

if TYPE_CHECKING:
    from readerstudy.stats.figures import FigureOfMerit

RRRC = "Readers and cases random: Dorfman-Berbaum-Metz, degrees of freedom by Hillis 2005"
FRRC = "Readers fixed, cases random: Dorfman-Berbaum-Metz, F against modality × case"
RRFC = "Readers random, cases fixed: Dorfman-Berbaum-Metz, F against modality × reader"
_NEEDS = "The analysis of pseudovalues needs two modalities, two readers, and every reader to have read every case in every modality."
# Pseudovalues are K times a figure of merit: mean squares below this are rounding noise around zero.
_NO_MEAN_SQUARE = 1e-18
_NO_ERROR = "The error term is zero: there is nothing to test against."


@dataclass(frozen=True)
class PseudovalueComponents(Rendered):
    """Mean squares of the three-way analysis of variance of pseudovalues, and its variance components, unclipped."""

    ms_t: float
    ms_r: float
    ms_c: float
    ms_tr: float
    ms_tc: float
    ms_rc: float
    ms_trc: float
    var_r: float
    var_c: float
    var_tr: float
    var_tc: float
    var_rc: float
    var_error: float


@dataclass(frozen=True)
class PseudovalueAnalysis(Rendered):
    """The three models' tests of pseudovalues, with their components."""

    figure: str
    level: float
    components: PseudovalueComponents
    rrrc: ModelTest
    frrc: ModelTest
    rrfc: ModelTest


@dataclass(frozen=True)
class _Term:
    """An error mean square for the sum of J K pseudovalues, with its df, for the test and for each modality."""

    ms: float
    df: float
    modality_ms: FloatArray
    modality_df: FloatArray


def dorfman_berbaum_metz(
    readings: Readings, *, figure: "FigureOfMerit | None" = None, level: float = 0.95
) -> PseudovalueAnalysis:
    """Compare modalities by pseudovalues Y = K θ − (K − 1) θ without the case, of the AUC or another figure of merit.

    With readers and cases random the tests equal Obuchowski-Rockette's with jackknife covariance, exactly (Hillis et
    al. 2005). Raises StatisticsInputError for incomplete data, one reader, one modality, or a class with one case.
    """
    check_level(level)
    I, J, K = readings.scores.shape
    if not readings.is_complete or min(I, J) < 2:  # noqa: PLR2004 (an interaction needs two of each)
        raise StatisticsInputError(_NEEDS)
    flat = readings.scores.reshape(I * J, K)
    left_out = figure.jackknife(readings.truth, flat)[1] if figure else jackknife_aucs(readings.truth, flat)  # fmt: skip
    values = figure.values(readings.truth, flat) if figure else left_out.mean(axis=1)
    N = left_out.shape[1]
    y = (N * values[:, np.newaxis] - (N - 1) * left_out).reshape(I, J, N)
    ms = _mean_squares(y)
    tests = [_model(method, term, y, ms, names=readings.modalities, level=level) for method, term in _terms(y, ms)]  # fmt: skip
    return PseudovalueAnalysis(figure.method if figure else "AUC", level, ms, *tests)


def _mean_squares(y: FloatArray) -> PseudovalueComponents:
    """Usual mean squares of the three-way layout without replication, and components by the method of moments."""
    I, J, K = y.shape
    ms = {name: _ms(y, axes) for name, axes in _EFFECTS.items()}
    trc = ms["trc"]
    return PseudovalueComponents(
        ms["t"], ms["r"], ms["c"], ms["tr"], ms["tc"], ms["rc"], trc,
        var_r=(ms["r"] - ms["tr"] - ms["rc"] + trc) / (I * K),
        var_c=(ms["c"] - ms["tc"] - ms["rc"] + trc) / (I * J),
        var_tr=(ms["tr"] - trc) / K,
        var_tc=(ms["tc"] - trc) / J,
        var_rc=(ms["rc"] - trc) / I,
        var_error=trc,
    )  # fmt: skip


# The axes that an effect varies over: modality 0, reader 1, case 2.
_EFFECTS = {"t": (0,), "r": (1,), "c": (2,), "tr": (0, 1), "tc": (0, 2), "rc": (1, 2), "trc": (0, 1, 2)}  # fmt: skip


def _ms(y: FloatArray, axes: tuple[int, ...]) -> float:
    """The mean square of an effect: means over the other axes, less all lower effects."""
    others = tuple(axis for axis in range(y.ndim) if axis not in axes)
    effect = y.mean(axis=others, keepdims=True)
    for axis in axes:
        effect = effect - effect.mean(axis=axis, keepdims=True)
    df = math.prod(y.shape[axis] - 1 for axis in axes)
    value = float((effect**2).sum() * math.prod(y.shape[axis] for axis in others) / df)
    return value if value > _NO_MEAN_SQUARE else 0.0


def _terms(y: FloatArray, ms: PseudovalueComponents) -> list[tuple[str, _Term]]:
    I, J, K = y.shape
    each = [_mean_squares_of_modality(table) for table in y]
    r, c, rc = (np.array(column) for column in zip(*each, strict=True))
    cases = max(ms.ms_tc - ms.ms_trc, 0.0)
    both, df = ms.ms_tr + cases, (I - 1) * (J - 1)
    modality = r + np.maximum(c - rc, 0.0)
    random = _Term(both, _satterthwaite(df, both, ms.ms_tr), modality, np.array([_satterthwaite(J - 1, m, one) for m, one in zip(modality, r, strict=True)]))  # fmt: skip
    fixed = _Term(ms.ms_tc, (I - 1) * (K - 1), c, np.full(I, float(K - 1)))
    known = _Term(ms.ms_tr, df, r, np.full(I, float(J - 1)))
    return [(RRRC, random), (FRRC, fixed), (RRFC, known)]


def _satterthwaite(df: int, total: float, ms: float) -> float:
    """Degrees of freedom df · (total / MS)²; infinite where the mean square of the readers is zero."""
    return df * (total / ms) ** 2 if ms > 0 else math.inf


def _mean_squares_of_modality(table: FloatArray) -> tuple[float, float, float]:
    """MS of readers, of cases and of both, from the pseudovalues (J, K) of one modality."""
    return _ms(table, (0,)), _ms(table, (1,)), _ms(table, (0, 1))


def _model(
    method: str,
    term: _Term,
    y: FloatArray,
    ms: PseudovalueComponents,
    *,
    names: tuple[str, ...],
    level: float,
) -> ModelTest:
    I, J, K = y.shape
    means = y.mean(axis=(1, 2))
    modalities = tuple(
        modality_mean(names[i], _mean(float(means[i]), float(term.modality_ms[i]) / (J * K), float(term.modality_df[i])), level)
        for i in range(I)
    )  # fmt: skip
    se = math.sqrt(2 * term.ms / (J * K))
    pairs = [(a, b, float(means[a] - means[b])) for a, b in combinations(range(I), 2)]
    if term.ms == 0:
        undefined = tuple(Difference(names[a], names[b], value, None, None, None, None, None, _NO_ERROR) for a, b, value in pairs)  # fmt: skip
        return ModelTest(method, "F", None, I - 1.0, None, None, undefined, modalities, _NO_ERROR)
    df = None if math.isinf(term.df) else float(term.df)
    found = tuple(
        difference(names[a], names[b], value, se, df, level=level) for a, b, value in pairs
    )
    ratio = ms.ms_t / term.ms
    # With infinite degrees of freedom F is chi-square by its own; scipy's tail has that limit at a huge number.
    p = float(fdtrc(I - 1, 1e300 if df is None else df, ratio))
    return ModelTest(method, "F", ratio, I - 1.0, df, p, found, modalities)


def _mean(value: float, variance: float, df: float) -> ReaderMean:
    if variance == 0:
        return ReaderMean(value, None, None, None, None, _NO_ERROR)
    return ReaderMean(value, None, None, math.sqrt(variance), None if math.isinf(df) else df, None)
