"""Agreement between readers, and of readers with themselves."""

from readerstudy.stats.agreement.cohen import cohen_kappa, light_kappa, pairwise_kappa
from readerstudy.stats.agreement.icc import (
    IccForm,
    IntraclassCorrelation,
    intraclass_correlation,
)
from readerstudy.stats.agreement.intra import IntraReader, intra_reader
from readerstudy.stats.agreement.krippendorff import Scale, krippendorff_alpha
from readerstudy.stats.agreement.panel import (
    brennan_prediger,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    percent_agreement,
)
from readerstudy.stats.agreement.ratings import Agreement, Weights

__all__ = [
    "Agreement",
    "IccForm",
    "IntraReader",
    "IntraclassCorrelation",
    "Scale",
    "Weights",
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "fleiss_kappa",
    "gwet_ac",
    "intra_reader",
    "intraclass_correlation",
    "krippendorff_alpha",
    "light_kappa",
    "pairwise_kappa",
    "percent_agreement",
]
