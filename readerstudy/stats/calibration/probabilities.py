"""Predicted probabilities, and what changes when positive cases are rarer or more frequent than in the study."""

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.inputs import numbers
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError
from readerstudy.stats.roc import checked_reading

STUDY = "at the study's prevalence"


def at_prevalence(p: ArrayLike, *, study: float, target: float) -> FloatArray:
    """Probabilities p learned or observed at prevalence `study`, as they are at prevalence `target`.

    The logit moves by logit(target) − logit(study); 0 and 1 stay (Elkan, IJCAI 2001:973, theorem 2; Saerens, Latinne,
    Decaestecker, Neural Comput 2002;14:21). It holds where prevalence changes and the classes themselves do not.
    Raises StatisticsInputError for p outside 0 to 1 and for a prevalence that is not strictly between.
    """
    values = _within(numbers(p, "Probabilities"))
    positive = values * (checked_prevalence(target) / checked_prevalence(study))
    negative = (1 - values) * ((1 - target) / (1 - study))
    return np.asarray(positive / (positive + negative))


def checked_prevalence(prevalence: float) -> float:
    """Raises StatisticsInputError unless it lies strictly between 0 and 1."""
    if not 0 < prevalence < 1:
        raise StatisticsInputError(f"A prevalence must lie between 0 and 1, not {prevalence}.")
    return float(prevalence)


def checked_probabilities(truth: ArrayLike, p: ArrayLike) -> tuple[IntArray, FloatArray]:
    """Truth and probabilities, both (K,). Raises StatisticsInputError as `checked_reading`, and for p outside 0 to 1."""
    labels, values = checked_reading(truth, p)
    return labels, _within(values)


def case_weights(truth: IntArray, prevalence: float | None) -> FloatArray:
    """Weights (K,) of mean 1 that give the positive cases the share `prevalence`; all 1 for None."""
    if prevalence is None:
        return np.ones(truth.size)
    share, study = checked_prevalence(prevalence), float(truth.mean())
    return np.where(truth == 1, share / study, (1 - share) / (1 - study))


def prevalence_text(prevalence: float | None) -> str:
    """For the method's text."""
    return STUDY if prevalence is None else f"cases weighted to prevalence {prevalence:g}"


def _within(values: FloatArray) -> FloatArray:
    outside = ~((values >= 0) & (values <= 1))
    if outside.any():
        place = int(np.flatnonzero(outside)[0])
        raise StatisticsInputError(
            f"Probability {place + 1} is {values.ravel()[place]}; it must lie between 0 and 1."
        )
    return values
