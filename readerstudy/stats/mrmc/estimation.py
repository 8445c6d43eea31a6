"""Figures of merit of a study with the error components of the chosen estimator."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from readerstudy.stats.covariance import CovarianceEstimator
from readerstudy.stats.jackknife import covariance_of_left_out
from readerstudy.stats.mrmc.components import ErrorComponents, error_components
from readerstudy.stats.mrmc.covariance import ReadingsCovariance, readings_covariance
from readerstudy.stats.mrmc.crossed_unbiased import crossed_unbiased
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import FloatArray, StatisticsInputError

if TYPE_CHECKING:
    from readerstudy.stats.figures import FigureOfMerit

_TWO = 2


@dataclass(frozen=True, eq=False)
class Estimated:
    """Figures of merit (I, J) and their variances (I, J), NaN where not read; the components, or the reason for none."""

    value: FloatArray
    variance: FloatArray
    components: ErrorComponents | None
    reason: str | None = None


def estimated(
    readings: Readings, estimator: CovarianceEstimator, figure: "FigureOfMerit | None"
) -> Estimated:
    """The AUC by any estimator, or a figure by the jackknife.

    Raises StatisticsInputError for a reading without a case of a class, and for a figure with another estimator or on
    incomplete data.
    """
    if figure is not None:
        if estimator is not CovarianceEstimator.JACKKNIFE:
            raise StatisticsInputError(f"The covariance of {figure.name} is estimated by the jackknife, not by {estimator}.")  # fmt: skip
        return _from_matrix(readings, figure_covariance(readings, figure))
    enough = min(readings.n_positive, readings.n_negative) >= _TWO
    if estimator is CovarianceEstimator.UNBIASED and readings.is_complete and enough:
        found = crossed_unbiased(readings)
        return Estimated(found.auc, found.variance, found.components)
    return _from_matrix(readings, readings_covariance(readings, estimator))


def _from_matrix(readings: Readings, found: ReadingsCovariance) -> Estimated:
    shape = len(readings.modalities), len(readings.readers)
    value, variance = np.full(shape, np.nan), np.full(shape, np.nan)
    value[found.modality, found.reader] = found.value
    if found.matrix is not None:
        variance[found.modality, found.reader] = np.diag(found.matrix)
    return Estimated(value, variance, error_components(found, readings.design), found.reason)


def figure_covariance(readings: Readings, figure: "FigureOfMerit") -> ReadingsCovariance:
    """Any figure of merit of all readings with its jackknife covariance.

    Raises StatisticsInputError for incomplete data and for a class with a single case.
    """
    if not readings.is_complete:
        raise StatisticsInputError(f"{figure.name} needs every reader to have read every case in every modality.")  # fmt: skip
    I, J, K = readings.scores.shape
    value, left_out = figure.jackknife(readings.truth, readings.scores.reshape(I * J, K))
    modality, reader = np.divmod(np.arange(I * J), J)
    return ReadingsCovariance(value, modality, reader, covariance_of_left_out(left_out))
