"""Readings drawn by hypothesis: few distinct scores, so that ties are common."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

# The same examples every time; no deadline, since the machine may be busy.
steady = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@st.composite
def readings(draw, *, count=1, least=1, most=7):
    """(truth (K,), scores (count, K)) with at least `least` cases of each class."""
    n1, n0 = draw(st.integers(least, most)), draw(st.integers(least, most))
    truth = np.array(draw(st.permutations([1] * n1 + [0] * n0)))
    row = st.lists(st.integers(-3, 3), min_size=n1 + n0, max_size=n1 + n0)
    scores = draw(st.lists(row, min_size=count, max_size=count))
    return truth, np.array(scores, dtype=float)
