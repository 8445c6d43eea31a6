"""Each reader against the panel of all the others, from sums over readers: no panel is formed."""

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from readerstudy.stats.crowd.mean_rating import RatingScale, on_scale, rating_scale, tied
from readerstudy.stats.crowd.names import reader_names
from readerstudy.stats.crowd.votes import TieRule, majority, tie_rule
from readerstudy.stats.delong import paired_tests
from readerstudy.stats.figures import Auc
from readerstudy.stats.inputs import (
    MISSING,
    check_level,
    checked_decisions,
    checked_readings,
    checked_truth,
)
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import (
    BoolArray,
    Estimate,
    FloatArray,
    IntArray,
    Spread,
    StatisticsInputError,
)
from readerstudy.stats.roc import SAME_RATE
from readerstudy.stats.summary import mean_and_range

VOTE = "Majority vote of all other readers, ties {}; on the cases that the reader and at least one other answered"
RATING = "Mean {} of all other readers; differences by the paired DeLong test, readers fixed"


@dataclass(frozen=True)
class RestVote(Rendered):
    """A reader's rates and those of the other readers' majority; None, with a reason, where no case of a class counts."""

    reader: str
    sensitivity: float | None
    specificity: float | None
    rest_sensitivity: float | None
    rest_specificity: float | None
    n_positive: int
    n_negative: int
    reason: str | None = None


@dataclass(frozen=True)
class RestOfPanel(Rendered):
    """Every reader's rates beside the majority vote of the rest of the panel."""

    readers: tuple[RestVote, ...]
    method: str


@dataclass(frozen=True)
class RestRating(Rendered):
    """A reader's AUC, that of the other readers' mean rating, and reader − rest with its interval."""

    reader: str
    auc: float
    rest: float
    difference: Estimate


@dataclass(frozen=True)
class RestRatings(Rendered):
    """Every reader beside the mean rating of the rest; `better` counts the readers with the larger AUC."""

    readers: tuple[RestRating, ...]
    single: Spread
    rest: Spread
    better: int
    method: str


def rest_of_panel_votes(
    truth: ArrayLike,
    decisions: ArrayLike,
    *,
    ties: TieRule | str,
    names: Sequence[str] | None = None,
) -> RestOfPanel:
    """Sensitivity and specificity of each of J readers and of the others' majority, from decisions (J, K).

    A tie under the rule "half" counts half. Raises StatisticsInputError for other decisions than 1, 0 and −1 (missing),
    fewer than two readers, a missing class, and names that do not fit.
    """
    labels, rule = checked_truth(truth), tie_rule(ties)
    choice = checked_decisions(decisions, labels.size)
    known = _at_least_two(names, choice.shape[0])
    answered = choice != MISSING
    yes = choice == 1
    others = answered.sum(axis=0) - answered
    rest = majority(yes.sum(axis=0) - yes, others, rule)
    counted = answered & (others > 0)
    own, rest_rates = (_rates(called, counted, labels) for called in (yes.astype(float), rest))
    n = [(counted & (labels == value)).sum(axis=1).tolist() for value in (1, 0)]
    reasons = [_reason(*pair) for pair in zip(*n, strict=True)]
    rows = zip(known, *own, *rest_rates, *n, reasons, strict=True)
    return RestOfPanel(tuple(RestVote(*row) for row in rows), VOTE.format(rule.value))


def rest_of_panel_ratings(
    truth: ArrayLike,
    scores: ArrayLike,
    *,
    scale: RatingScale | str = RatingScale.RATING,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> RestRatings:
    """AUC of each of J readers' scores (J, K) and of the mean rating of the others, with paired tests.

    Raises StatisticsInputError for missing or bad scores, fewer than two readers, a missing class, and names that do
    not fit.
    """
    check_level(level)
    labels, values = checked_readings(truth, scores)
    known, chosen = _at_least_two(names, values.shape[0]), rating_scale(scale)
    rated = on_scale(values, chosen)
    rest = tied(rated.sum(axis=0) - rated)
    tests = paired_tests(labels, values, rest, level)
    aucs = [Auc().values(labels, rows).tolist() for rows in (values, rest)]
    rows = tuple(RestRating(*row) for row in zip(known, *aucs, tests, strict=True))
    single, panel = (mean_and_range(column) for column in aucs)
    better = sum(row.auc > row.rest + SAME_RATE for row in rows)
    return RestRatings(rows, single, panel, better, RATING.format(chosen.value))


def _at_least_two(names: Sequence[str] | None, J: int) -> Sequence[str]:
    if J < 2:  # noqa: PLR2004 (a reader and another)
        raise StatisticsInputError("A reader and the rest of the panel need two readers.")
    return reader_names(names, J)


def _rates(
    called: FloatArray, counted: BoolArray, truth: IntArray
) -> tuple[list[float | None], list[float | None]]:
    """Sensitivity and specificity (J,) over the counted cases; None where there is none."""
    return (
        _shares(called, counted & (truth == 1)),
        _shares(1 - called, counted & (truth == 0)),
    )


def _shares(right: FloatArray, counted: BoolArray) -> list[float | None]:
    n = counted.sum(axis=1).tolist()
    total = (right * counted).sum(axis=1).tolist()
    return [part / size if size else None for part, size in zip(total, n, strict=True)]


def _reason(n_positive: int, n_negative: int) -> str | None:
    absent = [name for name, n in (("positive", n_positive), ("negative", n_negative)) if not n]
    what = " and no ".join(absent)
    return f"No {what} case was answered by this reader and another." if absent else None
