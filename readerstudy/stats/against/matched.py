"""The algorithm at a reader's own operating point, and at the readers' mean one as in the paper."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import TOO_FEW_CASES
from readerstudy.stats.figures.matched_rate import SensitivityAt, SpecificityAt, left_out_rates_at
from readerstudy.stats.inputs import (
    MISSING,
    check_level,
    checked_decisions,
    checked_readings,
    checked_truth,
    read_only,
)
from readerstudy.stats.operating_points import MatchingRule, matching_rule
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import BoolArray, FloatArray, IntArray, StatisticsInputError
from readerstudy.stats.standalone import (
    Standalone,
    difference_from_readers,
    errors_of_left_out,
)

OWN_POINT = (
    "Matched operating point: {compared} of the algorithm at each reader's own {held} ({rule}), averaged; readers and "
    "cases random (Obuchowski-Rockette with Hillis df), jackknife over all cases of points and curve together"
)
_MISSING = "Reader {} has no decision on case {}: a matched operating point needs every case of every reader."


@dataclass(frozen=True, eq=False)
class MatchedComparison(Rendered):
    """The algorithm's rates (J,) at each reader's point, the readers' rates (J,), and the averaged difference."""

    compared: str
    held: str
    rule: str
    algorithm: FloatArray
    readers: FloatArray
    held_at: FloatArray
    mean: Standalone


@dataclass(frozen=True, eq=False)
class AtReadersPoints:
    """M runs' rates at J readers' own points (M, J, 1 + K), of all cases and without each; the readers' own (J, 1 + K).

    Everything is read off the curves once; any of the runs and readers are compared from it.
    """

    labels: IntArray
    found: FloatArray
    own: FloatArray
    other: FloatArray
    held: str
    rule: MatchingRule
    level: float

    def comparison(
        self, readers: BoolArray | None = None, run: int | None = None
    ) -> MatchedComparison:
        """Of these readers (J,) with one run, or with the mean of all, which count as fixed."""
        chosen = slice(None) if readers is None else readers
        runs = self.found if run is None else self.found[run : run + 1]
        found, own, other = runs.mean(axis=0)[chosen], self.own[chosen], self.other[chosen]
        compared = OTHER[self.held]
        method = OWN_POINT.format(compared=compared, held=self.held, rule=self.rule) + of_runs(len(runs))  # fmt: skip
        mean = _averaged(found, other, self.labels, method=method, level=self.level)
        algorithm, theirs, at = (read_only(part[:, 0].copy()) for part in (found, other, own))
        return MatchedComparison(compared, self.held, self.rule.value, algorithm, theirs, at, mean)


def at_readers_points(
    truth: ArrayLike,
    reader_decisions: ArrayLike,
    algorithm_score: ArrayLike,
    level: float = 0.95,
    *,
    held: str = "sensitivity",
    rule: MatchingRule | str = MatchingRule.INTERPOLATED,
) -> AtReadersPoints:
    """What `matched_against_readers` compares, for comparisons of several groups of readers and several runs.

    Raises StatisticsInputError for a missing decision and an unknown rate or rule.
    """
    check_level(level)
    labels, scores, table = inputs(truth, reader_decisions, algorithm_score)
    figure, chosen = figure_at(held, rule), matching_rule(rule)
    own, other = left_out_points(labels, table, held)
    found = np.stack([left_out_rates_at(figure, labels, score, own) for score in scores])
    return AtReadersPoints(labels, found, own, other, held, chosen, level)


def matched_against_readers(
    truth: ArrayLike,
    reader_decisions: ArrayLike,
    algorithm_score: ArrayLike,
    level: float = 0.95,
    *,
    held: str = "sensitivity",
    rule: MatchingRule | str = MatchingRule.INTERPOLATED,
) -> MatchedComparison:
    """Per reader the algorithm's other rate at the reader's own sensitivity (or specificity, by `held`) − the reader's.

    Decisions 1/0 (J, K), scores (K,), or (M, K) of M training runs, whose mean rate counts and which are fixed. Leaving
    out a case changes the reader's point and the algorithm's curve together, so the interval carries both. Raises
    StatisticsInputError for a missing decision and an unknown rate or rule.
    """
    points = at_readers_points(
        truth, reader_decisions, algorithm_score, level, held=held, rule=rule
    )
    return points.comparison()


OTHER = {"sensitivity": "specificity", "specificity": "sensitivity"}


def figure_at(held: str, rule: MatchingRule | str) -> SensitivityAt | SpecificityAt:
    if held not in OTHER:
        raise StatisticsInputError(f"The rate held must be sensitivity or specificity, not {held}.")
    return SpecificityAt(0.5, rule=rule) if held == "sensitivity" else SensitivityAt(0.5, rule=rule)


def of_runs(count: int) -> str:
    """What a method's text adds where the mean of several runs is compared."""
    return f"; mean of {count} runs, which count as fixed" if count > 1 else ""


def inputs(
    truth: ArrayLike, decisions: ArrayLike, scores: ArrayLike
) -> tuple[IntArray, FloatArray, IntArray]:
    labels, values = checked_readings(checked_truth(truth), scores)
    table = checked_decisions(decisions, labels.size)
    missing = np.argwhere(table == MISSING)
    if missing.size:
        raise StatisticsInputError(_MISSING.format(*(missing[0] + 1)))
    return labels, values, table


def left_out_points(labels: IntArray, table: IntArray, held: str) -> tuple[FloatArray, FloatArray]:
    """Each reader's held rate and other rate (J, 1 + K): of all cases, then without each case."""
    rates = {}
    for name, label in (("sensitivity", 1), ("specificity", 0)):
        of_class = labels == label
        right = (table == label) & of_class
        total, n = right.sum(axis=1, keepdims=True), int(of_class.sum())
        # The rate without the only case of a class is not needed: such data have no interval.
        without = (total - right) / np.maximum(n - of_class, 1)
        rates[name] = np.hstack([total / n, without])
    return rates[held], rates[OTHER[held]]


def _averaged(
    found: FloatArray, other: FloatArray, labels: IntArray, *, method: str, level: float
) -> Standalone:
    few = np.bincount(labels).min() < 2  # noqa: PLR2004 (one must be left)
    errors = None if few else errors_of_left_out((found - other)[:, 1:])
    return difference_from_readers(
        found[:, 0], other[:, 0], errors,
        method=method, level=level, reason=TOO_FEW_CASES if few else None,
    )  # fmt: skip
