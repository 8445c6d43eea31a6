"""What the sections on the readers as a panel share: who counts, rank groups, the CNN's decisions, parts with a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.complete import complete_part
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.table import MISSING, ModelScores, ReaderRow, ReadingTable
from readerstudy.stats import Estimate, StatisticsInputError

EVERYBODY = ""
"""The name of the group of all readers."""
NO_THRESHOLD = (
    "The card of a training run names no threshold, so that the CNN alone decides nothing."
)
Part = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Panel:
    """The J complete readers of a table, its K cases and models."""

    table: ReadingTable

    @property
    def truth(self) -> NDArray[np.int64]:
        """(K,)."""
        return self.table.truth

    @cached_property
    def decision(self) -> NDArray[np.int64]:
        """(J, K) of 1, 0 and −1."""
        return self.table.decision.astype(np.int64)

    @property
    def rating(self) -> NDArray[np.float64]:
        """(J, K), NaN where there is none."""
        return self.table.rating

    @cached_property
    def choices(self) -> NDArray[np.float64]:
        """The decisions (J, K), NaN for a missing one."""
        return np.where(self.decision == MISSING, np.nan, self.decision)

    @property
    def readers(self) -> tuple[ReaderRow, ...]:
        """Who the rows are."""
        return self.table.readers

    @property
    def level(self) -> float:
        """Of confidence, 1 − α of the plan."""
        return 1 - self.table.plan.alpha

    @cached_property
    def groups(self) -> tuple[tuple[str, NDArray[np.bool_]], ...]:
        """Name and members (J,): everybody first, then each rank group that has a reader, in the study's order."""
        of_reader = np.array([reader.group for reader in self.readers])
        ranks = [(name, of_reader == name) for name in self.table.group_order]
        everybody = (EVERYBODY, np.ones(of_reader.size, np.bool_))
        return (everybody, *((name, members) for name, members in ranks if members.any()))

    @cached_property
    def has_confidence(self) -> bool:
        """Whether the ratings say more than the decisions."""
        return int(np.unique(self.rating[~np.isnan(self.rating)]).size) > 2  # noqa: PLR2004 (yes and no)

    @cached_property
    def rated_by_all(self) -> NDArray[np.bool_]:
        """The cases (K,) that every reader rated."""
        return np.asarray(~np.isnan(self.rating).any(axis=0))


def panel_of(table: ReadingTable) -> Panel:
    """The panel of a table. Raises NotComputableError where no reader is complete."""
    return Panel(complete_part(table))


def calls_of(model: ModelScores) -> NDArray[np.int64]:
    """What each run (R, K) calls malignant, 1 or 0: scores from its card's threshold on.

    Raises NotComputableError where a card names none.
    """
    calls = model.calls
    if calls is None:
        raise NotComputableError(NO_THRESHOLD)
    return calls.astype(np.int64)


def part_or_reason(build: Callable[[], Part]) -> Part:
    """A part of a section, or the reason why it alone cannot be computed."""
    try:
        return build()
    except (NotComputableError, StatisticsInputError) as error:
        return {"reason": str(error)}


def short(estimate: Estimate) -> Part:
    """An estimate without what is said once for all: value, limits, p where there is one, reason where there is one."""
    told: Part = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    extra = {"p": estimate.p, "reason": estimate.reason}
    return told | {name: value for name, value in extra.items() if value is not None}


def spread(values: Sequence[float | None], reason: str) -> Part:
    """Mean and range of the values that there are, and how many; None with the reason where there are none."""
    known = [value for value in values if value is not None and np.isfinite(value)]
    if not known:
        return {"mean": None, "low": None, "high": None, "n": 0, "reason": reason}
    found = stats.mean_and_range(known)
    return {"mean": found.mean, "low": found.low, "high": found.high, "n": found.n}


def numbers_or_none(values: NDArray[np.float64]) -> list[Any]:
    """A list in which what is not finite is None."""
    return [value if np.isfinite(value) else None for value in values.ravel().tolist()]
