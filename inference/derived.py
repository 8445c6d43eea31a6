"""Models whose scores are not computed from pixels here: score files and ensembles, stored as finished runs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from inference.choices import RunState
from inference.models import Artefact, Model, ModelRun, Score
from inference.scores_bound import scores_part
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.canonical import sha256_of
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.ids import new_public_id
from readerstudy.core.leftovers import stored_or_removed
from readerstudy.core.validation import check_valid
from readerstudy.core.version import VERSION
from readerstudy.studies.models import Study


@dataclass(frozen=True)
class CaseScore:
    """The score of one image, or of a case at its first image, with what it was made from."""

    study_case_id: int
    image_id: int
    value: float
    outputs: tuple[float, ...]


def store_model(model: Model) -> None:
    """Stores the model and tells the audit trail. Raises InvalidInputs for a name that is taken."""
    check_name(model)
    check_valid(model)
    model.save()
    study_id = model.study.public_id if model.study else ""
    data = {"kind": model.kind}
    record_event(
        actor=model.created_by,
        verb="model.created",
        subject=model,
        now=model.created_at,
        study_id=study_id,
        data=data,
    )


def check_name(model: Model) -> None:
    """Raises InvalidInput for a name that another model has."""
    if Model.objects.filter(name=model.name).exclude(pk=model.pk).exists():
        message = _("There is a model of the name %s already: choose another name.") % model.name
        raise InvalidInput(message, code="unique", field="name")


@contextmanager
def stored_file(content: bytes, *, ending: str) -> Iterator[str]:
    """The stored name of the file, inside the transaction that stores its row; deleted where that is refused."""
    name = default_storage.save(f"models/{new_public_id()}.{ending}", ContentFile(content))
    with stored_or_removed(partial(default_storage.delete, name)):
        yield name


def store_artefact(
    model: Model,
    *,
    label: str,
    file: str,
    file_name: str,
    size: int,
    sha256: str,
    spec: dict[str, Any],
    now: datetime,
) -> Artefact:
    """The row of a score column or of an ensemble's recipe; `file` is its stored name."""
    artefact = Artefact(
        model=model,
        label=label,
        file=file,
        file_name=file_name,
        bytes=size,
        sha256=sha256,
        spec=spec,
        spec_sha256=sha256_of(spec),
        created_by=model.created_by,
        created_at=now,
    )
    check_valid(artefact, exclude={"spec_origin", "facts"})
    artefact.save()
    data = {"label": label, "sha256": sha256, "spec_sha256": artefact.spec_sha256}
    record_event(
        actor=model.created_by, verb="artefact.added", subject=artefact, now=now, data=data
    )
    return artefact


def store_run(
    actor: User,
    artefact: Artefact,
    study: Study,
    scores: Iterable[CaseScore],
    *,
    environment: dict[str, Any],
    now: datetime,
) -> ModelRun:
    """A finished run with its scores. Call it inside a transaction that holds the study's row."""
    rows = list(scores)
    kind = artefact.model.kind
    run = ModelRun(
        study=study,
        artefact=artefact,
        state=RunState.DONE,
        done=len(rows),
        total=len(rows),
        artefact_sha256=artefact.sha256,
        spec_sha256=artefact.spec_sha256,
        provider_requested=kind,
        app_version=VERSION,
        batch_size=0,
        environment=environment,
        created_by=actor,
        created_at=now,
        started_at=now,
        finished_at=now,
    )
    check_valid(run)
    run.save()
    Score.objects.bulk_create((_score(run, row) for row in rows), batch_size=1_000)
    data = {"label": artefact.label, "artefact_sha256": artefact.sha256, **environment}
    data |= scores_part(run)
    record_event(
        actor=actor,
        verb=f"model_run.{kind}",
        subject=run,
        now=now,
        study_id=study.public_id,
        data=data,
    )
    return run


def _score(run: ModelRun, row: CaseScore) -> Score:
    return Score(
        run=run,
        study_case_id=row.study_case_id,
        image_id=row.image_id,
        value=row.value,
        outputs=list(row.outputs),
    )


def check_belongs(model: Model, study: Study) -> None:
    """Raises Conflict for scores or an ensemble of another study."""
    if model.study_id not in (None, study.pk):
        raise Conflict(f"{model.name} belongs to another study.", code="other_study")
