"""What readers are shown in the aided arm is chosen in a draft, locked, and there before the reading begins."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from inference.case_values import case_ids_of, values_of
from inference.choices import AidForm, RunState
from inference.models import Aid, Artefact, ModelRun, PlannedModel
from inference.permissions import check_may_run
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput, Problem
from readerstudy.core.validation import check_valid
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study

AID_FIELDS = (
    "form",
    "threshold",
    "label_en",
    "label_de",
    "above_en",
    "above_de",
    "below_en",
    "below_de",
)


def choose_aid(
    *, actor: User, study: Study, artefact: Artefact, now: datetime, **fields: Any
) -> Aid:
    """Shows the readers of a draft's aided arm this training run's score, in this form and these words.

    Raises NotFound for who may not, Conflict once the study is locked, InvalidInput(s) for a training run of a model
    that the study is not planned with, an unknown field, or a word without a threshold from 0 to 1.
    """
    check_may_run(actor, study)
    unknown = sorted(set(fields) - set(AID_FIELDS))
    if unknown:
        raise InvalidInput(f"The aid has no field {unknown[0]}.", field=unknown[0])
    with transaction.atomic():
        _held_draft(study)
        _check_planned(study, artefact)
        aid = aid_of(study) or Aid(study=study)
        aid.artefact = artefact
        for name, value in fields.items():
            setattr(aid, name, value)
        _check(aid)
        aid.save()
        data = {"artefact_sha256": artefact.sha256, **aid_fields(aid)}
        _record("aid.chosen", actor, study, artefact, now, **data)
    return aid


def drop_aid(*, actor: User, study: Study, now: datetime) -> None:
    """Takes the choice back. Raises NotFound for who may not, Conflict once the study is locked."""
    check_may_run(actor, study)
    with transaction.atomic():
        _held_draft(study)
        aid = aid_of(study)
        if aid:
            aid.delete()
            _record("aid.dropped", actor, study, aid.artefact, now)


def copy_aid(*, source: Study, copy: Study, actor: User, now: datetime) -> None:
    """The same aid for a copied study, where it is planned with the same model."""
    aid = aid_of(source)
    if aid and PlannedModel.objects.filter(study=copy, model=aid.artefact.model_id).exists():
        choose_aid(actor=actor, study=copy, artefact=aid.artefact, now=now, **aid_fields(aid))


def aid_of(study: Study) -> Aid | None:
    """What is chosen for the study's aided arm, with its training run; None where nothing is."""
    return Aid.objects.filter(study=study).select_related("artefact__model").first()


def aid_fields(aid: Aid) -> dict[str, Any]:
    """How the score is shown, field by field."""
    return {name: getattr(aid, name) for name in AID_FIELDS}


def aid_note(study: Study, *, readers: int, cases: int) -> dict[str, Any]:  # noqa: ARG001 (of the hook)
    """What the page of the design says of the aided arm."""
    return {
        "is_wanted": study.design.options.has_aided_arm,
        "chosen": aid_of(study),
        "is_draft": study.state == StudyState.DRAFT,
        "slug": study.slug,
    }


def aid_needs(study: Study) -> Iterator[Problem]:
    """What a draft with an aided arm lacks as long as nothing is chosen for it."""
    if study.design.options.has_aided_arm and not Aid.objects.filter(study=study).exists():
        yield Problem(
            "no_aid",
            "The design has an aided arm: choose on the page of the model runs what its readers are shown.",
        )


def lock_part(study: Study) -> dict[str, Any]:
    """The aid as it stands in the lock, under `aid`; nothing for a design without an aided arm.

    Where nothing is chosen the study is not locked: `aid_needs` says so before.
    """
    aid = aid_of(study) if study.design.options.has_aided_arm else None
    return {"aid": _entry(aid)} if aid else {}


def _entry(aid: Aid) -> dict[str, Any]:
    artefact = aid.artefact
    return {
        "model": artefact.model.public_id,
        "training_run": artefact.label,
        "sha256": artefact.sha256,
        "spec_sha256": artefact.spec_sha256,
        **aid_fields(aid),
    }


def verify_aid(study: Study, section: dict[str, Any]) -> Iterator[str]:
    """A sentence where readers are shown something else than what was locked."""
    if "aid" not in section:
        return
    aid = aid_of(study)
    if aid is None or _entry(aid) != section["aid"]:
        yield "The readers of the aided arm are shown something else than was fixed at the lock."


def check_aid_is_there(*, study: Study, actor: User, now: datetime) -> None:  # noqa: ARG001 (of the hook)
    """Raises Conflict where a study with an aided arm is opened before there is something to show for every case."""
    problem = aid_missing(study)
    if problem is not None:
        raise Conflict(problem.message, code=problem.code)


def aid_missing(study: Study) -> Problem | None:
    """Why the aided arm of a locked study has nothing to show for some case; None where it has, or there is no such arm."""
    if not study.design.options.has_aided_arm:
        return None
    aid = Aid.objects.select_related("artefact__model").get(study=study)
    run = ModelRun.objects.filter(study=study, artefact=aid.artefact, state=RunState.DONE).first()
    if run is None or not np.isfinite(values_of(run, case_ids_of(study))).all():
        return Problem(
            "aid_not_run",
            f"The aided arm shows the scores of {aid.artefact}, which has not scored every case: run it first.",
        )
    scores = run.scores.filter(study_case__withdrawn_at=None)
    if aid.form != AidForm.WORD and scores.exclude(value__range=(0, 1)).exists():
        return Problem(
            "aid_off_scale",
            f"Some scores of {aid.artefact} are no probabilities: they can only be shown as a word.",
        )
    return None


def _held_draft(study: Study) -> None:
    # Held, so that the study is not locked between the check and the change.
    if Study.objects.select_for_update().get(pk=study.pk).state != StudyState.DRAFT:
        message = "The study is locked; what its readers are shown is fixed."
        raise Conflict(message, code="locked")


def _check_planned(study: Study, artefact: Artefact) -> None:
    if not PlannedModel.objects.filter(study=study, model=artefact.model_id).exists():
        raise InvalidInput(
            f"{artefact.model} is not planned: plan the study with it first.", field="artefact"
        )


def _check(aid: Aid) -> None:
    if aid.form == AidForm.WORD and not _is_share(aid.threshold):
        raise InvalidInput("The threshold is a number from 0 to 1.", field="threshold")
    if aid.form != AidForm.WORD:
        aid.threshold = None
    check_valid(aid, exclude={"study"})


def _is_share(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and 0 <= value <= 1


def _record(
    verb: str, actor: User, study: Study, subject: Artefact, now: datetime, **data: Any
) -> None:
    record_event(
        actor=actor, verb=verb, subject=subject, now=now, study_id=study.public_id, data=data
    )
