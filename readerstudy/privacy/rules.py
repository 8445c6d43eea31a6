"""What a study declares of its readers' data: the rule for answers at a withdrawal, and the retention date of names."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.studies.choices import AtWithdrawal, StudyState
from readerstudy.studies.models import Study, StudyPrivacy
from readerstudy.studies.permissions import check_may_coordinate

SECTION = "privacy"


def privacy_of(study: Study) -> StudyPrivacy:
    """What the study declares; the defaults where nothing was chosen."""
    return StudyPrivacy.objects.filter(study=study).first() or StudyPrivacy(study=study)


def declare_rule(*, actor: User, study: Study, at_withdrawal: str, now: datetime) -> StudyPrivacy:
    """What becomes of the answers of readers who leave. Raises NotAllowed, InvalidInput, Conflict after the lock."""
    check_may_coordinate(actor, study)
    if at_withdrawal not in AtWithdrawal.values:
        raise InvalidInput("Choose what becomes of the answers.", field="at_withdrawal")
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        if locked.state != StudyState.DRAFT:
            raise Conflict("The study is locked; its protocol no longer changes.", code="locked")
        stored = privacy_of(locked)
        if stored.at_withdrawal != at_withdrawal:
            stored.at_withdrawal = at_withdrawal
            stored.save()
            _record(actor, locked, "study.withdrawal_rule_set", now, rule=at_withdrawal)
    return stored


def set_retention(
    *, actor: User, study: Study, names_until: date | None, now: datetime
) -> StudyPrivacy:
    """The day after which names are erased from beside the codes; None for no day.

    Raises NotAllowed, InvalidInput for a day that has passed, Conflict once the names are erased.
    """
    check_may_coordinate(actor, study)
    if names_until is not None and names_until <= now.date():
        raise InvalidInput(
            "Choose a day in the future: the retention date must not have passed.",
            field="names_until",
        )
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        stored = privacy_of(locked)
        if stored.names_erased_at:
            raise Conflict("The names of this study are erased already.", code="names_erased")
        if stored.names_until != names_until:
            stored.names_until, stored.reminded_at = names_until, None
            stored.save()
            day = names_until.isoformat() if names_until else ""
            _record(actor, locked, "study.retention_set", now, names_until=day)
    return stored


def _record(actor: User, study: Study, verb: str, now: datetime, **data: str) -> None:
    record_event(
        actor=actor, verb=verb, subject=study, now=now, study_id=study.public_id, data=data
    )


def lock_section(study: Study) -> dict[str, Any]:
    """The part of the lock manifest. The retention date is not of the protocol and can be moved."""
    return {"at_withdrawal": privacy_of(study).at_withdrawal}


def verify_section(study: Study, section: dict[str, Any]) -> Iterator[str]:
    """A sentence where the stored rule is not the locked one."""
    if lock_section(study) != section:
        yield "The rule for answers of readers who leave is not the one that was locked."


def copy_rules(*, source: Study, copy: Study, actor: User, now: datetime) -> None:  # noqa: ARG001 (the hook's arguments)
    """A copy declares the same rule; its retention date is its own."""
    StudyPrivacy.objects.create(study=copy, at_withdrawal=privacy_of(source).at_withdrawal)
