"""Statistics of reader studies: pure NumPy and SciPy, no Django, usable from a notebook."""

from readerstudy.stats.delong import auc_interval, delong_covariance, structural_components
from readerstudy.stats.operating_points import (
    Matched,
    MatchingRule,
    ReaderComparison,
    ReaderPoints,
    compare_with_readers,
    matched_over_runs,
    reader_points,
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from readerstudy.stats.panel import random_reader_random_case_interval
from readerstudy.stats.result import Estimate, Spread, StatisticsInputError, mean_and_range
from readerstudy.stats.roc import AverageCurve, RocCurve, auc, average_curve, empirical_roc, tpf_at
from readerstudy.stats.standalone import Standalone, algorithm_against_readers

__all__ = [
    "AverageCurve",
    "Estimate",
    "Matched",
    "MatchingRule",
    "ReaderComparison",
    "ReaderPoints",
    "RocCurve",
    "Spread",
    "Standalone",
    "StatisticsInputError",
    "algorithm_against_readers",
    "auc",
    "auc_interval",
    "average_curve",
    "compare_with_readers",
    "delong_covariance",
    "empirical_roc",
    "matched_over_runs",
    "mean_and_range",
    "random_reader_random_case_interval",
    "reader_points",
    "sensitivity_at_specificity",
    "specificity_at_sensitivity",
    "structural_components",
    "tpf_at",
]
