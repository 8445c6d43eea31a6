"""One view of the whole database, for what compares many tables while people go on working."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def one_view() -> Iterator[None]:
    """Everything that is read inside is as it stood at one moment. Nothing may be written inside, and nobody waits for it.

    Inside a transaction that is open already, what that one sees is seen: it cannot be made another afterwards.
    """
    if connection.in_atomic_block:
        yield
        return
    with ExitStack() as view:
        with _begun_to_read():
            view.enter_context(transaction.atomic())
        if connection.vendor == "postgresql":
            # The first statement of the transaction, as PostgreSQL demands.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _begun_to_read() -> Iterator[None]:
    """On SQLite our transactions take the write lock as they begin; one that only reads would hold up every writer."""
    # A connection that is made later would set the mode again.
    connection.ensure_connection()
    sqlite: Any = connection if connection.vendor == "sqlite" else None
    before = sqlite and sqlite.transaction_mode
    if sqlite:
        sqlite.transaction_mode = "DEFERRED"
    try:
        yield
    finally:
        if sqlite:
            sqlite.transaction_mode = before
