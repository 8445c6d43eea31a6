"""Models and their exported training runs come in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from inference import engine
from inference.models import Artefact, Model
from inference.permissions import check_may_load
from inference.uploads import bundles
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.ids import new_public_id
from readerstudy.core.validation import check_valid


def create_model(
    *,
    actor: User,
    name: str,
    description: str = "",
    training_data: str = "",
    card: dict[str, Any] | None = None,
    is_synthetic: bool = False,
    now: datetime,
) -> Model:
    """A model without training runs yet. Raises NotAllowed, or InvalidInput for a name that is taken."""
    check_may_load(actor)
    model = Model(
        name=name.strip(),
        description=description,
        training_data=training_data,
        card=card or {},
        is_synthetic=is_synthetic,
        created_by=actor,
        created_at=now,
    )
    check_valid(model)
    with transaction.atomic():
        model.save()
        record_event(actor=actor, verb="model created", subject=model, now=now)
    return model


def add_artefacts(
    *,
    actor: User,
    model: Model,
    files: Mapping[str, bytes],
    positive: str | None = None,
    now: datetime,
) -> list[Artefact]:
    """Every ONNX file of an upload as a training run of its own, labelled by its file name; all of them or none."""
    with transaction.atomic():
        return [
            add_artefact(
                actor=actor,
                model=model,
                label=label_of(bundle),
                files=bundle,
                positive=positive,
                now=now,
            )
            for bundle in bundles(files)
        ]


def label_of(bundle: Mapping[str, bytes]) -> str:
    """The ONNX file's name without its ending."""
    return next(name for name in bundle if name.endswith(".onnx")).removesuffix(".onnx")[:80]


def add_artefact(
    *,
    actor: User,
    model: Model,
    label: str,
    files: Mapping[str, bytes],
    positive: str | None = None,
    now: datetime,
) -> Artefact:
    """One training run: an ONNX file with the JSON that says how to prepare an image for it.

    Raises NotAllowed, InvalidInput where file and spec do not fit, Conflict where it is loaded already.
    """
    check_may_load(actor)
    checked = checked_artefact(files, positive)
    if model.artefacts.filter(sha256=checked.sha256, spec_sha256=checked.spec.spec_sha256).exists():
        raise Conflict(
            f"{checked.file_name} is loaded in {model.name} already.", code="loaded", field="files"
        )
    artefact = _artefact(model, label, checked, actor, now)
    with transaction.atomic():
        check_valid(artefact, exclude={"file"})
        artefact.file.name = default_storage.save(
            f"models/{new_public_id()}.onnx", ContentFile(checked.onnx_bytes)
        )
        artefact.save()
        data = {"sha256": artefact.sha256, "spec_sha256": artefact.spec_sha256, "label": label}
        record_event(actor=actor, verb="artefact added", subject=artefact, now=now, data=data)
    return artefact


def checked_artefact(files: Mapping[str, bytes], positive: str | None) -> engine.Artefact:
    """The engine's artefact, checked against its spec. Raises InvalidInput with the engine's sentence."""
    try:
        artefact = engine.artefact_of(files, positive=positive or None)
        engine.check_artefact(artefact)
    except engine.EngineError as error:
        raise InvalidInput(error.message, code=error.code, field="files") from error
    return artefact


def _artefact(
    model: Model, label: str, checked: engine.Artefact, actor: User, now: datetime
) -> Artefact:
    return Artefact(
        model=model,
        label=label,
        file_name=checked.file_name,
        bytes=len(checked.onnx_bytes),
        sha256=checked.sha256,
        spec=checked.spec.to_json(),
        spec_sha256=checked.spec.spec_sha256,
        spec_origin=dict(checked.spec.origin),
        facts=checked.metadata.to_json(),
        created_by=actor,
        created_at=now,
    )
