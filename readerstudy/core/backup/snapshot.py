"""What both kinds of database give of one moment, and how a restored one is asked the same."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from django.apps import apps
from django.db import connection, models

from readerstudy.core.backup import postgres, sqlite
from readerstudy.core.backup.faults import BackupRefused

# Sessions would let in whoever finds the backup; after a restore everybody signs in again.
LEFT_OUT = frozenset({"django_session"})


@dataclass(frozen=True)
class Content:
    """How many rows a table has, and the SHA-256 over all of them in the order of their keys."""

    rows: int
    sha256: str


class Reading(Protocol):
    """A database at one moment."""

    def rows(self, sql: str) -> Iterable[tuple[Any, ...]]: ...

    def tables(self) -> list[str]: ...

    def content(self, table: str) -> tuple[int, str]: ...


class Snapshot(Reading, Protocol):
    """A database at one moment that can be dumped as it is then."""

    def dump(self) -> Iterator[bytes]: ...


class Vendor(Protocol):
    """One kind of database."""

    def snapshot(self, left_out: Iterable[str]) -> AbstractContextManager[Snapshot]: ...

    def reading(self) -> AbstractContextManager[Reading]: ...

    def versions(self) -> dict[str, str]: ...

    def check_can_load(self, versions: dict[str, str]) -> None: ...

    def load(self, pieces: Iterator[bytes]) -> None: ...


def vendor() -> Vendor:
    """The kind that this instance runs on. Raises BackupRefused for one that is neither SQLite nor PostgreSQL."""
    kinds: dict[str, Vendor] = {"sqlite": sqlite.Sqlite(), "postgresql": postgres.Postgres()}
    if connection.vendor not in kinds:
        raise BackupRefused(f"There are no backups of {connection.display_name} databases.")
    return kinds[connection.vendor]


@dataclass(frozen=True)
class Facts:
    """What the database held, for the header of a backup and for the comparison after a restore."""

    tables: dict[str, Content]
    migrations: list[list[str]]
    audit_sequence: int
    audit_hash: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Facts":
        """Out of the JSON of a header."""
        tables = {name: Content(**content) for name, content in document["tables"].items()}
        return cls(**{**document, "tables": tables})


def facts_of(reading: Reading) -> Facts:
    """Counts and hashes of all tables but those left out, the migrations, and where the audit trail stands."""
    tables = [name for name in sorted(reading.tables()) if name not in LEFT_OUT]
    head = next(
        iter(reading.rows("SELECT sequence, hash FROM core_audithead WHERE id = 1")), (0, "")
    )
    applied = reading.rows("SELECT app, name FROM django_migrations ORDER BY app, name")
    return Facts(
        tables={name: Content(*reading.content(name)) for name in tables},
        migrations=[list(row) for row in applied],
        audit_sequence=int(head[0]),
        audit_hash=str(head[1]),
    )


def files_named_by(reading: Reading) -> set[str]:
    """The stored files that the rows name."""
    named = set[str]()
    tables = set(reading.tables())
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField) and model._meta.db_table in tables:
                named |= _named(reading, model._meta.db_table, field.column)
    return named


def _named(reading: Reading, table: str, column: str) -> set[str]:
    quote = connection.ops.quote_name
    sql = f"SELECT {quote(column)} FROM {quote(table)} WHERE {quote(column)} <> ''"  # nosec B608  # noqa: S608 (names of our own models)
    return {str(name) for (name,) in reading.rows(sql)}
