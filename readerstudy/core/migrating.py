"""While the schema of a running site is changed, nobody waits for long."""

from typing import Any

from django.conf import settings
from django.db import connections


def _set_lock_timeout(using: str, milliseconds: int) -> None:
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [str(milliseconds)])


def limit_waiting(using: str, **_signal: Any) -> None:
    """Before migrations. A change of a table waits for whoever reads it, and everybody else behind it, writers included.

    After this time the migration gives up instead, changes nothing, and can be run again.
    """
    _set_lock_timeout(using, settings.MIGRATION_LOCK_TIMEOUT_MS)


def wait_as_before(using: str, **_signal: Any) -> None:
    """After migrations: answers wait for each other as long as they have to."""
    _set_lock_timeout(using, 0)
