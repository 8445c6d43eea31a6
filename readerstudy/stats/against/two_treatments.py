"""The algorithm's readings repeated as a second modality of every reader: 2T-RRRC."""

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import CovarianceEstimator
from readerstudy.stats.inputs import checked_readings
from readerstudy.stats.mrmc import MrmcAnalysis, obuchowski_rockette
from readerstudy.stats.readings import Readings
from readerstudy.stats.roc import checked_reading


def algorithm_as_second_modality(
    truth: ArrayLike,
    reader_scores: ArrayLike,
    algorithm_score: ArrayLike,
    level: float = 0.95,
    *,
    covariance: CovarianceEstimator | str = CovarianceEstimator.JACKKNIFE,
) -> MrmcAnalysis:
    """Two modalities, algorithm and readers (J, K), where the algorithm (K,) reads as every one of the J readers.

    With readers and cases random F is the square of 1T-RRRC's t, with the same df and p, for every estimator: MS(TR) is
    half the variance of the differences, and Cov2 − Cov3 half their covariance. Its variance components mean nothing.
    Chakraborty 2017, ch. 22. Raises StatisticsInputError for scores that do not fit the truth.
    """
    labels, algorithm = checked_reading(truth, algorithm_score)
    readers = checked_readings(labels, reader_scores)[1]
    scores = np.stack([np.broadcast_to(algorithm, readers.shape), readers])
    one, cases = (tuple(str(place + 1) for place in range(size)) for size in readers.shape)
    data = Readings(("algorithm", "readers"), one, cases, labels, scores)
    return obuchowski_rockette(data, covariance=covariance, level=level)
