"""Ensembles: one score per case from the finished runs of several artefacts over the same study.

An ensemble is a model of one study whose artefact is its recipe: the rule, and the hashes of its members. Its run
can be computed again at any time from the scores of the members, which are appended and never changed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.case_values import case_ids_of, values_of
from inference.choices import EnsembleRule, ModelKind, RunState
from inference.derived import (
    CaseScore,
    check_belongs,
    store_artefact,
    store_model,
    store_run,
    stored_file,
)
from inference.models import Artefact, Model, ModelRun
from inference.permissions import check_may_run
from readerstudy.accounts.models import User
from readerstudy.core.canonical import canonical_json, sha256_of
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.images.models import Image
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study

SPEC = "rs-ensemble/1"
FEWEST = 2
_CLOSED_TO_NEW = (StudyState.DRAFT, StudyState.ARCHIVED)


def make_ensemble(
    *,
    actor: User,
    study: Study,
    name: str,
    runs: Sequence[ModelRun],
    rule: str = EnsembleRule.MEAN,
    now: datetime,
) -> ModelRun:
    """A finished run whose score of a case is the mean, or the median, of the scores of these finished runs.

    Raises NotFound for who may not run models over the study, InvalidInput for fewer than two runs or an unknown
    rule, Conflict for runs that are of another study, not done, or ensembles themselves.
    """
    check_may_run(actor, study)
    if rule not in EnsembleRule.values:
        message = f"An ensemble is made by one of: {', '.join(EnsembleRule.values)}."
        raise InvalidInput(message, code="unknown_rule", field="rule")
    members = sorted({run.artefact_id: run.artefact for run in runs}.values(), key=_order)
    if len(members) < FEWEST:
        message = "An ensemble needs at least two runs."
        raise InvalidInput(message, code="too_few", field="runs")
    recipe = {"spec": SPEC, "rule": rule, "members": [_member(one) for one in members]}
    with stored_file(canonical_json(recipe), ending="json") as file:
        # Held, so that the study does not change its state in between.
        locked = Study.objects.select_for_update().get(pk=study.pk)
        _check_state(locked)
        if any(run.study_id != locked.pk for run in runs):
            raise Conflict("The runs of an ensemble must be of one study.", code="other_study")
        artefact = _store(actor, locked, name, recipe, file=file, now=now)
        return start_ensemble_run(actor, artefact, locked, now)


def _order(artefact: Artefact) -> tuple[str, str]:
    return artefact.model.name, artefact.label


def _member(artefact: Artefact) -> dict[str, str]:
    if artefact.model.kind == ModelKind.ENSEMBLE:
        raise Conflict(
            f"{artefact.model.name} is an ensemble: take its members instead.", code="nested"
        )
    return {
        "artefact": artefact.public_id,
        "model": artefact.model.public_id,
        "label": artefact.label,
        "sha256": artefact.sha256,
        "spec_sha256": artefact.spec_sha256,
    }


def _check_state(study: Study) -> None:
    if study.state in _CLOSED_TO_NEW:
        raise Conflict(
            "An ensemble is made of finished runs, between the lock and the archive.",
            code="wrong_state",
        )


def _store(
    actor: User, study: Study, name: str, recipe: dict[str, Any], *, file: str, now: datetime
) -> Artefact:
    model = Model(
        name=name.strip(),
        kind=ModelKind.ENSEMBLE,
        study=study,
        is_synthetic=study.is_synthetic,
        created_by=actor,
        created_at=now,
    )
    store_model(model)
    return store_artefact(
        model,
        label=str(recipe["rule"]),
        file=file,
        file_name="ensemble.json",
        size=len(canonical_json(recipe)),
        sha256=sha256_of(recipe),
        spec=recipe,
        now=now,
    )


def start_ensemble_run(actor: User, artefact: Artefact, study: Study, now: datetime) -> ModelRun:
    """Stores the ensemble's run. Call it inside a transaction that holds the study's row.

    Raises Conflict where a member has no finished run with a score for every case.
    """
    check_belongs(artefact.model, study)
    runs = member_runs(artefact, study)
    cases = case_ids_of(study)
    table = np.stack([values_of(run, cases) for run in runs])
    for run, row in zip(runs, table, strict=True):
        if not np.isfinite(row).all():
            raise Conflict(f"{run.artefact} has not scored every case.", code="not_complete")
    combined = combine(table, artefact.spec["rule"])
    images = _first_images(study)
    scores = [
        CaseScore(case, images[case], float(value), tuple(map(float, table[:, column])))
        for column, (case, value) in enumerate(zip(cases, combined, strict=True))
    ]
    environment = {
        "source": "ensemble",
        "rule": artefact.spec["rule"],
        "members": [{"run": run.public_id, **_member(run.artefact)} for run in runs],
    }
    return store_run(actor, artefact, study, scores, environment=environment, now=now)


def member_runs(artefact: Artefact, study: Study) -> list[ModelRun]:
    """The members' finished runs over the study, in the order of the recipe. Raises Conflict where one lacks."""
    wanted = [member["artefact"] for member in artefact.spec["members"]]
    done = ModelRun.objects.filter(
        study=study, state=RunState.DONE, artefact__public_id__in=wanted
    ).select_related("artefact__model")
    found = {run.artefact.public_id: run for run in done}
    for member in artefact.spec["members"]:
        if member["artefact"] not in found:
            message = f"{member['label']} has no finished run over this study."
            raise Conflict(message, code="member_not_done")
    return [found[one] for one in wanted]


def combine(table: NDArray[np.float64], rule: str) -> NDArray[np.float64]:
    """One score per case, (K,), of the scores (R, K) of R runs: their mean or their median."""
    along = np.median if rule == EnsembleRule.MEDIAN else np.mean
    return np.asarray(along(table, axis=0), np.float64)


def recomputed(run: ModelRun) -> float:
    """The largest difference between the ensemble's stored scores and those made from its members now.

    Raises Conflict where a member's run is gone or not complete.
    """
    cases = case_ids_of(run.study)
    table = np.stack([values_of(one, cases) for one in member_runs(run.artefact, run.study)])
    stored = values_of(run, cases)
    again = combine(table, run.artefact.spec["rule"])
    return float(np.abs(stored - again).max()) if len(cases) else 0.0


def _first_images(study: Study) -> dict[int, int]:
    """Study case → its first image."""
    cases = dict(study.study_cases.filter(withdrawn_at=None).values_list("case_id", "pk"))
    images = Image.objects.filter(case__in=cases).order_by("case_id", "-ordinal")
    return {cases[case]: image for case, image in images.values_list("case_id", "pk")}
