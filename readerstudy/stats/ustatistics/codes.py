"""Every reading's scores as small integers of the same order, and the success scores summed by case.

The success score of a positive and a negative case is 1 where the positive has the larger score, ½ where they are
equal, else 0. All sums here are of twice the success score, so that they are integers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.stats.result import FloatArray, IntArray

Codes = NDArray[np.unsignedinteger[Any]]
# Scores sorted at once.
_BLOCK = 2**18


@dataclass(frozen=True, eq=False)
class CodedScores:
    """Codes of R readings, positives (R, n1) and negatives (R, n0), from 1 up; `levels` is the largest code.

    A positive case that was not read has code 0, a negative one levels + 1: either loses every comparison, so that
    a pair that was not read has success score 0 without a mask.
    """

    positive: Codes
    negative: Codes
    levels: int


@dataclass(frozen=True, eq=False)
class CaseSums:
    """Twice the success scores of R readings: by positive (R, n1), by negative (R, n0), squared and summed (R,)."""

    by_positive: IntArray
    by_negative: IntArray
    squares: IntArray
    has_ties: bool

    @property
    def total(self) -> IntArray:
        """Over all pairs, (R,)."""
        return np.asarray(self.by_positive.sum(axis=1))


def coded(truth: IntArray, scores: FloatArray) -> CodedScores:
    """Codes of the scores (R, K) of R readings, NaN where a case was not read."""
    step = max(1, _BLOCK // max(1, scores.shape[1]))
    parts = [
        _ordinals(scores[start : start + step]) for start in range(0, max(1, len(scores)), step)
    ]
    levels = max(int(part.max(initial=0)) for part in parts)
    codes = np.concatenate(parts).astype(np.min_scalar_type(levels + 1), copy=False)
    # Contiguous by reading, which indexing by a mask is not.
    positive, negative = (np.compress(truth == label, codes, axis=1) for label in (1, 0))
    negative[negative == 0] = levels + 1
    return CodedScores(positive, negative, levels)


def _ordinals(scores: FloatArray) -> NDArray[np.uint32]:
    """The place of each score among the distinct scores of its row, from 1; 0 for NaN."""
    order = np.argsort(scores, axis=1)
    ordered = np.take_along_axis(scores, order, axis=1)
    steps = np.ones(scores.shape, dtype=np.uint32)
    steps[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    place = np.cumsum(steps, axis=1, dtype=np.uint32)
    place[np.isnan(ordered)] = 0
    codes = np.empty_like(place)
    np.put_along_axis(codes, order, place, axis=1)
    return codes


def case_sums(codes: CodedScores) -> CaseSums:
    """By counting the codes of a class and adding up the counts: O(R K)."""
    step = max(1, _BLOCK // (codes.levels + 2))
    rows = range(0, max(1, len(codes.positive)), step)
    parts = [_sums(codes, slice(start, start + step)) for start in rows]
    by_positive, by_negative, ties = (np.concatenate(part) for part in zip(*parts, strict=True))
    # Twice the success score is 2 for a win and 1 for a tie: their squares are 4 and 1.
    squares = 2 * by_positive.sum(axis=1) - ties
    return CaseSums(by_positive, by_negative, squares, bool(ties.any()))


def _sums(codes: CodedScores, rows: slice) -> tuple[IntArray, IntArray, IntArray]:
    """By positive, by negative, and the number of ties of each reading."""
    width = codes.levels + 2
    positive, negative = (codes.positive[rows], codes.negative[rows])
    offset = np.arange(len(positive))[:, np.newaxis] * width
    high, low = positive + offset, negative + offset
    of_high, of_low = (
        np.bincount(place.ravel(), minlength=len(positive) * width).reshape(len(positive), width)
        for place in (high, low)
    )
    below = 2 * np.cumsum(of_low, axis=1) - of_low
    above = 2 * (positive.shape[1] - np.cumsum(of_high, axis=1)) + of_high
    return below.ravel()[high], above.ravel()[low], np.asarray((of_high * of_low).sum(axis=1))
