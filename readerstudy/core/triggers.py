"""The triggers by which the database itself refuses to change or delete evidence, on SQLite and on PostgreSQL.

They are made after every `migrate` and taken away before one that has something to do, and by no migration of their own:

- SQLite makes a table anew to alter it, and a table's triggers go with the old one. A migration that once made them would
  leave the next one's tables without, and nobody would see it;
- SQLite refuses to rename a table while a trigger speaks of one that is not there, as in the middle of such a remake;
- a migration that changes evidence, to give a new column its values for instance, has to be able to.

Between the two moments only the migration is at work. Should it be cut off there, `check --database default` and
`verify_audit` name every trigger that is missing, and the next `migrate` makes them.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from readerstudy.core.evidence import Guard, guards

PREFIX = "evidence_"
_GATE = "EXISTS (SELECT 1 FROM core_erasuregate)"
# The message of what is refused; the database tells it to whoever tries.
_REFUSED = "rows of {table} are evidence: {what} is refused"


class Trigger(NamedTuple):
    """A trigger of a table, and the statements that make it. `body` is the function's on PostgreSQL."""

    name: str
    table: str
    statement: str
    body: str = ""


def install(connection: BaseDatabaseWrapper) -> int:
    """Makes every trigger that is missing or not as it should be; how many these were."""
    wanted, found = _wanted(connection), _found(connection)
    lacking = [one for one in wanted if not _is_as_it_should_be(connection, one, found)]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for one in lacking:
            for statement in _making(connection, one):
                cursor.execute(statement)
    return len(lacking)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Takes all triggers of evidence away."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name, table in _names(connection):
            on = "" if connection.vendor == "sqlite" else f' ON "{table}"'
            cursor.execute(f'DROP TRIGGER "{name}"{on}')


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """A sentence for each trigger that is missing, switched off or another one."""
    found = _found(connection)
    return [
        f"The trigger {one.name} of the table {one.table} is missing or was changed: the database does not refuse what it should."
        for one in _wanted(connection)
        if not _is_as_it_should_be(connection, one, found)
    ]


def _wanted(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """The triggers of the tables that are there: in the middle of the migrations there are fewer."""
    tables = set(connection.introspection.table_names())
    if "core_erasuregate" not in tables:
        return []
    make = _sqlite if connection.vendor == "sqlite" else _postgresql
    there = [guard for guard in guards() if guard.table in tables]
    return [trigger for guard in there for trigger in make(guard)]


def _exceptions(guard: Guard, of_its_own: str) -> list[str]:
    """The SQL conditions under which the guard lets a statement pass."""
    gate = [_GATE] if guard.can_be_erased else []
    return [*gate, *([of_its_own] if of_its_own else [])]


def _of(guard: Guard) -> str:
    names = ", ".join(f'"{name}"' for name in guard.columns)
    return f" OF {names}" if names else ""


# --- SQLite -----------------------------------------------------------------------------------------------


def _sqlite(guard: Guard) -> Iterator[Trigger]:
    yield _sqlite_one(guard, "update", f"UPDATE{_of(guard)}", guard.changeable_while)
    yield _sqlite_one(guard, "delete", "DELETE", guard.removable_while)


def _sqlite_one(guard: Guard, what: str, event: str, of_its_own: str) -> Trigger:
    name, exceptions = f"{PREFIX}{guard.table}_{what}", _exceptions(guard, of_its_own)
    when = " AND ".join(f"NOT ({one})" for one in exceptions)
    condition = f" WHEN {when}" if when else ""
    told = _REFUSED.format(table=guard.table, what=what)
    statement = (
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{guard.table}" FOR EACH ROW{condition}'
        f" BEGIN SELECT RAISE(ABORT, '{told}'); END"
    )
    return Trigger(name, guard.table, statement)


# --- PostgreSQL -------------------------------------------------------------------------------------------


def _postgresql(guard: Guard) -> Iterator[Trigger]:
    yield _postgresql_one(guard, "update", f"UPDATE{_of(guard)}", guard.changeable_while)
    yield _postgresql_one(guard, "delete", "DELETE", guard.removable_while)
    yield _postgresql_one(guard, "truncate", "TRUNCATE", "")


def _postgresql_one(guard: Guard, what: str, event: str, of_its_own: str) -> Trigger:
    name, each = f"{PREFIX}{guard.table}_{what}", "STATEMENT" if what == "truncate" else "ROW"
    passed = "" if what == "truncate" else _passing(what, _exceptions(guard, of_its_own))
    told = _REFUSED.format(table=guard.table, what=what)
    body = f"BEGIN {passed}RAISE EXCEPTION '{told}' USING ERRCODE = 'restrict_violation'; END"
    statement = f"CREATE TRIGGER {name} BEFORE {event} ON {guard.table} FOR EACH {each} EXECUTE FUNCTION {name}()"
    return Trigger(name, guard.table, statement, body)


def _passing(what: str, exceptions: list[str]) -> str:
    row = "OLD" if what == "delete" else "NEW"
    return "".join(f"IF {one} THEN RETURN {row}; END IF; " for one in exceptions)


def _making(connection: BaseDatabaseWrapper, one: Trigger) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield f'DROP TRIGGER IF EXISTS "{one.name}"'
        yield one.statement
        return
    yield f"CREATE OR REPLACE FUNCTION {one.name}() RETURNS trigger LANGUAGE plpgsql AS $body${one.body}$body$"
    yield f'DROP TRIGGER IF EXISTS {one.name} ON "{one.table}"'
    yield one.statement


# --- What is there ----------------------------------------------------------------------------------------

_FOUND = {
    "sqlite": "SELECT name, tbl_name, sql, '', 1 FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid), p.prosrc, t.tgenabled <> 'D' FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
    ),
}


def _found(connection: BaseDatabaseWrapper) -> dict[str, tuple[Any, ...]]:
    """Name → table, statement, body and whether it is switched on."""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND[connection.vendor])
        return {row[0]: row[1:] for row in cursor.fetchall() if row[0].startswith(PREFIX)}


def _names(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    return [(name, row[0]) for name, row in _found(connection).items()]


def _is_as_it_should_be(
    connection: BaseDatabaseWrapper, one: Trigger, found: dict[str, tuple[Any, ...]]
) -> bool:
    table, statement, body, is_on = found.get(one.name, ("", "", "", False))
    if connection.vendor == "sqlite":
        return bool(statement == one.statement)
    # PostgreSQL tells a statement in its own words: the schema before the names, and quotes where it wants them.
    told = statement.replace(f" ON {_schema(statement)}", " ON ").replace('"', "")
    same = told == one.statement.replace('"', "")
    return bool(table == one.table and same and body == one.body and is_on)


def _schema(statement: str) -> str:
    """`public.` where PostgreSQL names the schema of the table."""
    on = statement.split(" ON ", 1)[-1].split(" ", 1)[0]
    return f"{on.split('.', 1)[0]}." if "." in on else ""
