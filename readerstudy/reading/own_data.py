"""All that is stored of one reader in one study, for that reader."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import models
from django.db.models import Min, Q

from readerstudy.accounts.models import Consent
from readerstudy.reading.models import (
    Attestation,
    BreakEnd,
    Environment,
    Message,
    PracticeAnswer,
    PracticeRound,
    ReaderProfile,
    Reading,
    Reminder,
)
from readerstudy.studies.models import Enrolment


def own_data(enrolment: Enrolment) -> dict[str, Any]:
    """Everything by table, column by column; of cases nothing but opaque ids. Left out: the audit trail."""
    user, study = enrolment.user, enrolment.study
    mine = {"enrolment": enrolment}
    return {
        "study": {"id": study.public_id, "title": study.title},
        "account": {"name": user.name, "email": user.email, "language": user.language},
        "enrolment": {
            **columns_told(enrolment),
            "rank_group": enrolment.rank_group.name,
            "institution": enrolment.institution.name,
        },
        "consents": rows_told(Consent.objects.filter(user=user, scope=study.public_id)),
        "profile": rows_told(ReaderProfile.objects.filter(**mine)),
        "environments": rows_told(Environment.objects.filter(**mine)),
        "reminders": rows_told(Reminder.objects.filter(**mine)),
        "messages": _messages(enrolment),
        "breaks": rows_told(BreakEnd.objects.filter(**mine)),
        "practice": {
            "answers": _practice(enrolment),
            "rounds": rows_told(PracticeRound.objects.filter(**mine)),
        },
        "readings": _readings(enrolment),
        "attestation": rows_told(Attestation.objects.filter(**mine)),
    }


def _messages(enrolment: Enrolment) -> list[dict[str, Any]]:
    """The thread; `seen_at` is when the reader first saw what a coordinator wrote."""
    seen_at = Min("seen__seen_at", filter=Q(seen__user=enrolment.user_id, is_from_reader=False))
    rows = Message.objects.filter(enrolment=enrolment).annotate(seen_by_reader=seen_at)
    return [{**columns_told(one), "seen_at": one.seen_by_reader} for one in rows]


def _practice(enrolment: Enrolment) -> list[dict[str, Any]]:
    rows = PracticeAnswer.objects.filter(enrolment=enrolment).select_related("practice_case")
    return [{"case": one.practice_case.public_id, **columns_told(one)} for one in rows]


def _readings(enrolment: Enrolment) -> list[dict[str, Any]]:
    rows = Reading.objects.filter(position__enrolment=enrolment).select_related("position__session")
    ordered = rows.order_by("position__session__number", "position__number", "version")
    return [
        {
            "session": one.position.session.number,
            "place": one.position.number,
            "position": one.position.public_id,
            **columns_told(one),
        }
        for one in ordered
    ]


def rows_told(
    rows: Iterable[models.Model], *, but_for: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Of each row what a person may take along; fields named `but_for` are left out."""
    return [columns_told(one, but_for) for one in rows]


def columns_told(row: models.Model, but_for: Collection[str] = ()) -> dict[str, Any]:
    """Field → value. Row numbers and references tell nothing outside the database."""
    return {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if not (field.primary_key or field.is_relation or field.name in but_for)
    }
