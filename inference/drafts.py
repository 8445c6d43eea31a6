"""Uploads that wait for answers: kept as they came, loaded when nothing is open any more."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from inference.loading import POSITIVE, add_artefacts, load_model
from inference.models import Model, ModelDraft
from inference.permissions import check_may_load, own_drafts
from inference.storing import OpenQuestions
from inference.uploads import Upload, read_uploads
from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.core.ids import new_public_id

KEPT = timedelta(days=7)


def take_upload(
    *,
    actor: User,
    model: Model | None,
    files: Sequence[Upload],
    positive: str,
    now: datetime,
    **about: Any,
) -> Model | ModelDraft:
    """The model that the files were loaded into, or the draft of what they leave open.

    A new model is made of `about`, as for create_model, where `model` is None. Raises as loading does.
    """
    content = read_uploads(files)
    answers = {POSITIVE: positive} if positive else {}
    try:
        return _load(actor, model, content, answers=answers, about=about, now=now)
    except OpenQuestions as error:
        draft = ModelDraft(
            model=model, about=about, answers=answers, created_by=actor, created_at=now
        )
        return keep_draft(draft, content, error)


def keep_draft(draft: ModelDraft, files: Mapping[str, bytes], asked: OpenQuestions) -> ModelDraft:
    """Stores a draft with the files of an upload and what they leave open. Raises NotAllowed for all but admins."""
    check_may_load(draft.created_by)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    draft.file.name = default_storage.save(
        f"drafts/{new_public_id()}.zip", ContentFile(packed.getvalue())
    )
    draft.questions = _asked([], asked)
    draft.save()
    return draft


def draft_for(user: User, public_id: str) -> ModelDraft:
    """The admin's own draft. Raises NotFound where there is none or it is another's, and for people who are no admins."""
    found = own_drafts(user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such upload: it may have been loaded or let go already.")
    return found


def drafts_of(user: User) -> list[ModelDraft]:
    """The uploads of an admin that wait for answers, newest first."""
    return list(own_drafts(user))


def answer_draft(
    *, actor: User, draft: ModelDraft, answers: Mapping[str, str], now: datetime
) -> Model:
    """Loads the draft with the answers, and lets it go.

    Raises OpenQuestions where answers lead to further questions, which are kept with the draft, and InvalidInputs or
    Conflict as loading does; the draft stays. What is wrong with an answer is told with its field.
    """
    check_may_load(actor)
    draft.answers = {**draft.answers, **answers}
    try:
        model = _load(
            actor, draft.model, _files(draft), answers=draft.answers, about=draft.about, now=now
        )
    except OpenQuestions as error:
        draft.questions = _asked(draft.questions, error)
        draft.save(update_fields=["questions", "answers"])
        raise
    discard_draft(draft)
    return model


def discard_draft(draft: ModelDraft) -> None:
    """Removes the draft, and its file once that is certain."""
    stored = draft.file.name
    draft.delete()
    transaction.on_commit(lambda: default_storage.delete(stored))


def remove_old_drafts(*, now: datetime) -> int:
    """Lets go of what nobody has answered for a week; gives their number."""
    old = list(ModelDraft.objects.filter(created_at__lt=now - KEPT))
    for draft in old:
        discard_draft(draft)
    return len(old)


def _load(
    actor: User,
    model: Model | None,
    files: Mapping[str, bytes],
    *,
    answers: Mapping[str, str],
    about: Mapping[str, Any],
    now: datetime,
) -> Model:
    if model is None:
        return load_model(actor=actor, files=files, answers=answers, now=now, **about)
    add_artefacts(actor=actor, model=model, files=files, answers=answers, now=now)
    return model


def _files(draft: ModelDraft) -> dict[str, bytes]:
    with draft.file.open("rb") as stored, zipfile.ZipFile(stored) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _asked(before: list[dict[str, Any]], error: OpenQuestions) -> list[dict[str, Any]]:
    """One question for a field; those that were not asked before come first."""
    open_now = {question.field: asdict(question) for question in error.questions}
    known = {one["field"] for one in before}
    new = [one for field, one in open_now.items() if field not in known]
    return [*new, *(open_now.get(one["field"], one) for one in before)]
