"""The variance that components give to the estimate of a planned study."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from readerstudy.stats.result import FloatArray


class Model(StrEnum):
    """Which of readers and cases the planned analysis takes as random."""

    RRRC = "RRRC"
    FRRC = "FRRC"
    RRFC = "RRFC"


@dataclass(frozen=True)
class ErrorTerms:
    """The variance of an estimate: contrast × (ms / J + r × shared) with ms = readers + r × own, r = n_cases / K.

    `own` is the part of the error that every reader has alone, `shared` the part that more readers do not reduce,
    both for `n_cases` cases; `contrast` is 2 for the difference of two modalities. Degrees of freedom:
    (J − 1) (den / ms)² with den = ms + J × r × shared, infinite for fixed readers.
    """

    readers: float
    own: float
    shared: float
    contrast: float
    n_cases: int
    fixed_readers: bool

    def standard_error(self, n_readers: FloatArray, n_cases: FloatArray) -> FloatArray:
        """For arrays of one shape or that broadcast; both counts may be infinite."""
        ratio = self.n_cases / n_cases
        return np.sqrt(self.contrast * (self._ms(ratio) / n_readers + ratio * self.shared))

    def df(self, n_readers: FloatArray, n_cases: FloatArray) -> FloatArray:
        """Degrees of freedom, infinite for fixed readers and where the readers add no variance."""
        ratio = np.broadcast_arrays(self.n_cases / n_cases, n_readers)[0]
        ms = self._ms(ratio)
        if self.fixed_readers:
            return np.full(ms.shape, np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            cases = np.where(ratio * self.shared > 0, n_readers * ratio * self.shared, 0.0)
            found = (n_readers - 1) * ((ms + cases) / ms) ** 2
        return np.where(ms > 0, found, np.inf)

    def _ms(self, ratio: FloatArray) -> FloatArray:
        return self.readers + ratio * self.own
