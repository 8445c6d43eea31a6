"""The register, applied to the rows of one person: what is deleted, what is emptied, what stays."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models

from readerstudy.accounts.models import User
from readerstudy.accounts.sessions import stored_sessions
from readerstudy.core.evidence import Erasure
from readerstudy.core.models import AppendOnlyModel
from readerstudy.privacy.register import REGISTER
from readerstudy.privacy.register_types import Rows, Table
from readerstudy.studies.models import Enrolment

_OF_READERS = "enrolment__user"


def empty_person(erasure: Erasure, user: User) -> dict[str, int]:
    """Empties or deletes all that names the person. Model → how many rows. The account itself is emptied last."""
    counts = {}
    for label, table in _tables():
        if label != User._meta.label:
            model = apps.get_model(label)
            counts[label] = _apply(
                erasure, table, model._default_manager.filter(**{table.person: user.pk})
            )
    counts[Session._meta.label] = _end_sessions(user)
    _empty_account(user)
    return {label: count for label, count in counts.items() if count}


def empty_enrolment(erasure: Erasure, enrolment: Enrolment) -> None:
    """Empties what names the person in the rows of one enrolment; their account and other studies stay."""
    for label, table in _tables():
        if table.person == _OF_READERS:
            model = apps.get_model(label)
            _apply(erasure, table, model._default_manager.filter(enrolment=enrolment))
    Enrolment.objects.filter(pk=enrolment.pk).update(**REGISTER[Enrolment._meta.label].personal)


def _tables() -> Iterator[tuple[str, Table]]:
    """The tables of the register that are installed and whose rows do not simply stay."""
    installed = {model._meta.label for model in apps.get_models()}
    for label, table in REGISTER.items():
        if label in installed and table.person and table.rows != Rows.STAY:
            yield label, table


def _apply(erasure: Erasure, table: Table, rows: models.QuerySet[Any]) -> int:
    is_evidence = issubclass(rows.model, AppendOnlyModel)
    if table.rows == Rows.DELETE:
        return erasure.erase(rows) if is_evidence else _deleted(rows)
    values = dict(table.personal)
    return erasure.change(rows, **values) if is_evidence else rows.update(**values)


def _deleted(rows: models.QuerySet[Any]) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)


def _end_sessions(user: User) -> int:
    """Those that have run out are data of the person too, until they are swept away."""
    mine = [one.session_key for one in stored_sessions(user, among=Session.objects.all())]
    return Session.objects.filter(session_key__in=mine).delete()[0]


def _empty_account(user: User) -> None:
    values = {**REGISTER[User._meta.label].personal, "email": nobodys_address(user)}
    User.objects.filter(pk=user.pk).update(**values)
    user.refresh_from_db()


def nobodys_address(user: User) -> str:
    """A mail address that leads nowhere (RFC 2606), since every account has one of its own."""
    return f"erased-{user.public_id}@erased.invalid"


def is_erased(user: User) -> bool:
    """Whether nothing is left of the account but its number."""
    return user.email == nobodys_address(user)
