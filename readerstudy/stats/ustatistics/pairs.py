"""The unbiased covariance of the AUCs of all readings of a study, whoever read which cases.

Gallas, Acad Radiol 2006;13:353, for a single reader; Gallas and Brown, Neural Netw 2008;21:387 for data with missing
readings.
"""

import numpy as np

from readerstudy.stats.covariance import AucCovariance, CovarianceEstimator
from readerstudy.stats.inputs import read_only
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import BoolArray, FloatArray, IntArray, StatisticsInputError
from readerstudy.stats.ustatistics.codes import CodedScores, case_sums, coded

_TOO_FEW = "A covariance needs two positive and two negative cases of every reading."
_TWO = 2
# Success scores held at once; sums of as many products of 0, 1 and 2 are exact in float32.
_BLOCK = 2**21


def reader_covariances(readings: Readings) -> AucCovariance:
    """AUCs (R,) of all R readings, modality by modality, and their unbiased covariance (R, R).

    A variance may be negative; two readings without a common case have covariance 0. The covariance is None, with a
    reason, where a reading has a single case of a class. Raises StatisticsInputError where a reading has none, naming it,
    and where there are no readings.
    """
    modality, reader = np.nonzero(readings.read.any(axis=2))
    if not reader.size:
        raise StatisticsInputError("There are no readings.")
    scores, truth = readings.scores[modality, reader], readings.truth
    n1, n0 = (_counts(scores, truth, label) for label in (1, 0))
    for count, what in ((n1, "positive"), (n0, "negative")):
        if not count.all():
            row = int(np.flatnonzero(count == 0)[0])
            raise StatisticsInputError(
                f"Reader {readings.readers[reader[row]]} has no {what} case in modality "
                f"{readings.modalities[modality[row]]}: a covariance of AUCs needs both classes of every reading."
            )
    codes = coded(truth, scores)
    total = case_sums(codes).total
    enough = bool((np.minimum(n1, n0) >= _TWO).all())
    matrix = read_only(_matrix(codes, ~np.isnan(scores), truth)) if enough else None
    return AucCovariance(
        read_only(total / (2 * n1 * n0)),
        matrix,
        readings.n_positive,
        readings.n_negative,
        CovarianceEstimator.UNBIASED,
        None if enough else _TOO_FEW,
    )


def unbiased_matrix(truth: IntArray, scores: FloatArray) -> FloatArray:
    """θ_u θ_v − M4 of R readings (R, K), NaN where a case was not read; every reading needs two cases of each class.

    M4 is the mean product of two success scores from pairs of cases without a case in common: all pairs of pairs −
    those with the same positive − those with the same negative + those with both. O(R² n0 n1) time, in blocks.
    """
    return _matrix(coded(truth, scores), ~np.isnan(scores), truth)


def _matrix(codes: CodedScores, read: BoolArray, truth: IntArray) -> FloatArray:
    sums = case_sums(codes)
    rows, columns = sums.by_negative.astype(float), sums.by_positive.astype(float)
    total = columns.sum(axis=1)
    apart = np.outer(total, total) - columns @ columns.T - rows @ rows.T + _products(codes)
    of_class = [read[:, truth == label].astype(float) for label in (1, 0)]
    own = [part.sum(axis=1) for part in of_class]
    pairs = np.prod(
        [np.outer(n, n) - part @ part.T for n, part in zip(own, of_class, strict=True)], axis=0
    )
    mean = total / (own[0] * own[1])
    return np.asarray((np.outer(mean, mean) - apart / pairs) / 4)


def _counts(scores: FloatArray, truth: IntArray, label: int) -> IntArray:
    return np.asarray((~np.isnan(scores[:, truth == label])).sum(axis=1))


def _products(codes: CodedScores) -> FloatArray:
    """Four times the sums over all pairs of cases of products of the success scores of two readings, (R, R)."""
    (R, n1), n0 = codes.positive.shape, codes.negative.shape[1]
    step = max(1, _BLOCK // (R * n1))
    found = np.zeros((R, R))
    scores = np.empty((R, min(step, n0), n1), dtype=np.float32)
    for start in range(0, n0, step):
        low = codes.negative[:, start : start + step]
        part = scores[:, : low.shape[1]]
        for row in range(R):
            high, below = codes.positive[row], low[row, :, np.newaxis]
            np.add(high > below, high >= below, out=part[row], dtype=np.uint8)
        flat = part.reshape(R, -1)
        found += flat @ flat.T
    return found
