"""The service that brings a backup back into an empty instance."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from readerstudy.core.backup.archive import Member, Part
from readerstudy.core.backup.checking import Checked, Header, check_backup, parts_of, read_header
from readerstudy.core.backup.faults import BackupFault, BackupRefused
from readerstudy.core.backup.files import is_empty
from readerstudy.core.backup.making import CHECKPOINTS, DATABASE, MANIFEST
from readerstudy.core.backup.snapshot import Reading, vendor

# Rows that `migrate` makes by itself; they do not make an instance one that is in use.
OF_MIGRATE = frozenset(
    {
        "django_migrations",
        "django_content_type",
        "auth_permission",
        "django_site",
        "sqlite_sequence",
    }
)
_IN_MEMORY = 32 * 2**20
Said = Callable[[str], object]


def restore_backup(
    *, path: Path, identities: Sequence[Any], say: Said = lambda _words: None
) -> Checked:
    """Database, files and checkpoints of the backup, in this empty instance.

    Everything that can be wrong is looked for before anything is changed: raises BackupRefused for an instance that
    holds something, another kind of database, a newer version or another audit key; BackupFault for a changed file.
    """
    header = read_header(path, identities)
    check_fits(header)
    check_is_empty()
    say("reading the whole file")
    checked = check_backup(path, identities)
    say("restoring")
    _load(path, identities, checked)
    return checked


def check_fits(header: Header) -> None:
    """Raises BackupRefused where this version or this database cannot take the backup."""
    if header.vendor != connection.vendor:
        raise BackupRefused(
            f"The backup is of a {header.vendor} database and this instance runs on {connection.vendor}: "
            "a backup is restored into the same kind of database."
        )
    known = _known_migrations()
    unknown = [row for row in header.facts.migrations if tuple(row) not in known]
    if unknown:
        app, name = unknown[0]
        raise BackupRefused(
            f"The backup was made by a newer version ({header.app_version}): it has the migration {app}.{name}, "
            "which this version does not know. Install that version first."
        )
    vendor().check_can_load(header.versions)


def migrations_to_come(header: Header) -> list[str]:
    """The migrations of this version that the backup does not have yet."""
    applied = {tuple(row) for row in header.facts.migrations}
    return sorted(f"{app}.{name}" for app, name in _known_migrations() - applied)


def _known_migrations() -> set[tuple[str, ...]]:
    return set(MigrationLoader(None).disk_migrations or {})


def check_is_empty() -> None:
    """Raises BackupRefused where the database, the storage or the file of checkpoints holds anything."""
    with vendor().reading() as reading:
        if (table := _first_in_use(reading)) is not None:
            raise BackupRefused(
                f"This instance is not empty: its table {table} has rows. Restore into a new database."
            )
    if not is_empty():
        raise BackupRefused(
            "This instance is not empty: its storage (MEDIA_ROOT) holds files. Restore into an empty one."
        )
    checkpoints = settings.AUDIT_CHECKPOINTS
    if checkpoints.exists() and checkpoints.stat().st_size:
        raise BackupRefused(
            f"This instance is not empty: {checkpoints} holds checkpoints. Move the file aside and keep it."
        )


def _first_in_use(reading: Reading) -> str | None:
    tables = sorted(set(reading.tables()) - OF_MIGRATE)
    in_use = (table for table in tables if any(True for _row in reading.rows(_any_row(table))))
    return next(in_use, None)


def _any_row(table: str) -> str:
    # The head of a trail without events is what the first event would find.
    where = " WHERE sequence > 0" if table == "core_audithead" else ""
    return f"SELECT 1 FROM {connection.ops.quote_name(table)}{where} LIMIT 1"  # nosec B608  # noqa: S608 (names of the database itself)


def _load(path: Path, identities: Sequence[Any], checked: Checked) -> None:
    with closing(parts_of(path, identities)) as pairs:
        rest = _Rest((part for _archive, part in pairs), iter(checked.members))
        vendor().load(rest.database())
        for part, member in rest.others():
            if member.name == CHECKPOINTS:
                _write_checkpoints(part, member)
            else:
                _store(part, member)


class _Rest:
    """The parts after the header: the database's in a row, then all others."""

    def __init__(self, parts: Iterator[Part], expected: Iterator[Member]) -> None:
        self._parts, self._expected = parts, expected
        _compare(next(parts), next(expected))
        self._next = next(parts), next(expected)

    def database(self) -> Iterator[bytes]:
        """The dump, piece by piece."""
        while self._next[1].name.startswith(DATABASE):
            part, member = self._next
            yield from part.chunks()
            _compare(part, member)
            self._next = next(self._parts), next(self._expected)

    def others(self) -> Iterator[tuple[Part, Member]]:
        """Checkpoints and files."""
        yield self._next
        for part in self._parts:
            if part.name != MANIFEST:
                yield part, next(self._expected)


def _compare(part: Part, member: Member) -> None:
    if part.read_to_end() != replace(member, stored=""):
        raise BackupFault(
            f"{member.name} is another one than a moment ago: the file was exchanged."
        )


def _write_checkpoints(part: Part, member: Member) -> None:
    content = part.whole()
    _compare(part, member)
    settings.AUDIT_CHECKPOINTS.parent.mkdir(parents=True, exist_ok=True)
    if content:
        settings.AUDIT_CHECKPOINTS.write_bytes(content)


def _store(part: Part, member: Member) -> None:
    """One file at a time lies beside the storage: an object store asks to go back to a file's beginning."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        spool.writelines(part.chunks())
        _compare(part, member)
        spool.seek(0)
        stored = default_storage.save(member.stored, File(spool, name=member.stored))
    if stored != member.stored:
        raise BackupFault(f"The storage gave {member.stored} another name, {stored}.")
