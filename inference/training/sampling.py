"""Two ways to let the rarer class count as much as the other. Knows no PyTorch."""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def class_weights(labels: Indices) -> NDArray[np.float32]:
    """Weights (2,) on the loss, with which both classes weigh the same in the sum."""
    counts = np.bincount(labels, minlength=2)
    return (labels.size / (2 * counts)).astype(np.float32)


def balanced_order(labels: Indices, rng: np.random.Generator) -> Indices:
    """An epoch's order (N,) with N // 2 images of each class: each image of a class comes before any of it comes again."""
    each = labels.size // 2
    halves = [_repeated(np.flatnonzero(labels == value), each, rng) for value in (0, 1)]
    return rng.permutation(np.concatenate(halves))


def _repeated(members: Indices, count: int, rng: np.random.Generator) -> Indices:
    rounds = -(-count // members.size)
    return np.concatenate([rng.permutation(members) for _ in range(rounds)])[:count]
