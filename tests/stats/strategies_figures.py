"""Rates and ranges drawn by hypothesis, and the names that figures of merit know."""

from fractions import Fraction

from hypothesis import strategies as st

# Many are shares of few cases, so that they fall upon points of the curves.
rates = st.fractions(0, 1, max_denominator=12) | st.sampled_from(
    [Fraction(n, 10) for n in range(11)]
)
ranges = st.tuples(rates, rates).filter(lambda pair: pair[0] < pair[1])
axes = st.sampled_from(["specificity", "sensitivity"])
rules = st.sampled_from(["interpolated", "next", "nearest"])
