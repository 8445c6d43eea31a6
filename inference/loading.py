"""Models and their exported training runs come in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from inference import engine
from inference.derived import check_name
from inference.models import Artefact, Model
from inference.permissions import check_may_load
from inference.storing import Checked, check_bundles, check_new, store_artefacts
from inference.uploads import Bundle, bundles, card_of, unpacked
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.validation import check_valid

POSITIVE = engine.POSITIVE


def load_model(
    *,
    actor: User,
    name: str,
    files: Mapping[str, bytes],
    positive: str | None = None,
    answers: Mapping[str, str] | None = None,
    now: datetime,
    **about: Any,
) -> Model:
    """A model with the training runs of an upload; all of it or nothing. `about` goes to create_model.

    `answers` (field of the spec → what a person typed) say what the files leave open, `positive` among them.
    A model-card.json among the files becomes its card. Raises as create_model and add_artefacts do.
    """
    check_may_load(actor)
    # A name that is taken is told before anybody is asked about the files.
    model = Model(name=name.strip(), created_by=actor, created_at=now)
    check_name(model)
    check_valid(model)
    # Before the transaction: a check runs the network, and writers must not wait for it.
    opened = unpacked(files)
    card = card_of(opened)
    checked = check_bundles(bundles(opened), _said(answers, positive))
    with transaction.atomic():
        model = create_model(actor=actor, name=name, card=card, now=now, **about)
        _store(actor, model, checked, now)
    return model


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
    """A model without training runs yet. Raises NotAllowed, or InvalidInputs for a name that is taken."""
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
    check_name(model)
    check_valid(model)
    with transaction.atomic():
        model.save()
        record_event(actor=actor, verb="model.created", subject=model, now=now)
    return model


def add_artefacts(
    *,
    actor: User,
    model: Model,
    files: Mapping[str, bytes],
    positive: str | None = None,
    answers: Mapping[str, str] | None = None,
    now: datetime,
) -> list[Artefact]:
    """Every ONNX file of an upload as a training run of its own; all of them or none.

    Raises NotAllowed, InvalidInputs with everything that does not fit, Conflict for what is loaded already.
    """
    check_may_load(actor)
    return _store(
        actor, model, check_bundles(bundles(unpacked(files)), _said(answers, positive)), now
    )


def add_artefact(
    *,
    actor: User,
    model: Model,
    label: str,
    files: Mapping[str, bytes],
    positive: str | None = None,
    answers: Mapping[str, str] | None = None,
    now: datetime,
) -> Artefact:
    """One training run: an ONNX file with the JSON that says how to prepare an image for it.

    Raises NotAllowed, InvalidInputs where file and spec do not fit, Conflict where it is loaded already.
    """
    check_may_load(actor)
    bundle = Bundle(label=label, place=label, files=dict(files))
    return _store(actor, model, check_bundles([bundle], _said(answers, positive)), now)[0]


def _said(answers: Mapping[str, str] | None, positive: str | None) -> dict[str, str]:
    return {**(answers or {}), **({POSITIVE: positive} if positive else {})}


def _store(actor: User, model: Model, checked: list[Checked], now: datetime) -> list[Artefact]:
    check_new(model, checked)
    with store_artefacts(model, checked, actor=actor, now=now) as artefacts:
        for artefact in artefacts:
            data = {
                "label": artefact.label,
                "sha256": artefact.sha256,
                "spec_sha256": artefact.spec_sha256,
            }
            record_event(actor=actor, verb="artefact.added", subject=artefact, now=now, data=data)
    return artefacts
