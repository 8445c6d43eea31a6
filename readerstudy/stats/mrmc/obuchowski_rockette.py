"""The analysis of Obuchowski and Rockette with the degrees of freedom of Hillis."""

import math
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from readerstudy.stats.covariance import ZERO_VARIANCE, CovarianceEstimator
from readerstudy.stats.inputs import check_level
from readerstudy.stats.mrmc.anova import MeanSquares, mean_squares, reported
from readerstudy.stats.mrmc.estimation import Estimated, estimated
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
    found = estimated(readings, estimator, figure)
    _check_layout(readings, found.value)
    ms, names = mean_squares(found.value), readings.modalities
    random, fixed = _with_cases_random(ms, found, names, level)
    return MrmcAnalysis(
        figure=figure.method if figure else "AUC",
        covariance=estimator.value,
        design=readings.design.value,
        level=level,
        n_readers=len(readings.readers),
        n_positive=readings.n_positive,
        n_negative=readings.n_negative,
        components=reported(ms, found.components),
        rrrc=random,
        frrc=fixed,
        rrfc=rrfc(ms, names, level),
        readings=_readings(readings, found),
        reader_differences=_reader_differences(readings, found, level),
        reason=found.reason,
    )


def estimator_named(name: CovarianceEstimator | str) -> CovarianceEstimator:
    """Raises StatisticsInputError for an unknown name."""
    try:
        return CovarianceEstimator(name)
    except ValueError as error:
        known = ", ".join(CovarianceEstimator)
        raise StatisticsInputError(f"The covariance must be one of {known}, not {name}.") from error


def _with_cases_random(
    ms: MeanSquares, found: Estimated, names: tuple[str, ...], level: float
) -> tuple[ModelTest, ModelTest]:
    if found.components is None:
        why = found.reason or ""
        return without_covariance(RRRC, ms, why, names, level), without_covariance(FRRC, ms, why, names, level)  # fmt: skip
    return rrrc(ms, found.components, names, level), frrc(ms, found.components, names, level)


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


def _readings(readings: Readings, found: Estimated) -> tuple[ReadingValue, ...]:
    """The unbiased estimator's variance may be negative: then there is no standard error."""
    places = np.argwhere(~np.isnan(found.value)).tolist()
    return tuple(
        ReadingValue(
            readings.readers[j],
            readings.modalities[i],
            float(found.value[i, j]),
            math.sqrt(found.variance[i, j]) if found.variance[i, j] >= 0 else None,
        )
        for i, j in places
    )


def _reader_differences(
    readings: Readings, found: Estimated, level: float
) -> tuple[ReaderDifference, ...]:
    """Each reader's differences between modalities: SE = √(2 (Var_j − Cov1_j)), normal; cases random."""
    error = found.components
    if error is None:
        return ()
    variances = 2 * (error.reader_var - error.reader_cov1)
    return tuple(
        _reader_difference(readings, found.value, (j, a, b), float(variances[j]), level=level)
        for j in range(len(readings.readers))
        for a, b in combinations(range(len(readings.modalities)), 2)
        if not np.isnan(found.value[[a, b], j]).any()
    )


def _reader_difference(
    readings: Readings,
    table: FloatArray,
    place: tuple[int, int, int],
    variance: float,
    *,
    level: float,
) -> ReaderDifference:
    j, a, b = place
    names = readings.modalities[a], readings.modalities[b]
    estimate = float(table[a, j] - table[b, j])
    if variance < ZERO_VARIANCE:
        return ReaderDifference(*names, estimate, None, None, None, None, None, _NO_VARIANCE, reader=readings.readers[j])  # fmt: skip
    row = difference(*names, estimate, math.sqrt(variance), None, level=level)
    return ReaderDifference(**vars(row), reader=readings.readers[j])
