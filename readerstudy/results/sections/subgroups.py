"""Subgroups of the cases (E7): readers and CNN in each, their difference, its interaction with the subgroup."""

from collections import Counter
from typing import Any

from readerstudy import stats
from readerstudy.results.sections.areas import (
    Areas,
    difference,
    mean_of_readers,
    mean_of_runs,
    rate_of_runs,
)
from readerstudy.results.sections.complete import complete_part
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.interaction import interactions, spreads
from readerstudy.results.sections.levels import Factor, factors
from readerstudy.results.sections.subgroup_areas import MEASURES, SMALLEST, Subgroup, subgroup
from readerstudy.results.table import ModelScores, ReadingTable
from readerstudy.stats import Estimate

_METHOD = (
    "Readers: mean over readers with readers and cases random (Obuchowski-Rockette with Hillis df; U-statistics where not "
    "every reader graded every case). CNN: mean over training runs, DeLong's interval (Wilson's for a rate where all runs decide alike), at "
    "each run's own threshold; its specificity at the readers' mean sensitivity over all cases is read off the subgroup's "
    "empirical curve by interpolation. CNN - readers: runs, readers and cases random (the runs fixed where not every reader graded every case). Interaction: each subgroup against the "
    "largest one, whose cases are others and whose readers are the same, p adjusted within a property of the cases by "
    "Holm. Nothing is adjusted for several properties."
)
_NO_THRESHOLD = "The CNN's card names no threshold."
_PATIENTS = (
    "{} cases show a patient of another case too: the intervals take all cases for independent."
)


def subgroups(table: ReadingTable) -> dict[str, Any]:
    """Every property of the cases with its levels. Raises NotComputableError where nothing divides the cases."""
    complete = complete_part(table)
    found = factors(complete)
    if not any(len(factor.levels) > 1 for factor in found):
        raise NotComputableError("Nothing is recorded of the cases that would divide them.")
    target = float(stats.reader_points(complete.truth, complete.decision).sensitivity.mean())
    return {
        "method": _METHOD,
        "estimands": ["E7"],
        "is_prespecified": table.plan.is_prespecified,
        "smallest": SMALLEST,
        "readers_sensitivity": target,
        "caution": _shared_patients(table),
        "models": [
            {"id": model.model_id, "name": model.name, "is_prespecified": model.prespecified}
            for model in table.models
        ],
        "factors": [_factor(complete, factor, target) for factor in found],
    }


def _factor(table: ReadingTable, factor: Factor, target: float) -> dict[str, Any]:
    subgroups = [subgroup(table, level) for level in factor.levels]
    level = 1 - table.plan.alpha
    rows = [_row(table, one, target, level) for one in subgroups]
    return {
        "factor": factor.name,
        "not_recorded": int(factor.is_missing.sum()),
        "further_levels": factor.further[0],
        "further_cases": factor.further[1],
        "levels": rows,
        "spread": spreads(rows),
        "interaction": interactions(subgroups, level),
    }


def _row(table: ReadingTable, part: Subgroup, target: float, level: float) -> dict[str, Any]:
    positives = int(part.truth.sum())
    models = zip(table.models, part.runs, strict=True)
    return {
        "level": part.level.name,
        "cases": int(part.truth.size),
        "positives": positives,
        "negatives": int(part.truth.size) - positives,
        "readers": {
            measure: mean_of_readers(part.readers[measure], level).as_dict()
            if measure in part.readers
            else _undefined(part.few[measure], level)
            for measure in MEASURES
        },
        "models": [_model(model, part, runs, target, level=level) for model, runs in models],
    }


def _model(
    model: ModelScores, part: Subgroup, runs: dict[str, Areas], target: float, *, level: float
) -> dict[str, Any]:
    found: dict[str, Any] = {"id": model.model_id, "difference": {}}
    for measure in MEASURES:
        if measure in runs:
            estimate = (mean_of_runs if measure == "auc" else rate_of_runs)(runs[measure], level)
            against = difference(runs[measure], part.readers[measure], level)
            found[measure], found["difference"][measure] = estimate.as_dict(), against.as_dict()
        else:
            none = _undefined(part.few.get(measure, _NO_THRESHOLD), level)
            found[measure] = found["difference"][measure] = none
    return {**found, "matched_specificity": _matched(model, part, target, level)}


def _matched(model: ModelScores, part: Subgroup, target: float, level: float) -> dict[str, Any]:
    """The specificity of the runs' curves at the readers' overall sensitivity: mean and range."""
    if "auc" in part.few:
        return _undefined(part.few["auc"], level)
    scores = model.values[:, part.level.cases]
    matched = stats.matched_over_runs(part.truth, scores, target, of="specificity")
    spread = matched.spread
    return {
        "value": spread.mean,
        "low": spread.low,
        "high": spread.high,
        "n": spread.n,
        "reason": None,
    }


def _undefined(reason: str, level: float) -> dict[str, Any]:
    return Estimate.undefined(reason, "", level=level).as_dict()


def _shared_patients(table: ReadingTable) -> str | None:
    patients = Counter(case.patient for case in table.cases if case.patient is not None)
    shared = sum(count for count in patients.values() if count > 1)
    return _PATIENTS.format(shared) if shared else None
