"""The moments of a study's modalities, and which variances they allow."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from readerstudy.stats.readings import Readings
from readerstudy.stats.result import IntArray
from readerstudy.stats.ustatistics.counts import ReadCounts, read_counts, score_sums
from readerstudy.stats.ustatistics.moments import covariance_moments

_NOTHING = "In modality {} no reader read a positive and a negative case."
_TOO_FEW = "The variance in modality {} needs two cases of each class."
_TOO_FEW_APART = "The variance in modality {} needs two cases of each class, in readings of different readers without a common case."  # fmt: skip
_NOT_APART = "The covariance of modalities {} and {} needs two readings of different readers without a common case."
_ONE_READER = "Modality {} has one reader: its variance is over cases alone and says nothing about other readers."
_MIXED = "Modality {} has one reader, who reads in modality {} too: the difference between them cannot be told from that between readers."  # fmt: skip


@dataclass(frozen=True)
class Variances:
    """Unbiased and MLE variance, exact; both None with a reason, or both there, perhaps with a caution."""

    unbiased: Fraction | None = None
    mle: Fraction | None = None
    reason: str | None = None


class Study:
    """Averages of the modalities that have any, with the moments of all pairs of them.

    A modality with one reader who reads nowhere else, an algorithm for instance, counts that reader as fixed.
    """

    def __init__(self, readings: Readings) -> None:
        """Counts everything once."""
        self.names, self.counts = readings.modalities, read_counts(readings)
        sums, pairs = score_sums(readings), self.counts.pairs
        self.readers = [frozenset(np.flatnonzero(row).tolist()) for row in pairs]
        self.present = [i for i, readers in enumerate(self.readers) if readers]
        self.auc = {i: _average(sums.total[i], pairs[i]) for i in self.present}
        self.moments = {
            (a, b): covariance_moments(self.auc[a], self.auc[b], sums.eight(a, b), self.counts.eight(a, b))
            for a, b in combinations_with_replacement(self.present, 2)
        }  # fmt: skip

    def variances(self, i: int) -> Variances:
        """Of a modality's average."""
        if i not in self.auc:
            return Variances(reason=_NOTHING.format(self.names[i]))
        found, alone = self.moments[i, i], len(self.readers[i]) == 1
        unbiased = found.covariance_of_fixed_readers if alone else found.covariance
        if unbiased is None:
            reason = _TOO_FEW if alone else _TOO_FEW_APART
            return Variances(reason=reason.format(self.names[i]))
        caution = _ONE_READER.format(self.names[i]) if alone else None
        return Variances(unbiased, found.biased_covariance, caution)

    def variances_of_difference(self, a: int, b: int) -> Variances:
        """V_a + V_b − 2 C_ab."""
        parts = [self.variances(a), self.variances(b)]
        missing = [part for part in parts if part.unbiased is None]
        if missing:
            return missing[0]
        covariance = self.covariance(a, b)
        if isinstance(covariance, str):
            return Variances(reason=covariance)
        unbiased = sum((part.unbiased or 0 for part in parts), -2 * covariance)
        mle = sum((part.mle or 0 for part in parts), -2 * self.moments[a, b].biased_covariance)
        cautions = [part.reason for part in parts if part.reason]
        return Variances(Fraction(unbiased), Fraction(mle), " ".join(cautions) or None)

    def covariance(self, a: int, b: int) -> Fraction | str:
        """The unbiased covariance of two modalities' averages, or the reason why there is none."""
        found, alone = self.moments[a, b], [i for i in (a, b) if len(self.readers[i]) == 1]
        if alone and self.readers[a] & self.readers[b]:
            if len(alone) == 1:
                return _MIXED.format(self.names[alone[0]], self.names[a + b - alone[0]])
            covariance = found.covariance_of_fixed_readers
        else:
            covariance = found.covariance
        return _NOT_APART.format(self.names[a], self.names[b]) if covariance is None else covariance


def _average(twice: IntArray, pairs: IntArray) -> Fraction:
    """Over all pairs of cases of all readers."""
    return Fraction(int(twice.sum()), 2 * int(pairs.sum()))


def cases(counts: ReadCounts, i: int) -> tuple[int, int]:
    """Positive and negative cases that were read in a modality."""
    return int(counts.positive[i].any(axis=0).sum()), int(counts.negative[i].any(axis=0).sum())
