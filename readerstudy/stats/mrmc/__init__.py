"""Multi-reader multi-case analysis."""

from readerstudy.stats.mrmc.dbm import (
    PseudovalueAnalysis,
    PseudovalueComponents,
    dorfman_berbaum_metz,
)
from readerstudy.stats.mrmc.estimation import figure_covariance
from readerstudy.stats.mrmc.obuchowski_rockette import obuchowski_rockette
from readerstudy.stats.mrmc.results import (
    Components,
    Difference,
    ModalityMean,
    ModelTest,
    MrmcAnalysis,
    ReaderDifference,
    ReadingValue,
)

__all__ = [
    "Components",
    "Difference",
    "ModalityMean",
    "ModelTest",
    "MrmcAnalysis",
    "PseudovalueAnalysis",
    "PseudovalueComponents",
    "ReaderDifference",
    "ReadingValue",
    "dorfman_berbaum_metz",
    "figure_covariance",
    "obuchowski_rockette",
]
