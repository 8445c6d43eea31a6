"""The reliability curve: predicted probabilities in bins, beside the share of positive cases in each."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from readerstudy.stats.calibration.probabilities import (
    at_prevalence,
    case_weights,
    checked_probabilities,
    prevalence_text,
)
from readerstudy.stats.inputs import check_level
from readerstudy.stats.proportions import WILSON, wilson
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError

# Probabilities typed as decimals lie this close to a bin's edge although they are on it.
_ON_EDGE = 1e-9


class Binning(StrEnum):
    """How probabilities are put into bins; an edge belongs to the bin below it.

    Equal width: bins of the same width from 0 to 1 (Guo et al., ICML 2017:1321). Equal count: bins of as many cases
    as equal probabilities, which stay together, allow.
    """

    EQUAL_WIDTH = "equal width"
    EQUAL_COUNT = "equal count"


@dataclass(frozen=True)
class ReliabilityBin(Rendered):
    """One bin: smallest, largest and mean predicted probability, the observed share of positives with its interval."""

    smallest: float
    largest: float
    predicted: float
    observed: float
    low: float | None
    high: float | None
    n: int
    positives: int


@dataclass(frozen=True)
class ReliabilityCurve(Rendered):
    """The bins that hold cases, and the expected and the maximum calibration error over them."""

    bins: tuple[ReliabilityBin, ...]
    expected_error: float
    maximum_error: float
    method: str
    level: float = 0.95


@dataclass(frozen=True, eq=False)
class Bins:
    """Arrays over the B bins that hold cases: share of the weight, mean predicted, observed share, counts.

    `place` (K,) is each case's bin.
    """

    share: FloatArray
    predicted: FloatArray
    observed: FloatArray
    n: IntArray
    positives: IntArray
    place: IntArray


def reliability_curve(
    truth: ArrayLike,
    p: ArrayLike,
    *,
    bins: int = 10,
    binning: Binning | str = Binning.EQUAL_WIDTH,
    prevalence: float | None = None,
    level: float = 0.95,
) -> ReliabilityCurve:
    """The reliability curve of probabilities p (K,), with Wilson's intervals of the observed shares.

    Expected error: Σ share of the cases × |observed − predicted| (Naeini, Cooper, Hauskrecht, AAAI 2015:2901); maximum
    error: the largest of the differences. With a `prevalence`, cases are weighted to it and the limits are moved as in
    `at_prevalence`. Raises StatisticsInputError for bad input, fewer than one bin and an unknown binning.
    """
    check_level(level)
    labels, values = checked_probabilities(truth, p)
    found = binned(labels, values, bins, binning, prevalence)
    gap = np.abs(found.observed - found.predicted)
    study = float(labels.mean())
    rows = tuple(
        _row(found, values, number, None if prevalence is None else (study, prevalence), level)
        for number in range(found.n.size)
    )
    method = (
        f"{bins} bins of {Binning(binning)}; {prevalence_text(prevalence)}; {WILSON}; expected calibration error "
        "(Naeini 2015) and maximum calibration error over these bins"
    )
    return ReliabilityCurve(rows, float(found.share @ gap), float(gap.max()), method, level)


def binned(
    truth: IntArray,
    p: FloatArray,
    bins: int,
    binning: Binning | str,
    prevalence: float | None,
) -> Bins:
    """The bins that hold cases, in rising order. Raises StatisticsInputError as `reliability_curve`."""
    numbers = _bin_numbers(p, bins, binning)
    _, place = np.unique(numbers, return_inverse=True)
    weight = case_weights(truth, prevalence)
    total = np.bincount(place, weight)
    return Bins(
        share=total / total.sum(),
        predicted=np.bincount(place, weight * p) / total,
        observed=np.bincount(place, weight * truth) / total,
        n=np.bincount(place),
        positives=np.bincount(place, truth).astype(np.int64),
        place=place,
    )


def _bin_numbers(p: FloatArray, bins: int, binning: Binning | str) -> IntArray:
    if bins < 1 or int(bins) != bins:
        raise StatisticsInputError(f"There must be at least one bin, a whole number, not {bins}.")
    try:
        chosen = Binning(binning)
    except ValueError as error:
        raise StatisticsInputError(
            f"The binning must be one of {', '.join(Binning)}, not {binning}."
        ) from error
    # Mid-ranks keep equal probabilities in one bin.
    share = p if chosen is Binning.EQUAL_WIDTH else rankdata(p) / p.size
    number = np.ceil(share * bins - _ON_EDGE).astype(np.int64) - 1
    return np.clip(number, 0, bins - 1)


def _row(
    found: Bins, p: FloatArray, number: int, shift: tuple[float, float] | None, level: float
) -> ReliabilityBin:
    inside = p[found.place == number]
    n, positives = int(found.n[number]), int(found.positives[number])
    interval = wilson(positives, n, level)
    limits = np.array([interval.low, interval.high], dtype=np.float64)
    if shift is not None:
        limits = at_prevalence(limits, study=shift[0], target=shift[1])
    return ReliabilityBin(
        smallest=float(inside.min()),
        largest=float(inside.max()),
        predicted=float(found.predicted[number]),
        observed=float(found.observed[number]),
        low=float(limits[0]),
        high=float(limits[1]),
        n=n,
        positives=positives,
    )
