"""SQLite: a compacted copy of the file is the snapshot, and what a backup carries."""

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from readerstudy.core.backup.archive import PIECE


def _path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class SqliteReading:
    """A file that nobody writes to."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def rows(self, sql: str) -> Iterable[tuple[Any, ...]]:
        return self._raw.execute(sql)

    def tables(self) -> list[str]:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        return [name for (name,) in self._raw.execute(sql)]

    def content(self, table: str) -> tuple[int, str]:
        columns = list(self._raw.execute(f"PRAGMA table_info({_quoted(table)})"))
        names = ", ".join(_quoted(name) for name in sorted(column[1] for column in columns))
        keys = ", ".join(_quoted(column[1]) for column in columns if column[5]) or names
        digest, count = hashlib.sha256(), 0
        for row in self._raw.execute(f"SELECT {names} FROM {_quoted(table)} ORDER BY {keys}"):  # nosec B608  # noqa: S608 (names quoted)
            # The values are None, int, float, str or bytes, whose `repr` is the same everywhere.
            digest.update(repr(row).encode())
            count += 1
        return count, digest.hexdigest()


class SqliteSnapshot(SqliteReading):
    """The copy, which is what is dumped."""

    def __init__(self, raw: sqlite3.Connection, copy: Path) -> None:
        super().__init__(raw)
        self._copy = copy

    def dump(self) -> Iterator[bytes]:
        with self._copy.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


class Sqlite:
    """The embedded database."""

    @contextmanager
    def snapshot(self, left_out: Iterable[str]) -> Iterator[SqliteSnapshot]:
        # Beside the database, where there is room for it and nobody else can read.
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=_path().parent) as folder:
            copy = Path(folder) / "copy.sqlite3"
            with closing(sqlite3.connect(_path(), timeout=60)) as source:
                source.execute("VACUUM INTO ?", (str(copy),))
            with closing(sqlite3.connect(copy)) as raw:
                _empty(raw, left_out)
                yield SqliteSnapshot(raw, copy)

    @contextmanager
    def reading(self) -> Iterator[SqliteReading]:
        if not _path().exists():
            with closing(sqlite3.connect(":memory:")) as raw:
                yield SqliteReading(raw)
            return
        with closing(sqlite3.connect(_path(), timeout=60)) as raw:
            raw.execute("BEGIN")
            yield SqliteReading(raw)

    def versions(self) -> dict[str, str]:
        return {"server": sqlite3.sqlite_version}

    def check_can_load(self, versions: dict[str, str]) -> None:
        """Any SQLite 3 reads the file of any other."""

    def load(self, pieces: Iterator[bytes]) -> None:
        """Puts the file where the database belongs, whole or not at all."""
        path = _path()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".restore-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(handle)
            connection.close()
            for ending in ("-wal", "-shm"):
                Path(f"{path}{ending}").unlink(missing_ok=True)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


def _empty(raw: sqlite3.Connection, tables: Iterable[str]) -> None:
    # What was deleted is overwritten: the file is copied as it is.
    raw.execute("PRAGMA secure_delete = ON")
    with raw:
        for table in tables:
            raw.execute(f"DELETE FROM {_quoted(table)}")  # nosec B608  # noqa: S608 (names of our own tables)
