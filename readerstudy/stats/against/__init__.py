"""A standalone algorithm against readers: other rates than the AUC, matched operating points, several runs, hypotheses."""

from readerstudy.stats.against.group_mean import GroupMeanComparison, at_group_mean
from readerstudy.stats.against.hypotheses import (
    Claim,
    JointClaim,
    claim,
    claim_on_both,
)
from readerstudy.stats.against.matched import (
    AtReadersPoints,
    MatchedComparison,
    at_readers_points,
    matched_against_readers,
)
from readerstudy.stats.against.rates import rate_against_readers
from readerstudy.stats.against.runs import (
    RunsComparison,
    SpreadComparison,
    runs_against_readers,
    spread_of_runs_and_readers,
)
from readerstudy.stats.against.two_treatments import algorithm_as_second_modality

__all__ = [
    "AtReadersPoints",
    "Claim",
    "GroupMeanComparison",
    "JointClaim",
    "MatchedComparison",
    "RunsComparison",
    "SpreadComparison",
    "algorithm_as_second_modality",
    "at_group_mean",
    "at_readers_points",
    "claim",
    "claim_on_both",
    "matched_against_readers",
    "rate_against_readers",
    "runs_against_readers",
    "spread_of_runs_and_readers",
]
