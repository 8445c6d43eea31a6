"""A study is planned with a model, and its runs are started."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from inference.choices import RunState
from inference.models import Artefact, Model, ModelRun, PlannedModel
from inference.permissions import check_may_run
from inference.sending import send_run
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict
from readerstudy.core.version import VERSION
from readerstudy.images.models import Image
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study


def plan_model(*, actor: User, study: Study, model: Model, planned: bool, now: datetime) -> None:
    """Plans a draft with a model, or takes it out again. Raises Conflict once the study is locked."""
    check_may_run(actor, study)
    study.refresh_from_db(fields=["state"])
    if study.state != StudyState.DRAFT:
        raise Conflict("The study is locked; its planned models are fixed.", code="locked")
    with transaction.atomic():
        if planned:
            PlannedModel.objects.get_or_create(study=study, model=model)
        else:
            PlannedModel.objects.filter(study=study, model=model).delete()
        verb = "model planned" if planned else "model no longer planned"
        record_event(actor=actor, verb=verb, subject=model, now=now, study_id=study.public_id)


def start_runs(*, actor: User, model: Model, study: Study, now: datetime) -> list[ModelRun]:
    """One run for each training run of the model that has none over this study yet; queued when committed.

    Raises NotFound for who may not, Conflict before the lock, or where the model has no training run.
    """
    check_may_run(actor, study)
    study.refresh_from_db(fields=["state"])
    if study.state == StudyState.DRAFT:
        raise Conflict(
            "The study must be locked before a model is run over its cases.", code="not_locked"
        )
    artefacts = list(model.artefacts.exclude(runs__study=study))
    if not artefacts and not model.artefacts.exists():
        raise Conflict(f"{model.name} has no training run to run.", code="no_artefact")
    with transaction.atomic():
        return [_start(actor, artefact, study, now) for artefact in artefacts]


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
    run.full_clean()
    run.save()
    record_event(
        actor=actor, verb="model run started", subject=run, now=now, study_id=study.public_id
    )
    transaction.on_commit(lambda: send_run(run.pk))
    return run


def images_of(study: Study):  # noqa: ANN201 (a queryset of Image)
    """The images a run scores: all of the study's cases but the withdrawn."""
    cases = study.study_cases.filter(withdrawn_at=None).values("case")
    return Image.objects.filter(case__in=cases)


def retry_run(*, actor: User, run: ModelRun, now: datetime) -> ModelRun:
    """Queues a failed run again; the scores it has are kept. Raises Conflict for a run that has not failed."""
    check_may_run(actor, run.study)
    with transaction.atomic():
        failed = ModelRun.objects.filter(pk=run.pk, state=RunState.FAILED)
        if not failed.update(state=RunState.QUEUED, error="", heartbeat_at=None):
            raise Conflict("Only a run that has failed can be tried again.", code="not_failed")
        record_event(
            actor=actor,
            verb="model run retried",
            subject=run,
            now=now,
            study_id=run.study.public_id,
        )
        transaction.on_commit(lambda: send_run(run.pk))
    run.refresh_from_db()
    return run
