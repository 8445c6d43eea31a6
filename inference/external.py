"""Scores that were made elsewhere, loaded as runs.

A score file may be loaded until the study is unblinded: for a draft it becomes part of the plan, so that its hash is
fixed by the lock; after the lock its runs are stored at once and are not pre-specified. No file is ever replaced: its
rows are appended only, and once the truth is open none is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage

from inference.choices import ModelKind
from inference.derived import (
    CaseScore,
    check_belongs,
    store_artefact,
    store_model,
    store_run,
    stored_file,
)
from inference.lock import locked_artefacts
from inference.models import Artefact, Model, ModelRun, PlannedModel
from inference.permissions import check_may_run
from inference.score_files import ScoreFile, check_size, read_score_file
from inference.score_places import places_of
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.file_names import without_folders
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study

SPEC = "rs-scores/1"
MEANING = "probability of the positive class, 0 to 1"
TAKES_SCORES = (StudyState.DRAFT, StudyState.LOCKED, StudyState.READING, StudyState.CLOSED)


@dataclass(frozen=True)
class LoadedScores:
    """What became of a score file: its model, the runs (none before the lock), and the columns left out."""

    model: Model
    runs: tuple[ModelRun, ...]
    left_out: tuple[str, ...]


def load_scores(
    *,
    actor: User,
    study: Study,
    name: str,
    version: str,
    content: bytes,
    file_name: str,
    naming_column: str = "",
    columns: Sequence[str] = (),
    positive: Sequence[str] = (),
    now: datetime,
) -> LoadedScores:
    """Loads every column of scores of a CSV file as a run of its own, or one run whose score is the sum of the columns
    `positive`; all or nothing.

    Raises NotFound for who may not run models over the study, Conflict once it is unblinded, InvalidInput and
    InvalidInputs with everything that is wrong in the file or with the name.
    """
    check_may_run(actor, study)
    named = _model_name(name, version)
    check_size(len(content), file_name)
    with stored_file(content, ending="csv") as file:
        # Held, so that the study is neither locked nor unblinded while the file is checked.
        locked = Study.objects.select_for_update().get(pk=study.pk)
        _check_open(locked)
        read = read_score_file(
            content,
            name=without_folders(file_name, otherwise="scores.csv"),
            places=places_of(locked, original_names=actor.can_administer),
            naming_column=naming_column,
            columns=columns,
            positive=positive,
        )
        card = {"model": name.strip(), "version": version.strip(), "scores": MEANING}
        model = Model(
            name=named,
            kind=ModelKind.EXTERNAL,
            study=locked,
            card=card,
            is_synthetic=locked.is_synthetic,
            created_by=actor,
            created_at=now,
        )
        runs = _store(actor, model, locked, read, positive, file=file, size=len(content), now=now)
    return LoadedScores(model, runs, read.left_out)


def _model_name(name: str, version: str) -> str:
    for field, value in (("name", name), ("version", version)):
        if not value.strip():
            message = f"The {field} of the CNN that made the scores is missing."
            raise InvalidInput(message, code="missing", field=field)
    return f"{name.strip()} {version.strip()}"


def _check_open(study: Study) -> None:
    if study.state not in TAKES_SCORES:
        raise Conflict(
            "The study is unblinded: scores from elsewhere could have been made with the truth at hand, and are "
            "no longer taken.",
            code="unblinded",
        )


def _store(
    actor: User,
    model: Model,
    study: Study,
    read: ScoreFile,
    positive: Sequence[str],
    *,
    file: str,
    size: int,
    now: datetime,
) -> tuple[ModelRun, ...]:
    store_model(model)
    artefacts = [
        store_artefact(
            model,
            label=column,
            file=file,
            file_name=read.name,
            size=size,
            sha256=read.sha256,
            spec=_spec(model, read, column, positive, original_names=actor.can_administer),
            now=now,
        )
        for column in read.columns
    ]
    if study.state == StudyState.DRAFT:
        _plan(actor, model, study, now)
        return ()
    return tuple(_store_run(actor, artefact, study, read, now) for artefact in artefacts)


def _spec(
    model: Model, read: ScoreFile, column: str, positive: Sequence[str], *, original_names: bool
) -> dict[str, Any]:
    summed = {"positive": list(dict.fromkeys(positive))} if positive else {}
    return {
        "spec": SPEC,
        "model": model.card["model"],
        "version": model.card["version"],
        "column": column,
        "columns": list(read.columns),
        **summed,
        "naming_column": read.naming_column,
        "original_names": original_names,
        "meaning": MEANING,
    }


def _plan(actor: User, model: Model, study: Study, now: datetime) -> None:
    PlannedModel.objects.create(study=study, model=model)
    record_event(
        actor=actor, verb="model.planned", subject=model, now=now, study_id=study.public_id
    )


def start_external_run(actor: User, artefact: Artefact, study: Study, now: datetime) -> ModelRun:
    """Stores the run of a score file that was planned with the study, read again from the file that was hashed.

    Call it inside a transaction that holds the study's row. Raises Conflict where the stored file has changed or
    belongs to another study, and once the study is unblinded unless the lock has fixed the file.
    """
    check_belongs(artefact.model, study)
    identity = (artefact.model.public_id, artefact.sha256, artefact.spec_sha256)
    if identity not in locked_artefacts(study):
        _check_open(study)
    return _store_run(actor, artefact, study, read_stored(artefact, study), now)


def read_stored(artefact: Artefact, study: Study) -> ScoreFile:
    """The artefact's score file read again, its one column alone. Raises Conflict where it is no longer the same."""
    try:
        with default_storage.open(artefact.file.name) as file:
            content: bytes = file.read()
    except OSError as error:
        raise Conflict(f"{artefact.file_name} cannot be read.", code="file_lost") from error
    positive = artefact.spec.get("positive", [])
    read = read_score_file(
        content,
        name=artefact.file_name,
        places=places_of(study, original_names=artefact.spec["original_names"]),
        naming_column=artefact.spec["naming_column"],
        columns=[] if positive else [artefact.spec["column"]],
        positive=positive,
    )
    if read.sha256 != artefact.sha256:
        raise Conflict(
            f"{artefact.file_name} has changed since it was loaded.", code="file_changed"
        )
    return read


def _store_run(
    actor: User, artefact: Artefact, study: Study, read: ScoreFile, now: datetime
) -> ModelRun:
    environment = {
        "source": "external",
        "file_name": read.name,
        "file_sha256": read.sha256,
        "column": artefact.spec["column"],
        "naming_column": read.naming_column,
        "meaning": MEANING,
        "loaded_by": artefact.created_by.public_id,
        "loaded_at": artefact.created_at.isoformat(),
    }
    scores = case_scores(read, artefact.spec["column"], study)
    return store_run(actor, artefact, study, scores, environment=environment, now=now)


def case_scores(read: ScoreFile, column: str, study: Study) -> list[CaseScore]:
    """The scores of one column, for the cases of the locked study."""
    place = read.columns.index(column)
    cases = dict(study.study_cases.filter(withdrawn_at=None).values_list("case_id", "pk"))
    return [
        CaseScore(cases[where.case_id], where.image_id, row[place], (row[place],))
        for where, row in zip(read.places, read.values, strict=True)
    ]
