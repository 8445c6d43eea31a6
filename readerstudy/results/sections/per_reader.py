"""E5 and E15: what each reader's decisions are worth, and the CNN at its threshold against each of them."""

from copy import deepcopy
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.differences import Decisions
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.fixed_threshold import MAJORITY, vote_of
from readerstudy.results.sections.measures import measures_of, methods_of
from readerstudy.results.sections.planned import named, panel_of
from readerstudy.results.sections.thresholds import called, known_runs
from readerstudy.results.table import MISSING, ModelScores, ReadingTable
from readerstudy.stats.mcnemar import PairedCounts

METHOD = (
    "Each reader is taken as fixed and the cases as random; nothing here speaks of other readers. AUC: DeLong. Rates: "
    "Wilson. The CNN at the threshold of its card against each reader, sensitivities on the malignant and specificities "
    "on the benign cases that the reader graded: McNemar's exact test, difference with Newcombe's interval (1998, method "
    "10), p values adjusted after Holm over the readers, for each training run and rate alone. Descriptive."
)
NO_PREVALENCE = (
    "No target prevalence was planned: predictive values, accuracy and the number needed to biopsy are those at the "
    "prevalence of the study, whose cases were chosen by their truth, and hold for no other population."
)
AT_TARGET = "Predictive values at the prevalence of the study alone hold for no other population; those at the target prevalence are Bayes' theorem."
_SIDES = {"sensitivity": 1, "specificity": 0}


def per_reader(table: ReadingTable) -> dict[str, Any]:
    """Every complete reader's measures, and McNemar's tests of every run that has a threshold.

    Raises NotComputableError where no reader is complete.
    """
    panel = panel_of(table)
    prevalence = panel.plan.prevalence
    return {
        "method": METHOD,
        "estimands": ["E5", "E15"],
        "methods": methods_of(prevalence),
        "study_prevalence": float(panel.truth.mean()),
        "target_prevalence": prevalence,
        "prevalence_source": panel.plan.prevalence_source,
        "caution": NO_PREVALENCE if prevalence is None else AT_TARGET,
        "readers": _readers(panel),
        "majority_rule": MAJORITY,
        "models": [_model(panel, model) for model in panel.models],
    }


def _readers(panel: ReadingTable) -> list[dict[str, Any]]:
    """Their areas are in the readers' part of the analysis."""
    points = stats.reader_points(panel.truth, panel.decision)
    counts = np.stack([points.tp, points.fn, points.tn, points.fp], axis=1).tolist()
    return [
        {
            "code": reader.code,
            "group": reader.group,
            **dict(zip(("tp", "fn", "tn", "fp"), row, strict=True)),
            # A copy: what is kept must not change with a document.
            "measures": deepcopy(_measures(stats.ConfusionTable(*row), panel.plan.prevalence)),
        }
        for reader, row in zip(panel.readers, counts, strict=True)
    ]


# Many readers stand on the same spot of the lattice of counts.
@lru_cache(maxsize=4096)
def _measures(table: stats.ConfusionTable, prevalence: float | None) -> dict[str, Any]:
    return measures_of(table, prevalence)


def _model(panel: ReadingTable, model: ModelScores) -> dict[str, Any]:
    try:
        runs = known_runs(model)
    except NotComputableError as error:
        return {"model": model.name, "reason": str(error)}
    rows = zip(runs, called(model, runs), strict=True)
    found = [{"label": model.run_labels[run], **_tests(panel, decided)} for run, decided in rows]
    return {**named(model), "runs": found}


def _tests(panel: ReadingTable, decided: Decisions) -> dict[str, Any]:
    """By rate: the tests against every reader as columns in the readers' order, and that against the majority vote."""
    everybody = np.vstack([panel.decision, vote_of(panel.decision)])
    found = {}
    for rate in _SIDES:
        *readers, majority = (
            _mcnemar(counts) for counts in _paired(panel.truth, decided, everybody, rate)
        )
        found[rate] = {"readers": _columns(readers), "majority": dict(majority)}
    return found


def _columns(tests: list[dict[str, Any]]) -> dict[str, Any]:
    adjusted = stats.holm([test["p"] for test in tests])
    columns = {name: [test[name] for test in tests] for name in tests[0]}
    return {**columns, "p_holm": list(adjusted.adjusted), "hypotheses": adjusted.n}


def _paired(
    truth: NDArray[np.int64], cnn: Decisions, others: Decisions, rate: str
) -> list[PairedCounts]:
    """Of each of J others (J, K): cases of the rate's class by who was right, n10 the CNN alone."""
    label = _SIDES[rate]
    of_class = truth == label
    own, right, graded = cnn[of_class] == label, others[:, of_class] == label, others[:, of_class] != MISSING  # fmt: skip
    cells = (own & right, own & ~right & graded, ~own & right, ~own & ~right & graded, ~graded)
    columns = [cell.sum(axis=1).tolist() for cell in cells]
    return [PairedCounts(*row) for row in zip(*columns, strict=True)]


@lru_cache(maxsize=65536)
def _mcnemar(counts: PairedCounts) -> dict[str, Any]:
    found = stats.mcnemar_test(counts)
    difference = found.difference
    return {
        "cnn_alone": counts.n10,
        "reader_alone": counts.n01,
        "n": counts.n,
        "difference": difference.value,
        "low": difference.low,
        "high": difference.high,
        "p": found.p_exact,
        "reason": found.reason,
    }
