"""One row of the table of agreement: our numbers beside theirs."""

from dataclasses import dataclass, field

import numpy as np

# Smaller numbers are compared as if they were this large: p values there are 1 − cdf, whose rounding is absolute.
SMALL = 1e-4


@dataclass(frozen=True)
class Comparison:
    """Numbers of one method on one data set, and the largest relative difference allowed."""

    dataset: str
    software: str
    method: str
    ours: list = field(repr=False)
    theirs: list = field(repr=False)
    tolerance: float = 1e-9

    @property
    def difference(self):
        """The largest relative difference; where they report a missing number, ours must be missing."""
        pairs = list(zip(self.ours, self.theirs, strict=True))
        assert pairs, f"{self.dataset} {self.method}: nothing to compare"
        return max(relative(ours, theirs) for ours, theirs in pairs)

    @property
    def agrees(self):
        return self.difference <= self.tolerance


def relative(ours, theirs):
    if theirs is None or isinstance(theirs, str):
        return 0.0 if ours is None else np.inf
    if ours is None:
        return np.inf
    return abs(ours - theirs) / max(abs(theirs), SMALL)
