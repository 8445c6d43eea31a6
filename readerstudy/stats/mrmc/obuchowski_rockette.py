"""The analysis of Obuchowski and Rockette with the degrees of freedom of Hillis."""

import math
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from readerstudy.stats.covariance import ZERO_VARIANCE, CovarianceEstimator
from readerstudy.stats.inputs import check_level, read_only
from readerstudy.stats.mrmc.anova import MeanSquares, mean_squares, reported
from readerstudy.stats.mrmc.components import ErrorComponents, error_components
from readerstudy.stats.mrmc.covariance import ReadingsCovariance, readings_covariance
from readerstudy.stats.mrmc.models import (
    FRRC,
    RRRC,
    difference,
    frrc,
    rrfc,
    rrrc,
    without_covariance,
)
from readerstudy.stats.mrmc.results import ModelTest, MrmcAnalysis, ReaderDifference, ReadingValue
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import FloatArray, StatisticsInputError

if TYPE_CHECKING:
    from readerstudy.stats.figures import FigureOfMerit

_NO_VARIANCE = "The variance of the reader's difference is zero."


def obuchowski_rockette(
    readings: Readings,
    *,
    covariance: CovarianceEstimator | str = CovarianceEstimator.JACKKNIFE,
    figure: "FigureOfMerit | None" = None,
    level: float = 0.95,
) -> MrmcAnalysis:
    """Compare the modalities of a study over its readers: readers and cases random, readers fixed, cases fixed.

    The figure of merit is the AUC, with any covariance estimator and on incomplete data too, or a `figure`, with the
    jackknife and on complete data. Sources: Obuchowski and Rockette, Commun Stat Simul 1995;24:285; Hillis, Stat Med
    2007;26:596 and 2014;33:330. Where a reading has a single case of a class only the model with fixed cases is left,
    and `reason` says so. Raises StatisticsInputError for a reading without a positive or negative case, for readers in
    some modalities only, and for a figure with another estimator or incomplete data.
    """
    check_level(level)
    estimator = estimator_named(covariance)
    found = _covariance(readings, estimator, figure)
    table = np.full((len(readings.modalities), len(readings.readers)), np.nan)
    table[found.modality, found.reader] = found.value
    _check_layout(readings, table)
    ms, error = mean_squares(table), error_components(found, readings.design)
    random, fixed = _with_cases_random(ms, error, found.reason, readings.modalities, level)
    return MrmcAnalysis(
        figure=figure.method if figure else "AUC",
        covariance=estimator.value,
        design=readings.design.value,
        level=level,
        n_readers=len(readings.readers),
        n_positive=readings.n_positive,
        n_negative=readings.n_negative,
        components=reported(ms, error),
        rrrc=random,
        frrc=fixed,
        rrfc=rrfc(ms, readings.modalities, level),
        readings=_readings(readings, found),
        reader_differences=_reader_differences(readings, table, error, level),
        reason=found.reason,
    )


def _with_cases_random(
    ms: MeanSquares,
    error: ErrorComponents | None,
    reason: str | None,
    names: tuple[str, ...],
    level: float,
) -> tuple[ModelTest, ModelTest]:
    if error is None:
        why = reason or ""
        return without_covariance(RRRC, ms, why, names, level), without_covariance(FRRC, ms, why, names, level)  # fmt: skip
    return rrrc(ms, error, names, level), frrc(ms, error, names, level)


def estimator_named(name: CovarianceEstimator | str) -> CovarianceEstimator:
    """Raises StatisticsInputError for an unknown name."""
    try:
        return CovarianceEstimator(name)
    except ValueError as error:
        known = ", ".join(CovarianceEstimator)
        raise StatisticsInputError(f"The covariance must be one of {known}, not {name}.") from error


def _covariance(
    readings: Readings, estimator: CovarianceEstimator, figure: "FigureOfMerit | None"
) -> ReadingsCovariance:
    if figure is None:
        return readings_covariance(readings, estimator)
    if estimator is not CovarianceEstimator.JACKKNIFE:
        raise StatisticsInputError(f"The covariance of {figure.name} is estimated by the jackknife, not by {estimator}.")  # fmt: skip
    return figure_covariance(readings, figure)


def _check_layout(readings: Readings, table: FloatArray) -> None:
    """Raises StatisticsInputError unless every reader read in all modalities, or each in exactly one."""
    missing = np.isnan(table)
    if not missing.any() or (missing.sum(axis=0) == len(readings.modalities) - 1).all():
        return
    i, j = np.argwhere(missing & (missing.sum(axis=0) < len(readings.modalities)))[0]
    raise StatisticsInputError(
        f"Reader {readings.readers[j]} has no readings in modality {readings.modalities[i]}: the analysis of variance "
        "needs every reader in all modalities, or each in exactly one. The U-statistics need neither."
    )


def figure_covariance(readings: Readings, figure: "FigureOfMerit") -> ReadingsCovariance:
    """Any figure of merit of all readings with its jackknife covariance; complete data only.

    Raises StatisticsInputError for incomplete data and for a class with a single case.
    """
    if not readings.is_complete:
        raise StatisticsInputError(f"{figure.name} needs every reader to have read every case in every modality.")  # fmt: skip
    I, J, K = readings.scores.shape
    value, left_out = figure.jackknife(readings.truth, readings.scores.reshape(I * J, K))
    deviations, cases = left_out - left_out.mean(axis=1, keepdims=True), left_out.shape[1]
    matrix = deviations @ deviations.T * ((cases - 1) / cases)
    modality, reader = np.divmod(np.arange(I * J), J)
    return ReadingsCovariance(read_only(value), modality, reader, read_only(matrix))


def _readings(readings: Readings, found: ReadingsCovariance) -> tuple[ReadingValue, ...]:
    """The unbiased estimator's variance may be negative: then there is no standard error."""
    size = found.value.size
    variances = [None] * size if found.matrix is None else np.diag(found.matrix).tolist()
    rows = zip(found.reader, found.modality, found.value.tolist(), variances, strict=True)
    return tuple(
        ReadingValue(readings.readers[j], readings.modalities[i], value, None if variance is None or variance < 0 else math.sqrt(variance))
        for j, i, value, variance in rows
    )  # fmt: skip


def _reader_differences(
    readings: Readings, table: FloatArray, error: ErrorComponents | None, level: float
) -> tuple[ReaderDifference, ...]:
    """Each reader's differences between modalities: SE = √(2 (Var_j − Cov1_j)), normal; cases random."""
    if error is None:
        return ()
    pairs = list(combinations(range(len(readings.modalities)), 2))
    return tuple(
        _reader_difference(readings, table, (j, a, b), 2 * (error.reader_var[j] - error.reader_cov1[j]), level)
        for j in range(len(readings.readers))
        for a, b in pairs
        if not np.isnan(table[[a, b], j]).any()
    )  # fmt: skip


def _reader_difference(
    readings: Readings,
    table: FloatArray,
    place: tuple[int, int, int],
    variance: float,
    level: float,
) -> ReaderDifference:
    j, a, b = place
    names = readings.modalities[a], readings.modalities[b]
    estimate = float(table[a, j] - table[b, j])
    if variance < ZERO_VARIANCE:
        return ReaderDifference(*names, estimate, None, None, None, None, None, _NO_VARIANCE, reader=readings.readers[j])  # fmt: skip
    found = difference(*names, estimate, math.sqrt(variance), None, level=level)
    return ReaderDifference(**vars(found), reader=readings.readers[j])
