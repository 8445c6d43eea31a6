"""Calibration (E10): of each training run's scores as probabilities, and of the readers' confidence."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.panel import (
    Panel,
    Part,
    panel_of,
    part_or_reason,
    short,
    spread,
)
from readerstudy.results.sections.reader_calibration import bins_of, of_readers
from readerstudy.results.table import ModelScores, ReadingTable
from readerstudy.stats.calibration import (
    Calibration,
    at_prevalence,
    reliability_curve,
)
from readerstudy.stats.calibration import (
    calibration as calibration_of,
)

METHOD = (
    "Ten bins of equal width with Wilson's intervals of the observed shares; expected and maximum calibration error over "
    "these bins (Naeini 2015); Brier score (1950); calibration in the large, slope and intercept by logistic regression "
    "on the logit (Cox 1958), probabilities of 0 and 1 held off by 1e-6. At the target prevalence the cases are weighted "
    "to it and covariances are sandwich estimates within the classes; 'as given' judges the scores as they are, 'moved' "
    "after their logits were moved from the study's share of malignant cases to the target (Saerens 2002). Means and "
    "ranges are over training runs; the pooled curve takes the cases of all runs together and has no interval, since the "
    "runs share their cases."
)
_CLIP = 1e-6
_MEASURES = ("brier", "expected_error", "slope", "intercept", "in_the_large")
_NO_ESTIMATE = "No training run has a finite estimate."


def calibration(table: ReadingTable) -> Part:
    """Every model's calibration, and the readers'."""
    panel = panel_of(table)
    return {
        "estimands": ["E10"],
        "method": METHOD,
        "level": panel.level,
        "study_prevalence": float(panel.truth.mean()),
        "target_prevalence": table.plan.prevalence,
        "target_source": table.plan.prevalence_source,
        "models": [
            {"model": model.name, **part_or_reason(partial(_of_model, panel, model))}
            for model in table.models
        ],
        "readers": part_or_reason(partial(of_readers, panel)),
    }


def _of_model(panel: Panel, model: ModelScores) -> Part:
    """One entry per way of judging: in the study, and, with a target prevalence, as given and moved."""
    target = panel.table.plan.prevalence
    found = {"study": _judged(panel, model, model.values, None)}
    if target is not None:
        moved = at_prevalence(model.values, study=float(panel.truth.mean()), target=target)
        found["target"] = _judged(panel, model, model.values, target)
        found["moved"] = _judged(panel, model, moved, target)
    return {"judged": found}


def _judged(
    panel: Panel, model: ModelScores, values: NDArray[np.float64], prevalence: float | None
) -> Part:
    runs = [
        calibration_of(panel.truth, row, prevalence=prevalence, clip=_CLIP, level=panel.level)
        for row in values
    ]
    rows = [_run(label, run) for label, run in zip(model.run_labels, runs, strict=True)]
    pooled = reliability_curve(
        np.tile(panel.truth, values.shape[0]), values.ravel(), prevalence=prevalence
    )
    return {
        "runs": rows,
        "mean": {
            name: spread([_value(row[name]) for row in rows], _NO_ESTIMATE) for name in _MEASURES
        },
        "pooled": [
            {"predicted": one.predicted, "observed": one.observed, "n": one.n}
            for one in pooled.bins
        ],
    }


def _run(label: str, run: Calibration) -> Part:
    line = run.recalibration
    return {
        "label": label,
        "brier": short(run.brier),
        "skill": run.skill,
        "expected_error": run.curve.expected_error,
        "maximum_error": run.curve.maximum_error,
        "slope": short(line.slope),
        "intercept": short(line.intercept),
        "in_the_large": short(line.in_the_large),
        "held_off": line.moved,
        "bins": bins_of(run.curve),
    }


def _value(found: Part | float) -> float | None:
    return found["value"] if isinstance(found, dict) else found
