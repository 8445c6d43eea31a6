"""Votes of several readers on each case, and what a tie counts."""

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.inputs import MISSING, checked_decisions
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError


class TieRule(StrEnum):
    """What an equal number of votes for both classes counts: positive, negative, or half, as a fair coin on average."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    HALF = "half"


TIE_VALUE = {TieRule.POSITIVE: 1.0, TieRule.NEGATIVE: 0.0, TieRule.HALF: 0.5}


def tie_rule(name: TieRule | str) -> TieRule:
    """The rule of this name. Raises StatisticsInputError for an unknown one."""
    try:
        return TieRule(name)
    except ValueError as error:
        raise StatisticsInputError(
            f"The tie rule must be one of {', '.join(TieRule)}, not {name}."
        ) from error


def vote_counts(decisions: ArrayLike, cases: int | None = None) -> tuple[IntArray, IntArray]:
    """Positive votes and all votes on each case, both (K,), from decisions (J, K) of 1, 0 and −1 (missing).

    Raises StatisticsInputError for other decisions, for no readers, and for a case without a single vote.
    """
    choice = checked_decisions(decisions, cases)
    if not choice.shape[0]:
        raise StatisticsInputError("There are no readers.")
    votes = np.asarray((choice != MISSING).sum(axis=0))
    if not votes.all():
        raise StatisticsInputError(
            f"Case {int(np.flatnonzero(votes == 0)[0]) + 1} has no vote: leave it out."
        )
    return np.asarray((choice == 1).sum(axis=0)), votes


def majority(positive: IntArray, votes: IntArray, ties: TieRule) -> FloatArray:
    """1 where more than half of the votes are positive, 0 where fewer are, and the tie rule's value between."""
    return np.select([2 * positive > votes, 2 * positive < votes], [1.0, 0.0], TIE_VALUE[ties])
