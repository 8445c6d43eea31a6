"""The reader's signature under all that they answered."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.language import text_language
from readerstudy.accounts.models import User
from readerstudy.accounts.reauthentication import Confirmation, check_confirmation
from readerstudy.accounts.selectors import text_hash
from readerstudy.accounts.services import check_language
from readerstudy.core.audit import record_event
from readerstudy.core.canonical import sha256_of
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.reading.models import Attestation, Conduct, Reading
from readerstudy.reading.selectors import Progress, progress_of
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Enrolment

# After the close nothing is read any more, but what was read can still be signed.
_OPEN = (StudyState.READING, StudyState.CLOSED)


def readings_sha256(enrolment: Enrolment) -> str:
    """SHA-256 over every reading of the reader, changed ones included.

    Rows of [position, version, hash of the answer as sent, time of storage], sorted.
    """
    rows = Reading.objects.filter(position__enrolment=enrolment).order_by()
    fields = ("position__public_id", "version", "body_sha256", "received_at")
    return sha256_of(sorted([*row[:-1], row[-1].isoformat()] for row in rows.values_list(*fields)))


def is_signed(enrolment: Enrolment) -> bool:
    """Whether the reader has signed; nothing is answered after that."""
    return Attestation.objects.filter(enrolment=enrolment).exists()


def waits_for_signature(enrolment: Enrolment, progress: Progress | None = None) -> bool:
    """Whether all cases are read and the study asks for a signature that is not given yet.

    `progress` where it is known already; conduct and signature are not asked for where they came with the enrolment.
    """
    conduct = getattr(enrolment.study, "conduct", None)
    return (
        enrolment.state == EnrolmentState.ACTIVE
        and enrolment.study.state in _OPEN
        and conduct is not None
        and conduct.asks_attestation
        and (progress or progress_of(enrolment)).is_complete
        and getattr(enrolment, "attestation", None) is None
    )


def attestation_text(conduct: Conduct, language: str) -> str:
    """The locked text in German for German, in English for every other language."""
    return str(getattr(conduct, f"attestation_{text_language(language)}"))


def sign_readings(
    *, actor: User, enrolment: Enrolment, given: Confirmation, language: str, now: datetime
) -> Attestation:
    """Stores the actor's signature under all their readings; none of them can be changed after it.

    Raises NotFound for somebody else's, Conflict where there is nothing to sign or it is signed already, InvalidInput
    where it is not confirmed that it is the actor.
    """
    if enrolment.user_id != actor.pk:
        raise NotFound("There is no such enrolment.")
    check_language(language)
    check_confirmation(actor=actor, given=given, now=now)
    with transaction.atomic():
        rows = Enrolment.objects.select_for_update(of=("self",)).select_related("study__conduct")
        locked = rows.get(pk=enrolment.pk)
        if not waits_for_signature(locked):
            raise Conflict("There is nothing for you to sign.", code="nothing_to_sign")
        signed = _signed(actor, locked, attestation_text(locked.study.conduct, language), now)
        signed.language = language
        signed.save()
        _record(actor, signed, now)
    return signed


def _signed(actor: User, enrolment: Enrolment, text: str, now: datetime) -> Attestation:
    return Attestation(
        enrolment=enrolment,
        printed_name=actor.name,
        text=text,
        text_sha256=text_hash(text),
        readings_sha256=readings_sha256(enrolment),
        readings=Reading.objects.filter(position__enrolment=enrolment).count(),
        signed_at=now,
    )


def _record(actor: User, signed: Attestation, now: datetime) -> None:
    record_event(
        actor=actor,
        verb="readings.signed",
        subject=signed,
        now=now,
        study_id=signed.enrolment.study.public_id,
        data={"readings_sha256": signed.readings_sha256, "text_sha256": signed.text_sha256},
    )
