"""The decisions of a model's runs at the thresholds that their own cards name."""

import numpy as np

from readerstudy.results.sections.differences import Decisions
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.table import ModelScores

NO_THRESHOLD = "The card of no training run names a threshold, so that the CNN decides nothing."
SOME_THRESHOLDS = (
    "Only {known} of {runs} training runs name a threshold: there is no mean over all runs."
)


def known_runs(model: ModelScores) -> list[int]:
    """The places of the runs that have a threshold. Raises NotComputableError where none has."""
    found = [run for run, value in enumerate(model.thresholds) if value is not None]
    if not found:
        raise NotComputableError(NO_THRESHOLD)
    return found


def called(model: ModelScores, runs: list[int]) -> Decisions:
    """Decisions (len(runs), K): 1 from a run's threshold on, 0 below it."""
    limits = np.array([model.thresholds[run] for run in runs], dtype=np.float64)
    return (model.values[runs] >= limits[:, np.newaxis]).astype(np.int8)
