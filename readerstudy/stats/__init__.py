"""Statistics of reader studies: pure NumPy and SciPy, no Django, usable from a notebook."""

from readerstudy.stats.comparison import (
    COMPARISON_RULE,
    ReaderComparison,
    compare_runs_with_readers,
    compare_with_readers,
)
from readerstudy.stats.confusion import ConfusionTable, confusion_table
from readerstudy.stats.covariance import AucCovariance, CovarianceEstimator
from readerstudy.stats.delong import (
    auc_interval,
    delong_covariance,
    paired_test,
    structural_components,
)
from readerstudy.stats.hillis import ReaderMean, mean_over_random_readers
from readerstudy.stats.inputs import MISSING
from readerstudy.stats.jackknife import jackknife_aucs, jackknife_covariance
from readerstudy.stats.operating_points import (
    Matched,
    MatchingRule,
    ReaderPoints,
    matched_over_runs,
    matching_rule,
    reader_points,
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from readerstudy.stats.proportions import clopper_pearson, wilson
from readerstudy.stats.result import Estimate, Spread, StatisticsInputError
from readerstudy.stats.roc import AverageCurve, RocCurve, auc, average_curve, empirical_roc, tpf_at
from readerstudy.stats.standalone import Standalone, algorithm_against_readers
from readerstudy.stats.summary import (
    mean_and_range,
    random_reader_random_case_interval,
    t_interval_of_mean,
)

__all__ = [
    "COMPARISON_RULE",
    "MISSING",
    "AucCovariance",
    "AverageCurve",
    "ConfusionTable",
    "CovarianceEstimator",
    "Estimate",
    "Matched",
    "MatchingRule",
    "ReaderComparison",
    "ReaderMean",
    "ReaderPoints",
    "RocCurve",
    "Spread",
    "Standalone",
    "StatisticsInputError",
    "algorithm_against_readers",
    "auc",
    "auc_interval",
    "average_curve",
    "clopper_pearson",
    "compare_runs_with_readers",
    "compare_with_readers",
    "confusion_table",
    "delong_covariance",
    "empirical_roc",
    "jackknife_aucs",
    "jackknife_covariance",
    "matched_over_runs",
    "matching_rule",
    "mean_and_range",
    "mean_over_random_readers",
    "paired_test",
    "random_reader_random_case_interval",
    "reader_points",
    "sensitivity_at_specificity",
    "specificity_at_sensitivity",
    "structural_components",
    "t_interval_of_mean",
    "tpf_at",
    "wilson",
]
