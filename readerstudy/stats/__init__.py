"""Statistics of reader studies: pure NumPy and SciPy, no Django, usable from a notebook and from the command line.

Single readings and the multi-reader analyses are here; further subjects are packages of their own: `design` (power, sample
size, simulation), `agreement`, `calibration`, `net_benefit`, `crowd`, `combinations`, `binormal`, `files`.
"""

from readerstudy.stats import (
    against,
    agreement,
    binormal,
    calibration,
    combinations,
    crowd,
    design,
    figures,
    files,
    mrmc,
    net_benefit,
)
from readerstudy.stats.against import (
    algorithm_as_second_modality,
    at_group_mean,
    at_readers_points,
    claim,
    claim_on_both,
    matched_against_readers,
    rate_against_readers,
    runs_against_readers,
    spread_of_runs_and_readers,
)
from readerstudy.stats.auc_intervals import hanley_mcneil_interval, logit_auc_interval
from readerstudy.stats.comparison import (
    COMPARISON_RULE,
    ReaderComparison,
    compare_runs_with_readers,
    compare_with_readers,
)
from readerstudy.stats.confusion import ConfusionTable, confusion_table
from readerstudy.stats.correlation import least_squares, spearman
from readerstudy.stats.covariance import AucCovariance, CovarianceEstimator
from readerstudy.stats.delong import (
    auc_interval,
    delong_covariance,
    paired_test,
    paired_tests,
    structural_components,
)
from readerstudy.stats.figures import (
    FigureOfMerit,
    PartialAuc,
    Sensitivity,
    SensitivityAt,
    Specificity,
    SpecificityAt,
)
from readerstudy.stats.files import (
    FileProblems,
    LoadedReadings,
    load,
    load_text,
    save_long_csv,
    to_imrmc,
)
from readerstudy.stats.further_proportions import agresti_coull, jeffreys
from readerstudy.stats.hillis import ReaderMean, mean_over_random_readers
from readerstudy.stats.inputs import MISSING
from readerstudy.stats.jackknife import jackknife_aucs, jackknife_covariance
from readerstudy.stats.logit import logit_limits, mean_on_logit_scale
from readerstudy.stats.mcnemar import cochran_q, mcnemar_test, paired_counts, paired_difference
from readerstudy.stats.mrmc import (
    MrmcAnalysis,
    PseudovalueAnalysis,
    dorfman_berbaum_metz,
    obuchowski_rockette,
)
from readerstudy.stats.multiplicity import hochberg, holm
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
from readerstudy.stats.partial import partial_auc
from readerstudy.stats.predictive import predictive_values, table_measures
from readerstudy.stats.proportions import clopper_pearson, wilson
from readerstudy.stats.rate_intervals import (
    sensitivity_at_specificity_interval,
    specificity_at_sensitivity_interval,
)
from readerstudy.stats.readings import Design, Readings, fully_crossed, readings_from_columns
from readerstudy.stats.result import Estimate, Spread, StatisticsInputError
from readerstudy.stats.roc import AverageCurve, RocCurve, auc, average_curve, empirical_roc, tpf_at
from readerstudy.stats.standalone import (
    Standalone,
    algorithm_against_readers,
    algorithm_against_readers_of_fixed_cases,
    algorithms_against_readers,
)
from readerstudy.stats.summary import (
    mean_and_range,
    random_reader_random_case_interval,
    t_interval_of_mean,
)
from readerstudy.stats.unbiased import unbiased_covariance
from readerstudy.stats.unpaired import unpaired_test
from readerstudy.stats.ustatistics import (
    UStatistics,
    u_statistics,
    u_statistics_of_sensitivity,
    u_statistics_of_specificity,
)

__all__ = [
    "COMPARISON_RULE",
    "MISSING",
    "AucCovariance",
    "AverageCurve",
    "ConfusionTable",
    "CovarianceEstimator",
    "Design",
    "Estimate",
    "FigureOfMerit",
    "FileProblems",
    "LoadedReadings",
    "Matched",
    "MatchingRule",
    "MrmcAnalysis",
    "PartialAuc",
    "PseudovalueAnalysis",
    "ReaderComparison",
    "ReaderMean",
    "ReaderPoints",
    "Readings",
    "RocCurve",
    "Sensitivity",
    "SensitivityAt",
    "Specificity",
    "SpecificityAt",
    "Spread",
    "Standalone",
    "StatisticsInputError",
    "UStatistics",
    "against",
    "agreement",
    "agresti_coull",
    "algorithm_against_readers",
    "algorithm_against_readers_of_fixed_cases",
    "algorithm_as_second_modality",
    "algorithms_against_readers",
    "at_group_mean",
    "at_readers_points",
    "auc",
    "auc_interval",
    "average_curve",
    "binormal",
    "calibration",
    "claim",
    "claim_on_both",
    "clopper_pearson",
    "cochran_q",
    "combinations",
    "compare_runs_with_readers",
    "compare_with_readers",
    "confusion_table",
    "crowd",
    "delong_covariance",
    "design",
    "dorfman_berbaum_metz",
    "empirical_roc",
    "figures",
    "files",
    "fully_crossed",
    "hanley_mcneil_interval",
    "hochberg",
    "holm",
    "jackknife_aucs",
    "jackknife_covariance",
    "jeffreys",
    "least_squares",
    "load",
    "load_text",
    "logit_auc_interval",
    "logit_limits",
    "matched_against_readers",
    "matched_over_runs",
    "matching_rule",
    "mcnemar_test",
    "mean_and_range",
    "mean_on_logit_scale",
    "mean_over_random_readers",
    "mrmc",
    "net_benefit",
    "obuchowski_rockette",
    "paired_counts",
    "paired_difference",
    "paired_test",
    "paired_tests",
    "partial_auc",
    "predictive_values",
    "random_reader_random_case_interval",
    "rate_against_readers",
    "reader_points",
    "readings_from_columns",
    "runs_against_readers",
    "save_long_csv",
    "sensitivity_at_specificity",
    "sensitivity_at_specificity_interval",
    "spearman",
    "specificity_at_sensitivity",
    "specificity_at_sensitivity_interval",
    "spread_of_runs_and_readers",
    "structural_components",
    "t_interval_of_mean",
    "table_measures",
    "to_imrmc",
    "tpf_at",
    "u_statistics",
    "u_statistics_of_sensitivity",
    "u_statistics_of_specificity",
    "unbiased_covariance",
    "unpaired_test",
    "wilson",
]
