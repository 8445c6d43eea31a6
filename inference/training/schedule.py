"""Learning rates: cosine decay with warm restarts (Loshchilov and Hutter, ICLR 2017), smaller for earlier layers.

The paper's recipe (Brinker et al. 2019): stochastic gradient descent with restarts and differential learning rates.
"""

import math


def cosine_with_restarts(epoch: float, *, first_cycle: int = 6, growth: int = 2) -> float:
    """The factor on the learning rate at a (fractional) epoch: falls from 1 to 0 in every cycle, each `growth` times as long."""
    start, length = 0.0, float(first_cycle)
    while epoch >= start + length:
        start, length = start + length, length * growth
    return 0.5 * (1 + math.cos(math.pi * (epoch - start) / length))


def layer_shares(groups: int, factor: float = 0.5) -> tuple[float, ...]:
    """The share of the learning rate of each group of layers, from the head (1) down to the stem."""
    return tuple(factor**depth for depth in range(groups))
