"""PostgreSQL: counts, hashes and `pg_dump` see the same snapshot; `pg_restore` brings it back in one transaction."""

import hashlib
import os
import re
import shutil
import subprocess  # nosec B404  # (our own arguments alone)
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from readerstudy.core.backup.archive import PIECE
from readerstudy.core.backup.faults import BackupFault, BackupRefused

# So that values are written the same way on every server.
_SETTINGS = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
)
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, NULL) IN ('smallint', 'integer', 'bigint'),
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attname COLLATE "C"
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


class PostgresReading:
    """The database in a transaction that sees one moment."""

    def rows(self, sql: str) -> Iterable[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def tables(self) -> list[str]:
        return [name for (name,) in self.rows(_TABLES)]

    def content(self, table: str) -> tuple[int, str]:
        with connection.cursor() as cursor:
            cursor.execute(_COLUMNS, [_quoted(table)])
            columns = list(cursor.fetchall())
            names = ", ".join(_quoted(name) for name, _is_number, _is_key in columns)
            sql = (
                f"COPY (SELECT {names} FROM {_quoted(table)} ORDER BY {_order(columns)}) TO STDOUT"  # nosec B608  # noqa: S608 (names quoted)
            )
            digest, count = hashlib.sha256(), 0
            with cursor.copy(sql) as copy:
                for piece in copy:
                    digest.update(piece)
                    count += bytes(piece).count(b"\n")
        return count, digest.hexdigest()


def _order(columns: list[tuple[str, bool, bool]]) -> str:
    keys = [column for column in columns if column[2]] or columns
    # Texts in the order of their bytes: the languages of two servers may sort them differently.
    return ", ".join(
        _quoted(name) if is_number else f'{_quoted(name)}::text COLLATE "C"'
        for name, is_number, _is_key in keys
    )


class PostgresSnapshot(PostgresReading):
    """The same moment for `pg_dump`."""

    def __init__(self, name: str, left_out: Iterable[str]) -> None:
        self._name, self._left_out = name, tuple(left_out)

    def dump(self) -> Iterator[bytes]:
        arguments = [
            *("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={self._name}"),
            *(f"--exclude-table-data={table}" for table in self._left_out),
        ]
        command = [_program("pg_dump"), *arguments, f"--dbname={_address()}"]
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(  # nosec B603  # noqa: S603 (our own arguments)
                command, stdout=subprocess.PIPE, stderr=errors, env=_environment()
            )
            try:
                assert process.stdout is not None  # nosec B101  # noqa: S101 (asked for above)
                while piece := process.stdout.read(PIECE):
                    yield piece
            finally:
                _end(process)
            _check(process.returncode, "pg_dump", errors)


class Postgres:
    """The database of a production instance."""

    @contextmanager
    def snapshot(self, left_out: Iterable[str]) -> Iterator[PostgresSnapshot]:
        self._check_program("pg_dump")
        with _one_moment():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_export_snapshot()")
                (name,) = cursor.fetchone()
            yield PostgresSnapshot(name, left_out)

    @contextmanager
    def reading(self) -> Iterator[PostgresReading]:
        with _one_moment():
            yield PostgresReading()

    def versions(self) -> dict[str, str]:
        return {"server": str(_server()), "pg_dump": str(_version("pg_dump"))}

    def check_can_load(self, versions: dict[str, str]) -> None:
        """Raises BackupRefused where server or pg_restore is older than what the backup was made with."""
        self._check_program("pg_restore")
        if _server() < int(versions["server"]):
            raise BackupRefused(
                f"The backup is of PostgreSQL {versions['server']}; this server is {_server()}, which is older."
            )
        if _version("pg_restore") < int(versions["pg_dump"]):
            raise BackupRefused(
                f"The backup needs pg_restore {versions['pg_dump']} or newer; the one on the PATH is {_version('pg_restore')}."
            )

    def load(self, pieces: Iterator[bytes]) -> None:
        """Drops the empty tables and restores, in one transaction of `pg_restore`. Raises BackupFault with its message."""
        _drop_everything()
        connection.close()
        command = [
            _program("pg_restore"),
            *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
            f"--dbname={_address()}",
        ]
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(  # nosec B603  # noqa: S603 (our own arguments)
                command, stdin=subprocess.PIPE, stderr=errors, env=_environment()
            )
            try:
                _feed(process, pieces)
            finally:
                _end(process)
            _check(process.returncode, "pg_restore", errors)

    def _check_program(self, name: str) -> None:
        needed = _server()
        if _version(name) < needed:
            raise BackupRefused(
                f"{name} on the PATH is version {_version(name)}; the server is PostgreSQL {needed}: "
                f"install postgresql-client-{needed}."
            )


@contextmanager
def _one_moment() -> Iterator[None]:
    with transaction.atomic(durable=not connection.in_atomic_block):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for setting in _SETTINGS:
                cursor.execute(setting)
        yield


def _feed(process: "subprocess.Popen[bytes]", pieces: Iterator[bytes]) -> None:
    assert process.stdin is not None  # nosec B101  # noqa: S101 (asked for above)
    try:
        with process.stdin as file:
            file.writelines(pieces)
    except BrokenPipeError:
        process.wait()  # it ended early; its message tells why


def _end(process: "subprocess.Popen[bytes]") -> None:
    # Nothing to wait for where the pieces ran into an error: the pipe is closed, and the program with it.
    if process.stdout is not None:
        process.stdout.close()
    process.wait()


def _check(code: int, program: str, errors: Any) -> None:
    if code:
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines()
        raise BackupFault(f"{program} ended with {code}: {said[0] if said else 'it said nothing'}")


def _drop_everything() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {_quoted(table)} CASCADE")
        cursor.execute(_FUNCTIONS)
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP ROUTINE {function} CASCADE")


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise BackupRefused(
            f"{name} is not on the PATH: install the PostgreSQL client of version {_server()} or newer."
        )
    return path


def _version(program: str) -> int:
    said = subprocess.run(  # nosec B603  # noqa: S603 (our own arguments)
        [_program(program), "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found.group(1)) if found else 0


def _server() -> int:
    connection.ensure_connection()
    return (
        int(getattr(connection, "pg_version", 0)) // 10_000
    )  # of Django's PostgreSQL backend alone


def _address() -> str:
    """How the programs reach the database; the password goes by the environment, which no list of processes shows."""
    wanted = connection.get_connection_params()
    names = ("host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")
    return make_conninfo("", **{name: wanted[name] for name in names if wanted.get(name)})


def _environment() -> dict[str, str]:
    password = connection.settings_dict.get("PASSWORD") or ""
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}
