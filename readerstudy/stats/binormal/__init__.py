"""Binormal ROC curves of one reading: conventional and proper, by maximum likelihood."""

from readerstudy.stats.binormal.categories import Categories, truth_state_runs
from readerstudy.stats.binormal.curve import binormal_auc, proper_binormal_auc
from readerstudy.stats.binormal.fit import fit_binormal, fit_proper_binormal
from readerstudy.stats.binormal.result import BinormalFit

__all__ = [
    "BinormalFit",
    "Categories",
    "binormal_auc",
    "fit_binormal",
    "fit_proper_binormal",
    "proper_binormal_auc",
    "truth_state_runs",
]
