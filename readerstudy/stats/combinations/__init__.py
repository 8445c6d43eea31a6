"""Readers combined with the CNN by fixed rules; nothing is learned from the cases of the study."""

from readerstudy.stats.combinations.decisions import (
    DecisionCombination,
    ReaderRates,
    combine_decisions,
)
from readerstudy.stats.combinations.effect import Effect
from readerstudy.stats.combinations.rules import (
    DecisionRule,
    ScoreRule,
    combined_decisions,
    combined_scores,
)
from readerstudy.stats.combinations.scores import ReaderAuc, ScoreCombination, combine_scores

__all__ = [
    "DecisionCombination",
    "DecisionRule",
    "Effect",
    "ReaderAuc",
    "ReaderRates",
    "ScoreCombination",
    "ScoreRule",
    "combine_decisions",
    "combine_scores",
    "combined_decisions",
    "combined_scores",
]
