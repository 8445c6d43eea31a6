"""The eight sums behind the moments of a covariance, of success scores and of pairs that were read; exact integers.

Gallas, Acad Radiol 2006;13:353; for any design Gallas and Brown, Neural Netw 2008;21:387.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.stats.readings import Readings
from readerstudy.stats.result import BoolArray, FloatArray, IntArray
from readerstudy.stats.ustatistics.codes import case_sums, coded
from readerstudy.stats.ustatistics.sums import PairProducts, pair_products

EightSums = tuple[int, ...]
_Integers = NDArray[np.integer[Any]]
# Readers whose cases are compared with those of all others at once.
_READERS = 256


@dataclass(frozen=True, eq=False)
class ScoreSums:
    """Twice the success scores of a study, by positive (I, J, n1), by negative (I, J, n0), and products of pairs."""

    by_positive: IntArray
    by_negative: IntArray
    products: PairProducts

    @cached_property
    def total(self) -> IntArray:
        """Over all pairs of cases, (I, J)."""
        return np.asarray(self.by_positive.sum(axis=2))

    def eight(self, a: int, b: int) -> EightSums:
        """Four times n1 to n8 of modalities a and b.

        First of the same reader: both cases the same, the same positive, the same negative, any two cases; then of
        any two readers likewise.
        """
        high, low, total = self.by_positive, self.by_negative, self.total
        return (
            _exact_sum(self.products.readers[a, b]),
            _exact_sum(np.einsum("jl,jl->j", high[a], high[b])),
            _exact_sum(np.einsum("jk,jk->j", low[a], low[b])),
            _exact_dot(total[a], total[b]),
            int(self.products.modalities[a, b]),
            _exact_dot(high[a].sum(axis=0), high[b].sum(axis=0)),
            _exact_dot(low[a].sum(axis=0), low[b].sum(axis=0)),
            _exact_sum(total[a]) * _exact_sum(total[b]),
        )


def score_sums(readings: Readings) -> ScoreSums:
    """The sums over success scores of all readings."""
    I, J, K = readings.scores.shape
    codes = coded(readings.truth, readings.scores.reshape(I * J, K))
    sums = case_sums(codes)
    high, low = ((I, J, part.shape[1]) for part in (codes.positive, codes.negative))
    products = pair_products(codes.positive.reshape(high), codes.negative.reshape(low), sums)
    return ScoreSums(sums.by_positive.reshape(high), sums.by_negative.reshape(low), products)


@dataclass(frozen=True, eq=False)
class ReadCounts:
    """Which positive (I, J, n1) and negative cases (I, J, n0) were read; only by readers who read both classes."""

    positive: BoolArray
    negative: BoolArray

    @property
    def pairs(self) -> IntArray:
        """Pairs of a positive and a negative case that each reader read, (I, J)."""
        return np.asarray(self.positive.sum(axis=2) * self.negative.sum(axis=2))

    def eight(self, a: int, b: int) -> EightSums:
        """e1 to e8: the sums n1 to n8 with 1 for every pair of cases that was read."""
        if self.positive.all() and self.negative.all():
            return _crossed(self.positive.shape[1], self.positive.shape[2], self.negative.shape[2])
        high, low = self.positive.astype(np.float32), self.negative.astype(np.float32)
        n1, n0 = self.positive.sum(axis=2), self.negative.sum(axis=2)
        both1, both0 = ((x[a] * x[b]).sum(axis=1).astype(np.int64) for x in (high, low))
        by_positive, by_negative = (
            [count[i].astype(np.float64) @ read[i] for i in (a, b)]
            for count, read in ((n0, high), (n1, low))
        )
        return (
            _exact_dot(both1, both0),
            _exact_sum(both1 * n0[a] * n0[b]),
            _exact_sum(both0 * n1[a] * n1[b]),
            _exact_dot(n1[a] * n0[a], n1[b] * n0[b]),
            _common_pairs(high[a], low[a], high[b], low[b]),
            _exact_dot(*(sums.astype(np.int64) for sums in by_positive)),
            _exact_dot(*(sums.astype(np.int64) for sums in by_negative)),
            _exact_sum(n1[a] * n0[a]) * _exact_sum(n1[b] * n0[b]),
        )


def read_counts(readings: Readings) -> ReadCounts:
    """A reader without a positive or without a negative case in a modality does not count there."""
    positive, negative = (readings.read[:, :, readings.truth == label] for label in (1, 0))
    counts = positive.any(axis=2, keepdims=True) & negative.any(axis=2, keepdims=True)
    return ReadCounts(positive & counts, negative & counts)


def _crossed(J: int, n1: int, n0: int) -> EightSums:
    same = (n1 * n0, n1 * n0**2, n1**2 * n0, n1**2 * n0**2)
    return tuple(J * count for count in same) + tuple(J**2 * count for count in same)


def _common_pairs(
    high_a: FloatArray, low_a: FloatArray, high_b: FloatArray, low_b: FloatArray
) -> int:
    """Pairs of cases that reader j read in modality a and reader j' in modality b, over all j and j'."""
    return sum(
        int(np.vdot((high_a[part] @ high_b.T).astype(np.float64), low_a[part] @ low_b.T))
        for part in (slice(start, start + _READERS) for start in range(0, len(high_a), _READERS))
    )


def _exact_sum(values: _Integers) -> int:
    return int(values.astype(object).sum())


def _exact_dot(first: _Integers, second: _Integers) -> int:
    """In integers of any size where 64 bits might not do."""
    bound = float(first.max(initial=0)) * float(second.max(initial=0)) * first.size
    if bound < 2**62:
        return int(first @ second)
    return int(first.astype(object) @ second.astype(object))
