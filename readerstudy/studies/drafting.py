"""The services that make a study and change its draft."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.validation import check_valid
from readerstudy.images.models import ImageSet
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.library import RANK_GROUPS
from readerstudy.studies.manifest import EDITABLE_FIELDS
from readerstudy.studies.models import (
    Design,
    Institution,
    Protocol,
    Question,
    RankGroup,
    Session,
    Study,
    StudyMember,
)
from readerstudy.studies.permissions import check_may_coordinate, check_may_create
from readerstudy.studies.protocol_checks import check_protocol
from readerstudy.studies.question_drafts import question_rows
from readerstudy.studies.ready_protocols import READY, STANDARD, ReadyProtocol

MAX_SLUG = 80
# Addresses of pages that a study of the same name would hide.
RESERVED_SLUGS = frozenset({"new"})
_MAX_NAMES = 200


def create_study(
    *,
    actor: User,
    title: str,
    image_set: ImageSet,
    summary: str = "",
    slug: str = "",
    seed: str = "",
    protocol: str = STANDARD,
    now: datetime,
) -> Study:
    """A draft with a ready protocol and its sessions, and the paper's rank groups; the actor coordinates it.

    `protocol` is the name of one of the ready ones. `seed` is hexadecimal and drawn at random where it is not given. Raises NotAllowed, InvalidInput(s).
    """
    check_may_create(actor)
    ready = _ready_protocol(protocol)
    study = Study(
        title=title.strip(),
        summary=_with_plain_line_breaks(summary.strip()),
        slug=slug or free_slug(title),
        image_set=image_set,
        seed=checked_seed(seed) if seed else secrets.token_hex(32),
        created_by=actor,
        created_at=now,
    )
    check_slug(study.slug)
    check_valid(study)
    with transaction.atomic():
        _check_may_be_studied(image_set)
        study.save()
        StudyMember.objects.create(study=study, user=actor, role=StudyRole.COORDINATOR)
        Protocol.objects.create(study=study, **ready.fields)
        Question.objects.bulk_create(question_rows(study, ready.questions))
        design = Design.objects.create(study=study, **ready.design)
        for number, arm in design.session_arms.items():
            Session.objects.create(study=study, number=number, arm=arm)
        _add_rank_groups(study, RANK_GROUPS)
        _record(
            "study.created", actor, study, now, image_set=image_set.public_id, protocol=protocol
        )
    return study


def _ready_protocol(name: str) -> ReadyProtocol:
    if name not in READY:
        raise InvalidInput("There is no ready protocol of this name.", field="protocol")
    return READY[name]


def _check_may_be_studied(image_set: ImageSet) -> None:
    # Locked, so that nobody declares it a training set, or practises on it, between the check and the study.
    locked = ImageSet.objects.select_for_update().get(pk=image_set.pk)
    if locked.practised_in.exists():
        raise InvalidInput(
            f"Readers practise on {image_set.name}: they are told the truth of its cases.",
            code="practice_set",
            field="image_set",
        )
    if locked.is_training_set:
        raise InvalidInput(
            f"{image_set.name} is a training set: a CNN that has seen its images cannot be studied on them.",
            code="training_set",
            field="image_set",
        )


def free_slug(title: str) -> str:
    """A slug made of the title that no study has yet."""
    base = slugify(title)[: MAX_SLUG - 5] or "study"
    taken = set(Study.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= RESERVED_SLUGS
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)


def check_slug(slug: str) -> None:
    """Raises InvalidInput for a slug that is the address of another page."""
    if slug in RESERVED_SLUGS:
        raise InvalidInput(f"A study cannot have the address {slug}.", code="slug", field="slug")


def checked_seed(seed: str) -> str:
    """The seed in small letters. Raises InvalidInput where it is not hexadecimal with 32 to 64 digits."""
    digits = seed.strip().lower()
    if not (32 <= len(digits) <= 64) or len(digits) % 2 or set(digits) - set("0123456789abcdef"):  # noqa: PLR2004
        raise InvalidInput(
            "The seed has to be hexadecimal with 32 to 64 digits.", code="seed", field="seed"
        )
    return digits


def update_study(
    *, actor: User, study: Study, title: str, summary: str = "", now: datetime
) -> Study:
    """Another title and summary for a draft. Raises NotAllowed, Conflict after the lock, InvalidInputs."""
    with transaction.atomic():
        draft = draft_for_change(actor, study)
        before = (draft.title, draft.summary)
        draft.title, draft.summary = title.strip(), _with_plain_line_breaks(summary.strip())
        check_valid(draft)
        if (draft.title, draft.summary) != before:
            draft.save(update_fields=["title", "summary"])
            _record("study.changed", actor, draft, now, fields=["summary", "title"])
    return draft


def update_protocol(*, actor: User, study: Study, now: datetime, **fields: Any) -> Protocol:
    """The protocol of a draft with these fields changed.

    Raises NotAllowed, Conflict after the lock, InvalidInput(s) for an unknown field or a value that cannot be.
    """
    unknown = sorted(set(fields) - set(EDITABLE_FIELDS))
    if unknown:
        raise InvalidInput(f"The protocol has no field {unknown[0]}.", field=unknown[0])
    with transaction.atomic():
        draft = draft_for_change(actor, study)
        protocol = Protocol.objects.get(study=draft)
        given = {name: _with_plain_line_breaks(value) for name, value in fields.items()}
        changed = [name for name in sorted(given) if getattr(protocol, name) != given[name]]
        for name in changed:
            setattr(protocol, name, given[name])
        check_protocol(protocol)
        check_valid(protocol, exclude={"study"})
        if changed:
            protocol.save(update_fields=changed)
            _record("study.protocol_changed", actor, draft, now, fields=changed)
    return protocol


def _with_plain_line_breaks(value: Any) -> Any:
    # Browsers send CR LF: saving a form as it stands must not be another wording, with another hash.
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def update_draft(
    *,
    actor: User,
    study: Study,
    title: str,
    summary: str,
    protocol: dict[str, Any],
    rank_groups: Sequence[str],
    institutions: Sequence[str],
    now: datetime,
) -> Study:
    """All that can be changed of a draft, at once or not at all. Raises as the services of its parts do."""
    with transaction.atomic():
        update_study(actor=actor, study=study, title=title, summary=summary, now=now)
        update_protocol(actor=actor, study=study, now=now, **protocol)
        set_rank_groups(actor=actor, study=study, names=rank_groups, now=now)
        set_institutions(actor=actor, study=study, names=institutions, now=now)
    return study


def set_rank_groups(
    *, actor: User, study: Study, names: Sequence[str], now: datetime
) -> list[RankGroup]:
    """The rank groups of a draft, in this order.

    Raises Conflict where a group with readers would go, InvalidInput for names that are empty or equal.
    """
    wanted = checked_names(names, field="rank_groups", limit=80, what="rank group")
    if not wanted:
        raise InvalidInput("A study has at least one rank group.", field="rank_groups")
    with transaction.atomic():
        draft = draft_for_change(actor, study)
        if wanted == list(draft.rank_groups.values_list("name", flat=True)):
            return list(draft.rank_groups.all())
        _drop_unwanted(draft.rank_groups.all(), wanted)
        # Out of the way first: two groups never have the same place, not even for a moment.
        draft.rank_groups.update(ordinal=F("ordinal") + 10_000)
        existing = {group.name: group for group in draft.rank_groups.all()}
        for ordinal, name in enumerate(wanted, start=1):
            group = existing.get(name) or RankGroup(study=draft, name=name)
            group.ordinal = ordinal
            group.save()
        _record("study.rank_groups_set", actor, draft, now, names=wanted)
    return list(draft.rank_groups.all())


def set_institutions(
    *, actor: User, study: Study, names: Sequence[str], now: datetime
) -> list[Institution]:
    """The institutions of a draft. Raises as `set_rank_groups` does."""
    wanted = checked_names(names, field="institutions", limit=120, what="institution")
    with transaction.atomic():
        draft = draft_for_change(actor, study)
        existing = set(draft.institutions.values_list("name", flat=True))
        if existing == set(wanted):
            return list(draft.institutions.all())
        _drop_unwanted(draft.institutions.all(), wanted)
        Institution.objects.bulk_create(
            Institution(study=draft, name=name) for name in wanted if name not in existing
        )
        _record("study.institutions_set", actor, draft, now, names=wanted)
    return list(draft.institutions.all())


def checked_names(names: Sequence[str], *, field: str, limit: int, what: str) -> list[str]:
    """The names without white space around them. Raises InvalidInput for empty, long, equal or too many."""
    wanted = [" ".join(name.split()) for name in names]
    if len(wanted) > _MAX_NAMES:
        raise InvalidInput(f"A study has at most {_MAX_NAMES} {what}s.", field=field)
    for name in wanted:
        if not name or len(name) > limit:
            raise InvalidInput(f"Every {what} has a name of 1 to {limit} characters.", field=field)
    folded = [name.casefold() for name in wanted]
    twice = [name for name in wanted if folded.count(name.casefold()) > 1]
    if twice:
        raise InvalidInput(f"{twice[0]} stands there twice.", code="repeated_name", field=field)
    return wanted


def draft_for_change(
    actor: User, study: Study, *, check: Callable[[User, Study], None] = check_may_coordinate
) -> Study:
    """The study, locked against others until the transaction ends. Raises NotAllowed, and Conflict if no draft.

    `check` says who may change what is to be changed.
    """
    check(actor, study)
    locked = Study.objects.select_for_update().get(pk=study.pk)
    if locked.state != StudyState.DRAFT:
        raise Conflict(
            "The study is locked; its protocol cannot be changed any more.", code="not_a_draft"
        )
    return locked


def _add_rank_groups(study: Study, names: Sequence[str]) -> None:
    RankGroup.objects.bulk_create(
        RankGroup(study=study, name=name, ordinal=ordinal)
        for ordinal, name in enumerate(names, start=1)
    )


def _drop_unwanted(rows: Any, wanted: Sequence[str]) -> None:
    unwanted = rows.exclude(name__in=wanted)
    used = unwanted.filter(enrolments__isnull=False).first()
    if used is not None:
        raise Conflict(f"{used.name} still has readers and cannot be removed.", code="in_use")
    unwanted.delete()


def _record(verb: str, actor: User, study: Study, now: datetime, **data: Any) -> None:
    record_event(
        actor=actor, verb=verb, subject=study, now=now, study_id=study.public_id, data=data
    )
