"""The AUC of readers combined with the CNN by a fixed rule on the scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.combinations.effect import Effect, effect, stated
from readerstudy.stats.combinations.rules import ScoreRule, combined_scores, score_rule
from readerstudy.stats.crowd.names import reader_names
from readerstudy.stats.delong import auc_interval, paired_tests, structural_components
from readerstudy.stats.inputs import check_level, checked_readings
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate
from readerstudy.stats.roc import SAME_RATE, checked_reading

AUC = "Mean AUC over readers, combined by the {}; DeLong covariance, ranks taken as fixed"


@dataclass(frozen=True)
class ReaderAuc(Rendered):
    """One reader's AUC alone and combined with the CNN, and combined − alone by the paired DeLong test."""

    reader: str
    alone: float
    combined: float
    gain: Estimate


@dataclass(frozen=True)
class ScoreCombination(Rendered):
    """AUC of the CNN alone, the means over readers alone and combined, and every reader; `improved` counts gains."""

    rule: str
    cnn: Estimate
    auc: Effect
    readers: tuple[ReaderAuc, ...]
    improved: int


def combine_scores(
    truth: ArrayLike,
    scores: ArrayLike,
    cnn: ArrayLike,
    rule: ScoreRule | str,
    *,
    prespecified: bool = False,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> ScoreCombination:
    """J readers' scores (J, K) alone and combined with the CNN's (K,) by a fixed rule: AUCs and their differences.

    Readers and cases are random (Hillis, Stat Med 2007;26:596) with DeLong's covariance of the AUCs; unless
    `prespecified`, the methods say that the comparison is exploratory. Raises StatisticsInputError for missing scores, a
    missing class, an unknown rule, and numbers of cases or names that do not fit.
    """
    check_level(level)
    labels, readers = checked_readings(truth, scores)
    algorithm = checked_reading(labels, cnn)[1]
    known, chosen = reader_names(names, readers.shape[0]), score_rule(rule)
    combined = combined_scores(readers, algorithm, chosen)
    method = stated(AUC.format(f"{chosen} of both"), prespecified=prespecified)
    tables = [structural_components(labels, rows) for rows in (readers, combined, algorithm)]
    tests = paired_tests(labels, combined, readers, level)
    aucs = [table[0].mean(axis=1).tolist() for table in tables[:2]]
    rows = tuple(ReaderAuc(*row) for row in zip(known, *aucs, tests, strict=True))
    return ScoreCombination(
        chosen.value,
        auc_interval(labels, algorithm, level),
        effect(*tables, method=method, level=level),
        rows,
        int((np.subtract(aucs[1], aucs[0]) > SAME_RATE).sum()),
    )
