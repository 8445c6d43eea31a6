"""Importing a finished study: upload and check, answer what is open, import, add scores of CNNs, let go."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.file_names import without_folders
from readerstudy.core.leftovers import stored_or_removed
from readerstudy.results.choices import FinishedKind, FinishedState
from readerstudy.results.finished.building import Header
from readerstudy.results.finished.models import FinishedFile, FinishedStudy
from readerstudy.results.finished.opening import NamedFile
from readerstudy.results.finished.permissions import check_may_import
from readerstudy.results.finished.plan import Files, FinishedPlan, plan_finished
from readerstudy.results.finished.said import Said, said_of
from readerstudy.results.finished.scores import model_of
from readerstudy.results.models import Analysis
from readerstudy.results.services import request_finished_analysis
from readerstudy.results.stored_table import table_bytes, table_of

MOST_MODELS = 20


@dataclass(frozen=True)
class About:
    """What is said of the study as a whole: its name, and where its files come from."""

    title: str
    source: str = ""
    licence: str = ""
    citation: str = ""
    is_synthetic: bool = False


def upload_finished(
    *, actor: User, about: About, files: Files, said: Said | None = None, now: datetime
) -> FinishedStudy:
    """Checks the files and keeps them with what was found. Nothing is kept of files that cannot be used.

    Raises NotFound for readers, InvalidInput and InvalidInputs with everything that is wrong.
    """
    check_may_import(actor)
    if not about.title.strip():
        raise InvalidInput("The study needs a name.", code="missing", field="title")
    said = said or Said()
    plan = plan_finished(files, said, _header(about))
    finished = FinishedStudy(
        **vars(about),
        state=_state_of(plan),
        said=said.as_dict(),
        report=plan.report(),
        created_by=actor,
        created_at=now,
    )
    finished.full_clean(exclude=["table"])
    with _files_or_none() as kept:
        finished.save()
        for kind, file in _kinds(files):
            kept.append(_kept(actor, finished, kind, file, now))
        _record(actor, "finished study uploaded", finished, now)
    return finished


def _header(about: About | FinishedStudy) -> Header:
    return Header(
        about.title.strip(),
        about.is_synthetic,
        about.source.strip(),
        about.licence.strip(),
        about.citation.strip(),
    )


def _state_of(plan: FinishedPlan) -> FinishedState:
    return FinishedState.ASKED if plan.table is None else FinishedState.PLANNED


def _kinds(files: Files) -> Iterator[tuple[FinishedKind, NamedFile]]:
    every = (
        (FinishedKind.READINGS, files.readings),
        (FinishedKind.NAMES, files.names),
        (FinishedKind.TRUTH, files.truth),
    )
    yield from ((kind, file) for kind, file in every if file is not None)


@contextmanager
def _files_or_none() -> Iterator[list[FinishedFile]]:
    """A transaction that keeps files; where it is refused after some of them, these go as well."""
    kept: list[FinishedFile] = []

    def remove() -> None:
        for row in kept:
            row.content.storage.delete(str(row.content.name))

    with stored_or_removed(remove):
        yield kept


def _kept(
    actor: User, finished: FinishedStudy, kind: FinishedKind, file: NamedFile, now: datetime
) -> FinishedFile:
    row = FinishedFile(
        finished=finished,
        kind=kind,
        name=without_folders(file.name, otherwise="upload")[:255],
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        created_by=actor,
        created_at=now,
    )
    row.content.save(row.name, ContentFile(file.content), save=False)
    try:
        row.save()
    except BaseException:
        # The row is rolled back, the file would lie there for ever.
        row.content.storage.delete(str(row.content.name))
        raise
    return row


def _record(actor: User, verb: str, finished: FinishedStudy, now: datetime) -> None:
    hashes = {one.name: one.sha256 for one in finished.files.all()}
    data = {"files": hashes, "said": finished.said}
    record_event(
        actor=actor,
        verb=verb,
        subject=finished,
        now=now,
        study_id=finished.public_id,
        data=data,
    )


def files_of(finished: FinishedStudy) -> Files:
    """The uploaded files, from the storage."""
    found = {}
    for row in finished.files.exclude(kind=FinishedKind.SCORES):
        with row.content.open("rb") as content:
            found[row.kind] = NamedFile(row.name, content.read())
    return Files(
        found[FinishedKind.READINGS],
        found.get(FinishedKind.NAMES),
        found.get(FinishedKind.TRUTH),
    )


def answer_finished(
    *, actor: User, finished: FinishedStudy, said: Said, now: datetime
) -> FinishedStudy:
    """Checks the files again with what is said of them now.

    Raises Conflict once it is imported, InvalidInput and InvalidInputs with everything that is wrong.
    """
    check_may_import(actor)
    plan = plan_finished(files_of(finished), said, _header(finished))
    with transaction.atomic():
        locked = _open(finished)
        locked.said, locked.report, locked.state = said.as_dict(), plan.report(), _state_of(plan)
        locked.save(update_fields=["said", "report", "state"])
        _record(actor, "finished study checked", locked, now)
    return locked


def _open(finished: FinishedStudy) -> FinishedStudy:
    locked = FinishedStudy.objects.select_for_update().get(pk=finished.pk)
    if locked.state == FinishedState.IMPORTED:
        raise Conflict("The study is imported already.", code="imported")
    return locked


def apply_finished(*, actor: User, finished: FinishedStudy, now: datetime) -> Analysis:
    """Stores the reading table and asks for its analysis.

    Raises Conflict while anything is open, once it is imported, and where it was answered otherwise meanwhile.
    """
    check_may_import(actor)
    plan = plan_finished(files_of(finished), said_of(finished.said), _header(finished))
    if plan.table is None:
        raise Conflict("The study has open questions.", code="asked")
    with transaction.atomic():
        locked = _open(finished)
        if locked.said != finished.said:
            message = "What is said of the files has changed meanwhile: look at it once more."
            raise Conflict(message, code="said_changed")
        locked.state, locked.imported_at = FinishedState.IMPORTED, now
        locked.table, locked.report = table_bytes(plan.table), plan.report()
        locked.save()
        _record(actor, "finished study imported", locked, now)
        return request_finished_analysis(actor=actor, finished=locked, now=now)


def add_scores(
    *,
    actor: User,
    finished: FinishedStudy,
    name: str,
    file: NamedFile,
    positive: Sequence[str] = (),
    now: datetime,
) -> Analysis:
    """Adds the scores of a CNN on the same cases and asks for a new analysis. What was added stays.

    Raises Conflict before the import and where there are twenty models, InvalidInput and InvalidInputs for the file.
    """
    check_may_import(actor)
    with _files_or_none() as kept:
        locked = FinishedStudy.objects.select_for_update().get(pk=finished.pk)
        if locked.state != FinishedState.IMPORTED:
            raise Conflict("The study is not imported yet.", code="not_imported")
        table = table_of(bytes(locked.table or b""))
        if len(table.models) >= MOST_MODELS:
            raise Conflict(f"At most {MOST_MODELS} models are compared.", code="too_many_models")
        if name.strip() in {model.name for model in table.models}:
            raise InvalidInput(
                f"There is a model {name.strip()} already.", code="repeated_name", field="name"
            )
        model = model_of(file, name=name, case_ids=table.case_ids, positive=positive)
        locked.table = table_bytes(replace(table, models=(*table.models, model)))
        locked.save(update_fields=["table"])
        kept.append(_kept(actor, locked, FinishedKind.SCORES, file, now))
        _record(actor, "scores added to a finished study", locked, now)
        return request_finished_analysis(actor=actor, finished=locked, now=now)


def discard_finished(*, actor: User, finished: FinishedStudy, now: datetime) -> None:
    """Removes an upload that was not imported, with its files. Raises Conflict once it is imported."""
    check_may_import(actor)
    with transaction.atomic():
        locked = _open(finished)
        _record(actor, "finished study discarded", locked, now)
        for row in locked.files.all():
            transaction.on_commit(partial(row.content.storage.delete, row.content.name))
        locked.delete()
