"""Evidence as a thief changes it who has the rights of the database's owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

from readerstudy.core import triggers

_lifted = False


@contextmanager
def unguarded(of: Any = connection) -> Iterator[None]:
    """Without the triggers that guard evidence; they are there again afterwards, whatever was done.

    On PostgreSQL as the owner or a superuser can have it (`session_replication_role`), on SQLite by dropping them.
    """
    global _lifted  # noqa: PLW0603 (a thief within a thief's hand leaves the outer one at work)
    if _lifted:
        yield
        return
    _lifted = True
    try:
        with _without_triggers(of):
            yield
    finally:
        _lifted = False


@contextmanager
def _without_triggers(of: Any) -> Iterator[None]:
    if of.vendor == "postgresql":
        with of.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            with of.cursor() as cursor:
                cursor.execute("SET session_replication_role = DEFAULT")
        return
    triggers.drop(of)
    try:
        yield
    finally:
        triggers.install(of)


def overwrite(sql: str, *values: object) -> int:
    """Executes a statement of the thief's and gives the number of rows that it changed."""
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def plain(rows: models.QuerySet) -> models.QuerySet:
    """The rows of the queryset without the refusals that are written in Python."""
    return models.QuerySet(rows.model).filter(pk__in=list(rows.values_list("pk", flat=True)))
