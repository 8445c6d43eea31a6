"""Sensitivity and specificity of readers combined with the CNN by a fixed rule on the decisions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.combinations.effect import Effect, effect, stated
from readerstudy.stats.combinations.rules import DecisionRule, combined_decisions, decision_rule
from readerstudy.stats.confusion import confusion_table
from readerstudy.stats.crowd.names import reader_names
from readerstudy.stats.inputs import MISSING, check_level, checked_decisions, checked_truth
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray, IntArray, StatisticsInputError

RATE = "Mean {} over readers, combined by the rule {}; covariance of the answers of two readers over cases"


@dataclass(frozen=True)
class ReaderRates(Rendered):
    """One reader's operating point alone and combined with the CNN; a disagreement that counts half is expected."""

    reader: str
    sensitivity: float
    specificity: float
    combined_sensitivity: float
    combined_specificity: float


@dataclass(frozen=True)
class DecisionCombination(Rendered):
    """Operating points of the CNN alone, the means over readers alone and combined, and every reader."""

    rule: str
    cnn_sensitivity: Estimate
    cnn_specificity: Estimate
    sensitivity: Effect
    specificity: Effect
    readers: tuple[ReaderRates, ...]


def combine_decisions(
    truth: ArrayLike,
    decisions: ArrayLike,
    cnn: ArrayLike,
    rule: DecisionRule | str,
    *,
    confidence: ArrayLike | None = None,
    threshold: float | None = None,
    prespecified: bool = False,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> DecisionCombination:
    """J readers' decisions (J, K) alone and combined with the CNN's (K,) by a fixed rule: rates and differences.

    Readers and cases are random (Hillis, Stat Med 2007;26:596); unless `prespecified`, the methods say that the
    comparison is exploratory. A missing decision (−1) counts in no rate, and there are no intervals then. Raises
    StatisticsInputError as `combined_decisions`, for a missing class, for a reader without an answer to a class, and
    for names that do not fit.
    """
    check_level(level)
    labels, chosen = checked_truth(truth), decision_rule(rule)
    choice = checked_decisions(decisions, labels.size)
    known = reader_names(names, choice.shape[0])
    combined = combined_decisions(choice, cnn, chosen, confidence=confidence, threshold=threshold)
    alone = np.where(choice == MISSING, np.nan, choice)
    _check_answered(alone, labels, known)
    single = confusion_table(labels, cnn)
    right = [_right(rows, labels) for rows in (alone, combined, np.atleast_2d(cnn))]
    sensitivity, specificity = (
        effect(*([rows[place]] for rows in right), method=stated(RATE.format(name, chosen), prespecified=prespecified), level=level)
        for place, name in enumerate(("sensitivity", "specificity"))
    )  # fmt: skip
    rates = [np.nanmean(table, axis=1).tolist() for rows in right[:2] for table in rows]
    rows = tuple(ReaderRates(*row) for row in zip(known, *rates, strict=True))
    return DecisionCombination(
        rule=chosen.value,
        cnn_sensitivity=single.sensitivity(level),
        cnn_specificity=single.specificity(level),
        sensitivity=sensitivity,
        specificity=specificity,
        readers=rows,
    )


def _right(decisions: FloatArray, truth: IntArray) -> tuple[FloatArray, FloatArray]:
    """How far each decision is right, on the positive cases (J, n1) and on the negative ones (J, n0)."""
    return decisions[:, truth == 1], 1 - decisions[:, truth == 0]


def _check_answered(decisions: FloatArray, truth: IntArray, names: Sequence[str]) -> None:
    for value, what in ((1, "positive"), (0, "negative")):
        none = np.isnan(decisions[:, truth == value]).all(axis=1)
        if none.any():
            raise StatisticsInputError(f"Reader {names[int(np.flatnonzero(none)[0])]} answered no {what} case.")  # fmt: skip
