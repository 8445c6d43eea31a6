"""The error covariance of all readings of a study, whoever read which cases."""

from dataclasses import dataclass

import numpy as np

from readerstudy.stats.covariance import CovarianceEstimator
from readerstudy.stats.delong import structural_components
from readerstudy.stats.inputs import read_only
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import BoolArray, FloatArray, IntArray, StatisticsInputError
from readerstudy.stats.ustatistics.pairs import unbiased_matrix

_NO_CASE = "Reader {} has no {what} case in modality {}: the analysis needs one {what} case of every reader."
_ONE_CASE = (
    "Reader {} has 1 {what} case in modality {}: a variance needs two {what} cases of every reader."
)


@dataclass(frozen=True, eq=False)
class ReadingsCovariance:
    """The figure of merit of R readings (R,), the places of their modality and reader (R,), their covariance (R, R).

    The matrix is None, with a `reason`, where some reading has a single case of a class.
    """

    value: FloatArray
    modality: IntArray
    reader: IntArray
    matrix: FloatArray | None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class _Parts:
    """AUCs (R,), their structural components less the AUC (R, K), 0 for an unread case, and n of each class (R, K)."""

    auc: FloatArray
    deviation: FloatArray
    class_size: FloatArray


def readings_covariance(
    readings: Readings, estimator: CovarianceEstimator = CovarianceEstimator.JACKKNIFE
) -> ReadingsCovariance:
    """AUCs of all R readings of a study and their error covariance.

    On complete data the usual estimators (DeLong 1988; the jackknife over all cases; Gallas 2006). On other data the
    jackknife goes over all cases of the study, where leaving out an unread case changes nothing, the unbiased
    estimator sums over the pairs that both readings have, and DeLong's sums the products of each reading's own
    standardised components over the common cases, which is never indefinite and zero without a common case.
    Raises StatisticsInputError for a reading without a positive or without a negative case, naming it.
    """
    modality, reader = np.nonzero(readings.read.any(axis=2))
    refused = _with_fewer(readings, modality, reader, 1)
    if refused:
        raise StatisticsInputError(refused)
    parts = _parts(readings, modality, reader)
    reason = _with_fewer(readings, modality, reader, 2)
    matrix = None if reason else read_only(_matrix(readings, parts, estimator))
    return ReadingsCovariance(read_only(parts.auc), modality, reader, matrix, reason)


def _matrix(readings: Readings, parts: _Parts, estimator: CovarianceEstimator) -> FloatArray:
    if estimator is CovarianceEstimator.UNBIASED:
        return unbiased_matrix(readings.truth, readings.scores[readings.read.any(axis=2)])
    return _jackknife(parts) if estimator is CovarianceEstimator.JACKKNIFE else _delong(parts)


def _with_fewer(readings: Readings, modality: IntArray, reader: IntArray, least: int) -> str | None:
    """A sentence on the first reading with fewer than `least` cases of a class; None if there is none."""
    for value, what in ((1, "positive"), (0, "negative")):
        count = readings.read[modality, reader][:, readings.truth == value].sum(axis=1)
        if (count < least).any():
            row = int(np.flatnonzero(count < least)[0])
            names = readings.readers[reader[row]], readings.modalities[modality[row]]
            return (_NO_CASE if least == 1 else _ONE_CASE).format(*names, what=what)
    return None


def _parts(readings: Readings, modality: IntArray, reader: IntArray) -> _Parts:
    """Readings that have the same cases are ranked together."""
    scores, read = readings.scores[modality, reader], readings.read[modality, reader]
    auc = np.empty(reader.size)
    deviation, class_size = np.zeros(scores.shape), np.ones(scores.shape)
    for rows, cases in same_cases(read):
        truth = readings.truth[cases]
        v10, v01 = structural_components(truth, scores[np.ix_(rows, cases)])
        auc[rows] = v10.mean(axis=1)
        for components, places in ((v10, cases[truth == 1]), (v01, cases[truth == 0])):
            deviation[np.ix_(rows, places)] = components - auc[rows, np.newaxis]
            class_size[np.ix_(rows, places)] = places.size
    return _Parts(auc, deviation, class_size)


def same_cases(read: BoolArray) -> list[tuple[IntArray, IntArray]]:
    """The rows of readings (R, K) that have the same cases, each group with the places of its cases."""
    if read.all():
        return [(np.arange(read.shape[0]), np.arange(read.shape[1]))]
    masks, group = np.unique(read, axis=0, return_inverse=True)
    places = group.ravel()
    return [
        (np.flatnonzero(places == number), np.flatnonzero(mask))
        for number, mask in enumerate(masks)
    ]


def _delong(parts: _Parts) -> FloatArray:
    """S10 / n1 + S01 / n0 as one product: n (n − 1) splits into a factor for each of the two readings."""
    standardised = parts.deviation / np.sqrt(parts.class_size * np.maximum(parts.class_size - 1, 1))
    return np.asarray(standardised @ standardised.T)


def _jackknife(parts: _Parts) -> FloatArray:
    """Leaving out a case moves the AUC by −(V − AUC) / (n − 1), n cases of its class; the moves sum to zero."""
    moves = parts.deviation / np.maximum(parts.class_size - 1, 1)
    cases = moves.shape[1]
    return np.asarray(moves @ moves.T * ((cases - 1) / cases))
