"""Whether training the CNN again changes its AUC as much as another reader changes the readers'."""

from typing import Any

from readerstudy import stats
from readerstudy.results.sections.differences import of_common_cases
from readerstudy.results.sections.planned import level_of, named, panel_with_models
from readerstudy.results.table import ModelScores, ReadingTable

METHOD = (
    "Variance of the readers' AUCs over that of the training runs' AUCs on the same cases, F, two-sided; variances "
    "between runs and between readers without the part of the cases (DeLong covariance; Obuchowski and Rockette 1995), "
    "not clipped: below zero means that the cases alone explain the differences."
)


def spread(table: ReadingTable) -> dict[str, Any]:
    """The ratio of the variances, of each model.

    Raises NotComputableError where no model has scores, or no case of a class was graded by all.
    """
    panel = of_common_cases(panel_with_models(table))
    return {
        "method": METHOD,
        "estimands": ["E1"],
        "level": level_of(table),
        "n_cases": int(panel.truth.size),
        "models": [_model(panel, model) for model in panel.models],
    }


def _model(panel: ReadingTable, model: ModelScores) -> dict[str, Any]:
    found = stats.spread_of_runs_and_readers(
        panel.truth, model.values, panel.rating, level_of(panel)
    )
    deviations = {
        f"sd_{who}": None if variance is None else variance**0.5
        for who, variance in (("runs", found.ms_runs), ("readers", found.ms_readers))
    }
    return {**named(model), "runs": len(model.run_labels), **deviations, **found.as_dict()}
