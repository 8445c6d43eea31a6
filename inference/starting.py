"""A study is planned with a model, and its runs are started."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from inference.choices import ModelKind, RunState
from inference.derived import check_belongs
from inference.ensembles import start_ensemble_run
from inference.external import start_external_run
from inference.models import Aid, Artefact, Model, ModelRun, PlannedModel
from inference.permissions import check_may_run
from inference.sending import queue_pixels, send_run
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict
from readerstudy.core.validation import check_valid
from readerstudy.core.version import VERSION
from readerstudy.images.models import Image
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study

RUNNABLE = (StudyState.LOCKED, StudyState.READING, StudyState.CLOSED, StudyState.UNBLINDED)


def plan_model(*, actor: User, study: Study, model: Model, planned: bool, now: datetime) -> None:
    """Plans a draft with a model, or takes it out again. Raises Conflict once the study is locked, or for one that aids."""
    check_may_run(actor, study)
    check_belongs(model, study)
    with transaction.atomic():
        # Held, so that the study is not locked between the check and the change.
        state = Study.objects.select_for_update().get(pk=study.pk).state
        if state != StudyState.DRAFT:
            raise Conflict("The study is locked; its planned models are fixed.", code="locked")
        if planned:
            PlannedModel.objects.get_or_create(study=study, model=model)
            queue_pixels(study.image_set)
        else:
            _check_gives_no_aid(model, study)
            PlannedModel.objects.filter(study=study, model=model).delete()
        verb = "model.planned" if planned else "model.unplanned"
        record_event(actor=actor, verb=verb, subject=model, now=now, study_id=study.public_id)


def _check_gives_no_aid(model: Model, study: Study) -> None:
    if Aid.objects.filter(study=study, artefact__model=model).exists():
        message = f"Readers of the aided arm are shown scores of {model}: choose another aid first."
        raise Conflict(message, code="gives_the_aid")


def copy_plan(*, source: Study, copy: Study, actor: User, now: datetime) -> None:
    """Plans a copied study with the models of the one it was copied from, but for those that belong to that study."""
    planned = PlannedModel.objects.filter(study=source, model__study=None).order_by("pk")
    for row in planned.select_related("model"):
        plan_model(actor=actor, study=copy, model=row.model, planned=True, now=now)


def start_runs(*, actor: User, model: Model, study: Study, now: datetime) -> list[ModelRun]:
    """One run for each training run of the model that has none over this study yet; queued when committed.

    Scores from elsewhere and ensembles are stored at once. Raises NotFound for who may not, Conflict before the lock
    or in an archived study, or where the model has no training run or belongs to another study.
    """
    check_may_run(actor, study)
    check_belongs(model, study)
    if not model.artefacts.exists():
        raise Conflict(f"{model.name} has no training run to run.", code="no_artefact")
    with transaction.atomic():
        # Held, so that two who press the button at once start every run once.
        locked = Study.objects.select_for_update().get(pk=study.pk)
        _check_state(locked)
        new = model.artefacts.exclude(runs__study=locked)
        start = _START[ModelKind(model.kind)]
        return [start(actor, artefact, locked, now) for artefact in new]


def _check_state(study: Study) -> None:
    if study.state == StudyState.DRAFT:
        raise Conflict(
            "The study must be locked before a model is run over its cases.", code="not_locked"
        )
    if study.state not in RUNNABLE:
        raise Conflict("The study is archived; no model is run over it any more.", code="archived")


def _start(actor: User, artefact: Artefact, study: Study, now: datetime) -> ModelRun:
    run = ModelRun(
        study=study,
        artefact=artefact,
        total=images_of(study).count(),
        artefact_sha256=artefact.sha256,
        spec_sha256=artefact.spec_sha256,
        provider_requested=settings.INFERENCE_PROVIDER,
        app_version=VERSION,
        batch_size=settings.INFERENCE_BATCH_SIZE,
        created_by=actor,
        created_at=now,
    )
    check_valid(run, exclude={"environment"})  # known once it runs
    run.save()
    _record(actor, "model_run.started", run, now)
    transaction.on_commit(partial(send_run, run.pk))
    return run


_START = {
    ModelKind.NETWORK: _start,
    ModelKind.EXTERNAL: start_external_run,
    ModelKind.ENSEMBLE: start_ensemble_run,
}


def images_of(study: Study) -> QuerySet[Image]:
    """The images a run scores: all of the study's cases but the withdrawn."""
    cases = study.study_cases.filter(withdrawn_at=None).values("case")
    return Image.objects.filter(case__in=cases)


def retry_run(*, actor: User, run: ModelRun, now: datetime) -> ModelRun:
    """Queues a failed run again; the scores it has are kept. Raises Conflict for a run that has not failed."""
    check_may_run(actor, run.study)
    with transaction.atomic():
        run = (
            ModelRun.objects.select_for_update(of=("self",)).select_related("study").get(pk=run.pk)
        )
        if run.state != RunState.FAILED:
            raise Conflict("Only a run that has failed can be tried again.", code="not_failed")
        run.state, run.error, run.finished_at = RunState.QUEUED, "", None
        # A run that waits bears the time at which it was sent.
        run.heartbeat_at = now
        run.environment = {**run.environment, "retried_at_attempt": run.attempt}
        run.save()
        _record(actor, "model_run.retried", run, now)
        transaction.on_commit(partial(send_run, run.pk))
    run.refresh_from_db()
    return run


def _record(actor: User, verb: str, run: ModelRun, now: datetime) -> None:
    data = {"label": run.artefact.label, "artefact_sha256": run.artefact_sha256}
    study_id = run.study.public_id
    record_event(actor=actor, verb=verb, subject=run, now=now, study_id=study_id, data=data)
