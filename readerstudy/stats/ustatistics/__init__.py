"""Multi-reader multi-case analysis by U-statistics, for studies of any design."""

from readerstudy.stats.ustatistics.analysis import u_statistics
from readerstudy.stats.ustatistics.codes import coded
from readerstudy.stats.ustatistics.counts import ScoreSums, score_sums
from readerstudy.stats.ustatistics.degrees import UnpairedRule
from readerstudy.stats.ustatistics.inference import Distribution
from readerstudy.stats.ustatistics.pairs import reader_covariances, unbiased_matrix
from readerstudy.stats.ustatistics.rates import (
    u_statistics_of_sensitivity,
    u_statistics_of_specificity,
)
from readerstudy.stats.ustatistics.result import (
    Decomposition,
    DifferenceUStatistic,
    ModalityUStatistic,
    UStatistics,
)
from readerstudy.stats.ustatistics.sums import PairProducts, pair_products

__all__ = [
    "Decomposition",
    "DifferenceUStatistic",
    "Distribution",
    "ModalityUStatistic",
    "PairProducts",
    "ScoreSums",
    "UStatistics",
    "UnpairedRule",
    "coded",
    "pair_products",
    "reader_covariances",
    "score_sums",
    "u_statistics",
    "u_statistics_of_sensitivity",
    "u_statistics_of_specificity",
    "unbiased_matrix",
]
