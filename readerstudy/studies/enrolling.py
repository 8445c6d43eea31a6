"""The services that bring readers into a study and out of it."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.mail import Link
from readerstudy.accounts.models import User
from readerstudy.accounts.selectors import has_consented_to_any
from readerstudy.accounts.services import invite_person
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from readerstudy.core.keyed import keyed_hash
from readerstudy.core.validation import check_valid
from readerstudy.studies.blinding import check_has_not_seen, check_is_no_staff_of, hold_cases
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.codes import new_reader_code
from readerstudy.studies.freezing import store_orders
from readerstudy.studies.leaving import take_out
from readerstudy.studies.manifest import orders_sha256
from readerstudy.studies.models import Enrolment, Institution, RankGroup, Study
from readerstudy.studies.permissions import check_may_coordinate

OPEN_FOR_READERS = (StudyState.DRAFT, StudyState.LOCKED, StudyState.READING)
MAX_YEARS = 70


@dataclass(frozen=True)
class NewReader:
    """Somebody to be invited."""

    email: str
    name: str
    rank_group: RankGroup
    institution: Institution
    years_of_experience: int | None = None
    language: str = "en"


def invite_reader(
    *,
    actor: User,
    study: Study,
    email: str,
    name: str,
    rank_group: RankGroup,
    institution: Institution,
    years_of_experience: int | None = None,
    language: str = "en",
    link: Link | None = None,
    now: datetime,
) -> tuple[Enrolment, str]:
    """The new enrolment and the token of its invitation (empty for people who have come in before).

    Until the study closes; a reader who comes after the lock gets an order at once. With `link` a mail is sent.
    Raises NotAllowed, Conflict, InvalidInput(s).
    """
    reader = NewReader(email, name, rank_group, institution, years_of_experience, language)
    with transaction.atomic():
        locked = study_open_for_readers(actor, study)
        taken = set(locked.enrolments.values_list("code", flat=True))
        return enrol(actor=actor, study=locked, reader=reader, taken=taken, link=link, now=now)


def study_open_for_readers(actor: User, study: Study) -> Study:
    """The study, locked until the transaction ends. Raises NotAllowed, and Conflict once it is closed."""
    check_may_coordinate(actor, study)
    locked = Study.objects.select_for_update().get(pk=study.pk)
    if locked.state not in OPEN_FOR_READERS:
        raise Conflict("The study is closed; no reader can be added.", code="study_closed")
    return locked


def enrol(
    *,
    actor: User,
    study: Study,
    reader: NewReader,
    taken: Collection[str],
    link: Link | None,
    now: datetime,
) -> tuple[Enrolment, str]:
    """One reader more in a study that is open for readers. Call it inside the transaction."""
    _check_reader(study, reader)
    user, token = invite_person(
        actor=actor,
        email=reader.email,
        name=reader.name,
        language=reader.language,
        occasion=study.title,
        link=link,
        now=now,
    )
    if study.enrolments.filter(user=user).exists():
        raise Conflict(f"{user.email} is already a reader of this study.", code="enrolled_twice")
    hold_cases(study)
    check_is_no_staff_of(user, study.image_set_id)
    check_has_not_seen(user, study)
    enrolment = Enrolment(
        study=study,
        user=user,
        code=new_reader_code(taken=taken, choose=secrets.choice),
        rank_group=reader.rank_group,
        institution=reader.institution,
        years_of_experience=reader.years_of_experience,
        enrolled_at=now,
    )
    check_valid(enrolment, exclude={"study", "user", "rank_group", "institution"})
    enrolment.save()
    _record("enrolment.created", actor, enrolment, now, **_late_order(study, enrolment))
    return enrolment, token


def _check_reader(study: Study, reader: NewReader) -> None:
    if reader.rank_group.study_id != study.pk:
        raise InvalidInput("The rank group is not one of this study.", field="rank_group")
    if reader.institution.study_id != study.pk:
        raise InvalidInput("The institution is not one of this study.", field="institution")
    years = reader.years_of_experience
    if years is not None and not 0 <= years <= MAX_YEARS:
        raise InvalidInput(
            f"Years of experience are a whole number from 0 to {MAX_YEARS}.",
            field="years_of_experience",
        )


def _late_order(study: Study, enrolment: Enrolment) -> dict[str, Any]:
    if study.state == StudyState.DRAFT:
        return {"code": enrolment.code}
    store_orders(study, [enrolment])
    # The manifest was hashed without this reader; the audit trail carries the hash of their order.
    order = orders_sha256([enrolment], algorithm=study.design.algorithm)
    return {"code": enrolment.code, "late": True, "order_sha256": order}


def invite_again(
    *, actor: User, enrolment: Enrolment, link: Link | None = None, now: datetime
) -> str:
    """The token of a new invitation for a reader who has not come yet (empty for people who have come in before).

    Raises NotAllowed, Conflict where the reader has begun or is withdrawn, or the study is closed.
    """
    with transaction.atomic():
        study = study_open_for_readers(actor, enrolment.study)
        locked = _locked(enrolment)
        if locked.state != EnrolmentState.INVITED:
            raise Conflict(f"{locked.code} is {locked.state}; there is nothing to invite to.")
        user = locked.user
        _user, token = invite_person(
            actor=actor,
            email=user.email,
            name=user.name,
            language=user.language,
            occasion=study.title,
            link=link,
            now=now,
        )
        _record("enrolment.invited_again", actor, locked, now)
    return token


def activate_enrolment(*, actor: User, enrolment: Enrolment, now: datetime) -> Enrolment:
    """Makes the actor's own enrolment active, after their consent; an active one stays as it is.

    Raises NotFound for somebody else's, NotAllowed without consent, Conflict in a draft, once closed, or withdrawn.
    """
    if enrolment.user_id != actor.pk:
        raise NotFound("There is no such enrolment.")
    with transaction.atomic():
        locked = _locked(enrolment)
        if locked.state == EnrolmentState.ACTIVE:
            return locked
        _check_may_start(locked)
        locked.state = EnrolmentState.ACTIVE
        locked.save(update_fields=["state"])
        _record("enrolment.activated", actor, locked, now)
    return locked


def _check_may_start(enrolment: Enrolment) -> None:
    if enrolment.state == EnrolmentState.WITHDRAWN:
        raise Conflict("You have been withdrawn from this study.", code="withdrawn")
    study = enrolment.study
    if study.state not in (StudyState.LOCKED, StudyState.READING):
        raise Conflict("The study is not open for readers.", code="study_not_open")
    texts = [study.protocol.consent_en, study.protocol.consent_de]
    if not has_consented_to_any(enrolment.user, scope=study.public_id, texts=texts):
        raise NotAllowed("Please read and accept the consent first.", code="consent_missing")


def withdraw_reader(
    *, actor: User, enrolment: Enrolment, reason: str = "", now: datetime
) -> Enrolment:
    """Takes a reader out. Of a draft nothing remains; later the row stays, and the answers by the rule that was declared.

    Raises NotAllowed, and Conflict once the study is closed or where the reader is withdrawn already.
    """
    with transaction.atomic():
        study = _study_before_close(actor, enrolment)
        locked = _locked(enrolment)
        if locked.state == EnrolmentState.WITHDRAWN:
            raise Conflict(f"{locked.code} is already withdrawn.", code="withdrawn")
        reason = reason.strip()
        # What is written about a person can be erased where it stands; the trail holds its keyed hash.
        data = {"code": locked.code, **({"reason_hash": keyed_hash(reason)} if reason else {})}
        verb = "enrolment.withdrawn"
        if study.state == StudyState.DRAFT:
            _record(verb, actor, locked, now, **data)
            locked.delete()
        else:
            take_out(actor=actor, enrolment=locked, verb=verb, data=data, reason=reason, now=now)
    return locked


def _study_before_close(actor: User, enrolment: Enrolment) -> Study:
    check_may_coordinate(actor, enrolment.study)
    study = Study.objects.select_for_update().get(pk=enrolment.study_id)
    if study.state not in OPEN_FOR_READERS:
        raise Conflict(
            "The study is closed; nobody can be withdrawn any more.", code="study_closed"
        )
    return study


def _locked(enrolment: Enrolment) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",))
    return rows.select_related("user", "study__protocol").get(pk=enrolment.pk)


def _record(verb: str, actor: User, enrolment: Enrolment, now: datetime, **data: Any) -> None:
    record_event(
        actor=actor,
        verb=verb,
        subject=enrolment,
        now=now,
        study_id=enrolment.study.public_id,
        data=data,
    )
