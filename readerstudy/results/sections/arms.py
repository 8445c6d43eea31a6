"""The unaided and the aided answers of the same readers, side by side."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.table import MISSING, Answers, ModelScores, ReadingTable

_NONE = "No case was read with the CNN's aid."
_NOBODY = "No reader graded a malignant and a benign case both with and without the aid."
# Every case is in one arm only: the two arms of a reader have no case in common.
ONCE = "once"


@dataclass(frozen=True, eq=False)
class Arms:
    """Decisions (J, K) and ratings (J, K) of both arms. What does not count in the comparison is −1 and NaN.

    `table` holds the readers and the cases that are left. `is_paired` says whether each reader has the same cases in
    both arms.
    """

    table: ReadingTable
    unaided: Answers
    aided: Answers
    is_paired: bool

    def of_readers(self, rows: NDArray[np.bool_]) -> "Arms":
        """Some of the readers (J,)."""
        table, unaided, aided = self.table.picked(readers=rows), self.unaided, self.aided
        return Arms(table, _of_rows(unaided, rows), _of_rows(aided, rows), self.is_paired)

    @property
    def is_complete(self) -> bool:
        """Whether every reader graded every case in both arms."""
        return bool((self.unaided.decision != MISSING).all() and (self.aided.decision != MISSING).all())  # fmt: skip


def arms_of(table: ReadingTable) -> Arms:
    """Both arms over the answers that are compared, of readers who graded both classes in both.

    Where cases were read in both arms only the answers count that a reader gave in both. Raises NotComputableError
    where nothing is left.
    """
    if table.aided is None:
        raise NotComputableError(_NONE)
    unaided = Answers(table.decision, table.rating, table.milliseconds, table.not_assessable)
    is_paired = table.design != ONCE
    sides = [unaided, table.aided]
    if is_paired:
        both = (unaided.decision != MISSING) & (table.aided.decision != MISSING)
        sides = [_only(side, both) for side in sides]
    rows = np.logical_and.reduce([_has_both_classes(side, table.truth) for side in sides])
    if not rows.any():
        raise NotComputableError(_NOBODY)
    columns = np.logical_or.reduce([(side.decision[rows] != MISSING).any(axis=0) for side in sides])
    first, second = (_of_columns(_of_rows(side, rows), columns) for side in sides)
    return Arms(table.picked(readers=rows, cases=columns), first, second, is_paired)


def _only(side: Answers, where: NDArray[np.bool_]) -> Answers:
    return replace(
        side,
        decision=np.where(where, side.decision, MISSING).astype(np.int8),
        rating=np.where(where, side.rating, np.nan),
    )


def _has_both_classes(side: Answers, truth: NDArray[np.int64]) -> NDArray[np.bool_]:
    graded = side.decision != MISSING
    return np.asarray(
        graded[:, truth == 1].any(axis=1) & graded[:, truth == 0].any(axis=1), np.bool_
    )


def _of_rows(side: Answers, rows: NDArray[np.bool_]) -> Answers:
    return Answers(side.decision[rows], side.rating[rows], side.milliseconds[rows], side.not_assessable[rows])  # fmt: skip


def _of_columns(side: Answers, columns: NDArray[np.bool_]) -> Answers:
    return Answers(
        side.decision[:, columns],
        side.rating[:, columns],
        side.milliseconds[:, columns],
        side.not_assessable[:, columns],
    )


def aiding_model(table: ReadingTable) -> ModelScores | None:
    """The first model that was fixed before, else the first there is: which one aided is not in the reading table."""
    fixed = [model for model in table.models if model.prespecified]
    return next(iter(fixed or table.models), None)


def calls_of_aid(model: ModelScores | None) -> NDArray[np.int8] | None:
    """What the model calls each case (K,): the mean score of its runs at their mean threshold; None without one."""
    if model is None or model.calls is None:
        return None
    threshold = np.mean([value for value in model.thresholds if value is not None])
    return np.asarray(model.values.mean(axis=0) >= threshold, np.int8)
