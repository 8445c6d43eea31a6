"""The readings of a study as one array: modalities × readers × cases, of any design."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readerstudy.stats.inputs import numbers, read_only
from readerstudy.stats.result import BoolArray, FloatArray, IntArray, StatisticsInputError

_SHAPE = 3  # dimensions: modalities, readers, cases


class Design(StrEnum):
    """Who read what."""

    FULLY_CROSSED = "fully crossed"
    CASES_IN_MODALITIES = "cases nested in modalities"
    READERS_IN_MODALITIES = "readers nested in modalities"
    CASES_IN_READERS = "cases nested in readers"
    SPLIT_PLOT = "split-plot"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, eq=False)
class Readings:
    """Scores (I, J, K) of J readers for K cases in I modalities; NaN where a reader did not read a case.

    Larger scores are more suspicious; `truth` (K,) is 1 for positive and 0 for negative cases. The three lists of
    names are in the order of the array's dimensions. Raises StatisticsInputError for shapes that do not fit, other
    truth, an infinite score, and names that occur twice.
    """

    modalities: tuple[str, ...]
    readers: tuple[str, ...]
    cases: tuple[str, ...]
    truth: IntArray
    scores: FloatArray

    def __post_init__(self) -> None:
        """Checks everything above."""
        _check_names(self)
        shape = len(self.modalities), len(self.readers), len(self.cases)
        if (
            self.scores.ndim != _SHAPE
            or self.scores.shape != shape
            or self.truth.shape != shape[2:]
        ):
            raise StatisticsInputError(
                f"Scores must have the shape modalities × readers × cases {shape}, not {self.scores.shape}, "
                f"and truth {shape[2:]}, not {self.truth.shape}."
            )  # fmt: skip
        if not np.isin(self.truth, (0, 1)).all():
            raise StatisticsInputError("Truth must be 1 for positive and 0 for negative cases.")
        if np.isinf(self.scores).any():
            i, j, k = np.argwhere(np.isinf(self.scores))[0]
            raise StatisticsInputError(
                f"Reader {self.readers[j]} has an infinite score for case {self.cases[k]} in modality {self.modalities[i]}."
            )

    @property
    def read(self) -> BoolArray:
        """Where there is a score, (I, J, K)."""
        return np.asarray(~np.isnan(self.scores))

    @property
    def is_complete(self) -> bool:
        """Whether every reader read every case in every modality."""
        return bool(self.read.all())

    @property
    def n_positive(self) -> int:
        """Positive cases."""
        return int(self.truth.sum())

    @property
    def n_negative(self) -> int:
        """Negative cases."""
        return int(self.truth.size - self.truth.sum())

    @property
    def design(self) -> Design:
        """Who read what, told from the scores that are there."""
        return _design(self.read)

    def of_readers(self, names: Sequence[str]) -> "Readings":
        """The readings of these readers, in this order. Raises StatisticsInputError for an unknown name."""
        rows = [_place(self.readers, name, "reader") for name in names]
        return Readings(self.modalities, tuple(names), self.cases, self.truth, self.scores[:, rows])

    def of_modalities(self, names: Sequence[str]) -> "Readings":
        """The readings in these modalities, in this order. Raises StatisticsInputError for an unknown name."""
        rows = [_place(self.modalities, name, "modality") for name in names]
        return Readings(tuple(names), self.readers, self.cases, self.truth, self.scores[rows])


def fully_crossed(truth: ArrayLike, scores: ArrayLike) -> Readings:
    """Readings from bare arrays: truth (K,), scores (I, J, K) or, for one modality, (J, K); names are numbers from 1.

    Raises StatisticsInputError as `Readings`.
    """
    values = numbers(scores, "Scores")
    values = values[np.newaxis] if values.ndim == _SHAPE - 1 else values
    if values.ndim != _SHAPE:
        raise StatisticsInputError(f"Scores must be modalities × readers × cases, not of shape {values.shape}.")  # fmt: skip
    names = [tuple(str(place + 1) for place in range(size)) for size in values.shape]
    labels = np.asarray(truth)
    if not np.isin(labels, (0, 1)).all():
        raise StatisticsInputError("Truth must be 1 for positive and 0 for negative cases.")
    return Readings(names[0], names[1], names[2], labels.astype(np.int64), values)


def readings_from_columns(
    reader: Sequence[str],
    modality: Sequence[str],
    case: Sequence[str],
    truth: ArrayLike,
    score: ArrayLike,
) -> Readings:
    """Readings from five columns of equal length N, one row a score; names are sorted.

    Raises StatisticsInputError for unequal lengths, no rows, truth other than 0 and 1, a score that is not a finite
    number, a reader who reads one case twice in one modality, and a case with two truths; each names the place.
    """
    columns = [np.asarray(column, dtype=str) for column in (modality, reader, case)]
    labels, values = np.asarray(truth), numbers(score, "Scores")
    _check_columns(columns, labels, values)
    names, codes = zip(*(np.unique(column, return_inverse=True) for column in columns), strict=True)
    shape = tuple(name.size for name in names)
    cells = np.asarray(np.ravel_multi_index(codes, shape))
    _check_single(columns, cells)
    table = np.full(shape, np.nan)
    table.ravel()[cells] = values
    modalities, readers, cases = (tuple(name.tolist()) for name in names)
    return Readings(modalities, readers, cases, _truth_of_cases(names[2], codes[2], labels), read_only(table))  # fmt: skip


def _check_columns(columns: list[NDArray[np.str_]], truth: NDArray[np.generic], score: FloatArray) -> None:  # fmt: skip
    sizes = {column.size for column in columns} | {truth.size, score.size}
    if sizes == {0}:
        raise StatisticsInputError("There are no rows.")
    if len(sizes) > 1:
        raise StatisticsInputError(f"The columns have different lengths: {sorted(sizes)}.")
    for bad, what in ((~np.isin(truth, (0, 1)), "truth"), (~np.isfinite(score), "score")):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            value = truth[row] if what == "truth" else score[row]
            expected = "1 (positive) or 0 (negative)" if what == "truth" else "a finite number"
            raise StatisticsInputError(f"{_where(columns, row)}: the {what} is {value}, not {expected}.")  # fmt: skip


def _where(columns: list[NDArray[np.str_]], row: int) -> str:
    modality, reader, case = (column[row] for column in columns)
    return f"Row {row + 1} (reader {reader}, case {case}, modality {modality})"


def _check_single(columns: list[NDArray[np.str_]], cells: NDArray[np.intp]) -> None:
    order = np.argsort(cells, kind="stable")
    again = order[1:][cells[order][1:] == cells[order][:-1]]
    if again.size:
        row = int(again.min())
        first = int(np.flatnonzero(cells == cells[row])[0])
        raise StatisticsInputError(
            f"{_where(columns, row)}: this reading is there already, in row {first + 1}."
        )


def _truth_of_cases(
    cases: NDArray[np.str_], code: NDArray[np.intp], truth: NDArray[np.generic]
) -> IntArray:
    labels = truth.astype(np.int64)
    positive = np.bincount(code, weights=labels, minlength=cases.size)
    count = np.bincount(code, minlength=cases.size)
    both = (positive > 0) & (positive < count)
    if both.any():
        name = cases[int(np.flatnonzero(both)[0])]
        raise StatisticsInputError(f"Case {name} is positive in some rows and negative in others.")
    return read_only((positive > 0).astype(np.int64))


def _check_names(readings: Readings) -> None:
    for names, what in ((readings.modalities, "modality"), (readings.readers, "reader"), (readings.cases, "case")):  # fmt: skip
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise StatisticsInputError(f"There are two of the {what} {twice}.")


def _place(names: tuple[str, ...], name: str, what: str) -> int:
    if name not in names:
        known = ", ".join(names[:10]) + (" ..." if len(names) > 10 else "")  # noqa: PLR2004
        raise StatisticsInputError(f"There is no {what} {name}; there are {known}.")
    return names.index(name)


def _design(read: BoolArray) -> Design:
    if read.all():
        return Design.FULLY_CROSSED
    case_in, reader_in, case_by = (np.asarray(read.any(axis=axis)) for axis in (1, 2, 0))
    if _is_block(read, case_in[:, np.newaxis, :]) and (case_in.sum(axis=0) == 1).all():
        return Design.CASES_IN_MODALITIES
    if _is_block(read, reader_in[:, :, np.newaxis]) and (reader_in.sum(axis=0) == 1).all():
        return Design.READERS_IN_MODALITIES
    if not _is_block(read, case_by[np.newaxis]):
        return Design.INCOMPLETE
    if (case_by.sum(axis=0) == 1).all():
        return Design.CASES_IN_READERS
    return Design.SPLIT_PLOT if _has_blocks(case_by) else Design.INCOMPLETE


def _is_block(read: BoolArray, expected: BoolArray) -> bool:
    """Whether exactly the expected cells, broadcast over the whole array, were read."""
    return bool((read == expected).all())


def _has_blocks(case_by: BoolArray) -> bool:
    """Whether any two readers read either the same cases or no case in common."""
    blocks = np.unique(case_by, axis=0)
    return bool((blocks.sum(axis=0) <= 1).all())
