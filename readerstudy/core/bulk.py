"""Thousands of new rows in one short transaction, which the database then knows of.

Most of what `bulk_create` takes is turning 300,000 values into SQL, while SQLite keeps every other writer waiting. Here that
is done before: inside the transaction the values have only to be handed over.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction

Values = tuple[Any, ...]


def prepared_values(row: models.Model, *, but: str) -> Values:
    """The values of a checked new row as the database takes them, without the foreign key `but`: its row is not saved yet."""
    return tuple(
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in _fields(type(row), but)
    )


def insert_prepared(
    model: type[models.Model], rows: Iterable[tuple[int, Values]], *, of: str
) -> None:
    """Inserts rows whose foreign key `of` has these values. Raises IntegrityError where a constraint refuses one."""
    fields = [model._meta.get_field(of), *_fields(model, of)]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # nosec B608  # noqa: S608 (names of our own models)
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(key, *values) for key, values in rows])


def counted_again(*tables: type[models.Model]) -> None:
    """Lets PostgreSQL count these tables once the transaction is committed.

    By itself it comes after a minute or more, and to a table of few rows perhaps never: until then it plans queries for the
    rows that were there before.
    """
    if connection.vendor == "postgresql":
        transaction.on_commit(lambda: _count(tables), robust=True)


def _count(tables: Iterable[type[models.Model]]) -> None:
    names = ", ".join(connection.ops.quote_name(one._meta.db_table) for one in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")


def _fields(model: type[models.Model], but: str) -> list[Any]:
    """The columns but the foreign key and the number that the database gives."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name != but
    ]
