"""Variance components from the readings of a pilot study."""

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import CovarianceEstimator
from readerstudy.stats.design.components import StandaloneComponents, VarianceComponents
from readerstudy.stats.inputs import numbers
from readerstudy.stats.mrmc.covariance import readings_covariance
from readerstudy.stats.mrmc.results import MrmcAnalysis
from readerstudy.stats.readings import Design, fully_crossed
from readerstudy.stats.result import FloatArray, StatisticsInputError
from readerstudy.stats.standalone import algorithm_against_readers


def components_of_analysis(analysis: MrmcAnalysis, *, source: str) -> VarianceComponents:
    """The components of a fully crossed pilot study that was analysed by Obuchowski and Rockette.

    σ²_TR = MS(TR) − Var + Cov1 + max(Cov2 − Cov3, 0), so that the pilot's own size gives back its own test. Raises
    StatisticsInputError for another design, and where the analysis has no components.
    """
    found = analysis.components
    if analysis.design != Design.FULLY_CROSSED:
        raise StatisticsInputError(f"Planning needs the components of a fully crossed study; the design of this one is: {analysis.design}.")  # fmt: skip
    if found.var is not None and found.ms_tr is None:
        raise StatisticsInputError("The pilot study needs two modalities and two readers.")
    if found.var is None or found.cov1 is None or found.cov2 is None or found.cov3 is None or found.ms_tr is None:  # fmt: skip
        raise StatisticsInputError(f"The pilot study has no variance components. {analysis.reason}")
    return VarianceComponents(
        var=found.var,
        cov1=found.cov1,
        cov2=found.cov2,
        cov3=found.cov3,
        var_tr=found.ms_tr - found.var + found.cov1 + max(found.cov2 - found.cov3, 0.0),
        n_cases=analysis.n_positive + analysis.n_negative,
        source=source,
        n_readers=analysis.n_readers,
        var_r=found.var_r,
    )


def components_of_standalone(
    truth: ArrayLike,
    reader_scores: ArrayLike,
    algorithm_score: ArrayLike,
    *,
    source: str,
    covariance: CovarianceEstimator | str = CovarianceEstimator.DELONG,
) -> StandaloneComponents:
    """The components of a pilot study of an algorithm (K,) and J readers (J, K) of the same cases.

    The algorithm's error cancels in Var − Cov2, which is that of the readers alone. Raises StatisticsInputError where
    the test of the pilot study has no variance (one reader, one case of a class).
    """
    pilot = algorithm_against_readers(truth, reader_scores, algorithm_score, covariance=covariance)
    readings = fully_crossed(truth, np.atleast_2d(numbers(reader_scores, "Scores")))
    matrix = readings_covariance(readings, CovarianceEstimator(covariance)).matrix
    if pilot.ms is None or pilot.cov2 is None or pilot.se is None or matrix is None:
        raise StatisticsInputError(f"The pilot study has no variance components. {pilot.reason}")
    var = _own_variance(matrix) + pilot.cov2
    return StandaloneComponents(
        var=var,
        cov2=pilot.cov2,
        var_r=pilot.ms - (var - max(pilot.cov2, 0.0)),
        n_cases=readings.truth.size,
        source=source,
        n_readers=pilot.n_readers,
    )


def _own_variance(matrix: FloatArray) -> float:
    """Mean variance − mean covariance of two readers."""
    J = matrix.shape[0]
    trace = float(np.trace(matrix))
    return float(trace / J - (matrix.sum() - trace) / (J * (J - 1)))
