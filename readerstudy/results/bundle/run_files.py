"""Models and their scores out of model_runs.json and scores.csv."""

from typing import Any

import numpy as np

from readerstudy.results.bundle.cells import Records
from readerstudy.results.bundle.faults import BundleFaultsError, Faults
from readerstudy.results.table import ModelScores

_FILE = "model_runs.json"
_OF_MODEL: dict[str, type] = {"id": str, "name": str, "prespecified": bool, "runs": list}
_OF_RUN: dict[str, type] = {"label": str, "code": str, "artefact_sha256": str}


def read_models(found: Any, scores: Records, cases: list[str]) -> tuple[ModelScores, ...]:
    """The models with the scores (R, K) of their runs. Raises BundleFaultsError for a run without a score of each case."""
    models = _checked(found)
    values = _values(scores, models, cases)
    return tuple(
        ModelScores(
            model_id=model["id"],
            name=model["name"],
            run_labels=tuple(run["label"] for run in model["runs"]),
            values=np.array([values[model["id"], run["label"]] for run in model["runs"]]),
            artefact_sha256=tuple(run["artefact_sha256"] for run in model["runs"]),
            prespecified=model["prespecified"],
            thresholds=tuple(run.get("threshold") for run in model["runs"]),
        )
        for model in models
    )


def _checked(found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list):
        raise BundleFaultsError([f"{_FILE} must hold a list of models."])
    faults = []
    for place, model in enumerate(found):
        faults += _kind_faults(model, _OF_MODEL, f"[{place}]")
        runs = model.get("runs") if isinstance(model, dict) else None
        for number, run in enumerate(runs if isinstance(runs, list) else ()):
            faults += _kind_faults(run, _OF_RUN, f"[{place}].runs[{number}]")
        if runs == []:
            faults.append(f"{_FILE}: [{place}] has no run.")
    if faults:
        raise BundleFaultsError(faults[:20])
    return found


def _kind_faults(found: Any, expected: dict[str, type], where: str) -> list[str]:
    if not isinstance(found, dict):
        return [f"{_FILE}: {where} must be an object."]
    wrong = [name for name, kind in expected.items() if not isinstance(found.get(name), kind)]
    return [f"{_FILE}: {where}.{name} is missing or of another kind." for name in wrong]


def _values(
    scores: Records, models: list[dict[str, Any]], cases: list[str]
) -> dict[tuple[str, str], list[float]]:
    codes = {(model["id"], run["label"]): run["code"] for model in models for run in model["runs"]}
    column = {case: place for place, case in enumerate(cases)}
    values: dict[tuple[str, str], list[float]] = {key: [float("nan")] * len(cases) for key in codes}
    faults = Faults(scores.file)
    for number, row in scores.dicts():
        key = row["model"], row["run"]
        if codes.get(key) != row["code"]:
            faults.add(f"{_FILE} has no such run with this code.", row=number, column="code")
        elif row["case"] not in column:
            faults.add(
                f"there is no case {row['case'][:60]} in cases.csv.", row=number, column="case"
            )
        elif values[key][column[row["case"]]] == values[key][column[row["case"]]]:
            faults.add("the run has a score for this case already.", row=number, column="case")
        else:
            values[key][column[row["case"]]] = row["score"]
    for (model, label), row_values in values.items():
        if np.isnan(row_values).any():
            faults.add(f"run {label} of model {model} lacks the score of a case.")
    faults.check()
    return values
