"""Everything on the calibration of one set of probabilities."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from readerstudy.stats.calibration.brier import (
    SPIEGELHALTER,
    Decomposition,
    brier_decomposition,
    brier_score,
    brier_skill,
    spiegelhalter_test,
)
from readerstudy.stats.calibration.recalibration import Recalibration, recalibration
from readerstudy.stats.calibration.reliability import Binning, ReliabilityCurve, reliability_curve
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate

_UNWEIGHTED = "Spiegelhalter's test judges the cases as they were drawn; it is not defined at another prevalence."  # fmt: skip


@dataclass(frozen=True)
class Calibration(Rendered):
    """Brier score with its parts, reliability curve, calibration intercept and slope, Spiegelhalter's test.

    `prevalence` is the share of positive cases to which all parts belong; None is the study's own.
    """

    brier: Estimate
    skill: float
    decomposition: Decomposition
    curve: ReliabilityCurve
    recalibration: Recalibration
    spiegelhalter: Estimate
    prevalence: float | None = None


def calibration(
    truth: ArrayLike,
    p: ArrayLike,
    *,
    bins: int = 10,
    binning: Binning | str = Binning.EQUAL_WIDTH,
    prevalence: float | None = None,
    clip: float | None = None,
    level: float = 0.95,
) -> Calibration:
    """The calibration of probabilities p (K,) against truth (K,), at the study's or another `prevalence`.

    A `prevalence` weights the cases; p is judged as it is. Probabilities learned at the study's prevalence are moved
    first, by `at_prevalence`. Raises StatisticsInputError as `recalibration` and `reliability_curve`.
    """
    test = (
        spiegelhalter_test(truth, p, level)
        if prevalence is None
        else Estimate.undefined(_UNWEIGHTED, SPIEGELHALTER, level=level)
    )
    return Calibration(
        brier=brier_score(truth, p, prevalence=prevalence, level=level),
        skill=brier_skill(truth, p, prevalence=prevalence),
        decomposition=brier_decomposition(
            truth, p, bins=bins, binning=binning, prevalence=prevalence
        ),
        curve=reliability_curve(
            truth, p, bins=bins, binning=binning, prevalence=prevalence, level=level
        ),
        recalibration=recalibration(truth, p, prevalence=prevalence, clip=clip, level=level),
        spiegelhalter=test,
        prevalence=prevalence,
    )
