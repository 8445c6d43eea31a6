"""Calibration: whether predicted probabilities are the shares of positive cases that come true."""

from readerstudy.stats.calibration.brier import (
    Decomposition,
    brier_decomposition,
    brier_score,
    brier_skill,
    spiegelhalter_test,
)
from readerstudy.stats.calibration.probabilities import at_prevalence
from readerstudy.stats.calibration.recalibration import Recalibration, recalibration
from readerstudy.stats.calibration.reliability import (
    Binning,
    ReliabilityBin,
    ReliabilityCurve,
    reliability_curve,
)
from readerstudy.stats.calibration.report import Calibration, calibration

__all__ = [
    "Binning",
    "Calibration",
    "Decomposition",
    "Recalibration",
    "ReliabilityBin",
    "ReliabilityCurve",
    "at_prevalence",
    "brier_decomposition",
    "brier_score",
    "brier_skill",
    "calibration",
    "recalibration",
    "reliability_curve",
    "spiegelhalter_test",
]
