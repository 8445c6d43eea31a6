"""The fixed rules by which a reader's and the CNN's reading of a case become one."""

from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.crowd import scaled_ranks
from readerstudy.stats.inputs import MISSING, checked_decisions, numbers
from readerstudy.stats.result import BoolArray, FloatArray, StatisticsInputError

_R = TypeVar("_R", bound=StrEnum)


class ScoreRule(StrEnum):
    """The mean or the larger of the reader's and the CNN's mid-ranks over the cases of the study, scaled to 0 to 1.

    The ranks bring both to one scale without the truth; a case's combined score depends on the other cases.
    """

    MEAN_RANK = "mean rank"
    MAX_RANK = "max rank"


class DecisionRule(StrEnum):
    """How two decisions become one.

    Or: positive if either is (believe the positive). And: positive if both are (believe the negative). Second reader:
    the average of both, so that a disagreement counts half. Arbiter: the CNN decides where the reader's confidence is
    below a threshold, else the reader.
    """

    OR = "or"
    AND = "and"
    SECOND_READER = "second reader"
    ARBITER = "arbiter"


def score_rule(name: ScoreRule | str) -> ScoreRule:
    """The rule of this name. Raises StatisticsInputError for an unknown one."""
    return _named(ScoreRule, name)


def decision_rule(name: DecisionRule | str) -> DecisionRule:
    """The rule of this name. Raises StatisticsInputError for an unknown one."""
    return _named(DecisionRule, name)


def combined_scores(scores: ArrayLike, cnn: ArrayLike, rule: ScoreRule | str) -> FloatArray:
    """The combined scores (J, K) of each of J readers (J, K) with the CNN (K,), between 0 and 1.

    `empirical_roc` draws the curve of each row. Raises StatisticsInputError for missing scores, unequal numbers of
    cases and an unknown rule.
    """
    chosen, readers = score_rule(rule), scaled_ranks(scores)
    algorithm = scaled_ranks(np.atleast_2d(numbers(cnn, "The CNN's scores")))
    if algorithm.shape != (1, readers.shape[1]):
        raise StatisticsInputError(f"The readers have {readers.shape[1]} cases, but the CNN's scores have the shape {np.shape(cnn)}.")  # fmt: skip
    if chosen is ScoreRule.MAX_RANK:
        return np.maximum(readers, algorithm)
    # Doubled mid-ranks are whole numbers, whose sums are exact: scaled ones would miss ties by rounding.
    twice = 2 * readers.shape[1]
    return np.asarray((np.round(twice * readers) + np.round(twice * algorithm)) / (2 * twice))


def combined_decisions(
    decisions: ArrayLike,
    cnn: ArrayLike,
    rule: DecisionRule | str,
    *,
    confidence: ArrayLike | None = None,
    threshold: float | None = None,
) -> FloatArray:
    """The combined decisions (J, K) of each of J readers (J, K) with the CNN (K,): 1, 0, or 0.5 for a disagreement.

    NaN where the reader's decision is missing (−1). The arbiter needs each reader's `confidence` (J, K) and the
    `threshold` below which the CNN decides. Raises StatisticsInputError for other decisions, a missing decision of the
    CNN, an unknown rule, and a confidence that is absent, missing for a decision, or given to another rule.
    """
    chosen, choice = decision_rule(rule), checked_decisions(decisions)
    algorithm = checked_decisions(np.atleast_2d(np.asarray(cnn)), choice.shape[1])
    if algorithm.shape[0] != 1 or (algorithm == MISSING).any():
        raise StatisticsInputError("The CNN must have one decision, 1 or 0, for every case.")
    read = choice != MISSING
    unsure = _unsure(chosen, confidence, threshold, read)
    table = {
        DecisionRule.OR: np.maximum(choice, algorithm),
        DecisionRule.AND: np.minimum(choice, algorithm),
        DecisionRule.SECOND_READER: (choice + algorithm) / 2,
        DecisionRule.ARBITER: np.where(unsure, algorithm, choice),
    }
    return np.where(read, table[chosen], np.nan)


def _unsure(
    rule: DecisionRule, confidence: ArrayLike | None, threshold: float | None, read: BoolArray
) -> BoolArray:
    """Where the arbiter takes over (J, K): the reader's confidence is below the threshold."""
    if rule is not DecisionRule.ARBITER:
        if confidence is not None or threshold is not None:
            raise StatisticsInputError(f"The rule {rule} takes no confidence.")
        return np.zeros(read.shape, dtype=bool)
    if confidence is None or threshold is None:
        raise StatisticsInputError("The arbiter needs the readers' confidence and a threshold.")
    values = numbers(confidence, "Confidences")
    if values.shape != read.shape:
        raise StatisticsInputError(f"Confidences must have the shape {read.shape}, not {values.shape}.")  # fmt: skip
    if not np.isfinite(values[read]).all():
        raise StatisticsInputError("A decision has no confidence: the arbiter needs one for each.")
    return np.asarray(values < threshold)


def _named(rules: type[_R], name: str) -> _R:
    try:
        return rules(name)
    except ValueError as error:
        raise StatisticsInputError(
            f"The rule must be one of {', '.join(rules)}, not {name}."
        ) from error
