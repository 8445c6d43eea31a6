"""Sums of products of two success scores over all pairs of a positive and a negative case, exact in integers.

Everything is counted in twice the success score (0, 1, 2).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from readerstudy.stats.result import FloatArray, IntArray
from readerstudy.stats.ustatistics.codes import CaseSums, Codes

# Products of two scores are at most 4, and 63 of them fit into a byte; so do the scores of 127 readers.
_ROWS, _READERS = 63, 127
_COLUMNS = 2048
_Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class PairProducts:
    """Four times the sums over all pairs of cases of products of success scores.

    `modalities` (I, I): of the sums over readers in two modalities. `readers` (I, I, J): of the same reader's scores
    in two modalities.
    """

    modalities: IntArray
    readers: IntArray


def pair_products(positive: Codes, negative: Codes, sums: CaseSums) -> PairProducts:
    """Codes (I, J, n1) and (I, J, n0) as `coded` gives them, with the sums by case of the I × J readings.

    O(I J n0 n1) time in blocks of bytes; memory does not grow with the number of readers.
    """
    I, J = positive.shape[:2]
    parts = [_products(*block, has_ties=sums.has_ties) for block in _blocks(positive, negative)]
    # Without ties a win is counted as 1 instead of 2.
    unit = 1 if sums.has_ties else 4
    modalities = unit * sum((part[0] for part in parts), np.zeros((I, I), dtype=np.int64))
    readers = unit * sum((part[1] for part in parts), np.zeros((I, I, J), dtype=np.int64))
    readers[np.arange(I), np.arange(I)] = sums.squares.reshape(I, J)
    return PairProducts(modalities, readers)


def _blocks(positive: Codes, negative: Codes) -> Iterator[tuple[Codes, Codes]]:
    """Parts of both that broadcast against each other, the longer class along the inner axis."""
    turned = negative.shape[2] > positive.shape[2]
    outer, inner = (positive, negative) if turned else (negative, positive)
    for row in range(0, outer.shape[2], _ROWS):
        part = outer[:, :, row : row + _ROWS, np.newaxis]
        for column in range(0, inner.shape[2], _COLUMNS):
            other = inner[:, :, np.newaxis, column : column + _COLUMNS]
            yield (part, other) if turned else (other, part)


def _products(high: Codes, low: Codes, *, has_ties: bool) -> tuple[IntArray, IntArray]:
    """The two sums of products over one block."""
    I, J = high.shape[:2]
    cells = np.broadcast_shapes(high.shape[2:], low.shape[2:])
    total, group = np.zeros((I, *cells)), np.zeros((I, *cells), dtype=np.uint8)
    won, tied = np.empty((I, *cells), dtype=np.bool_), np.empty(cells, dtype=np.bool_)
    scores, product = won.view(np.uint8), np.empty(cells, dtype=np.uint8)
    readers = np.zeros((I, I, J), dtype=np.int64)
    for j in range(J):
        for i in range(I):
            np.greater(high[i, j], low[i, j], out=won[i])
            if has_ties:
                np.greater_equal(high[i, j], low[i, j], out=tied)
                scores[i] += tied.view(np.uint8)
            group[i] += scores[i]
        for a, b in combinations(range(I), 2):
            np.multiply(scores[a], scores[b], out=product)
            readers[a, b, j] = readers[b, a, j] = _sum_of_bytes(product)
        if j % _READERS == _READERS - 1:
            total += group
            group[:] = 0
    total += group
    return _inner_products(total), readers


def _sum_of_bytes(values: _Bytes) -> int:
    return int(np.add.reduce(values, axis=0, dtype=np.uint8).sum(dtype=np.int64))


def _inner_products(rows: FloatArray) -> IntArray:
    """Of whole numbers held as floats, which is exact below 2⁵³ and fast.

    By einsum, since threads of a linear algebra library wait for each other many times over on a busy machine.
    """
    flat = rows.reshape(len(rows), math.prod(rows.shape[1:]))
    return np.asarray(np.einsum("ak,bk->ab", flat, flat), dtype=np.int64)
