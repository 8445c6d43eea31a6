"""Probabilities with their truth, drawn and by hand."""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from scipy.special import expit, logit

TRUTH = [1, 0, 1, 0, 1, 1, 0, 0]
P = [0.9, 0.4, 0.6, 0.2, 0.7, 0.3, 0.5, 0.1]


@st.composite
def forecasts(draw, least=1, most=9, step=20):
    """(truth, probabilities as fractions of `step`), both classes present."""
    n1, n0 = draw(st.integers(least, most)), draw(st.integers(least, most))
    truth = draw(st.permutations([1] * n1 + [0] * n0))
    p = draw(st.lists(st.integers(0, step), min_size=n1 + n0, max_size=n1 + n0))
    return truth, [Fraction(number, step) for number in p]


def drawn(seed, n=200, a=0.0, b=1.0):
    """Probabilities p and truths whose logits are a + b logit(p)."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1.5, 3, n)
    return (rng.random(n) < expit(a + b * logit(p))).astype(int), p


def covered(estimates, value):
    return np.mean([one.low <= value <= one.high for one in estimates])
