"""A PostgreSQL and a Redis of our own, which may be stopped, killed and emptied."""

import os
import pwd
import shutil
import signal
import subprocess  # nosec B404  # (our own arguments alone)
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import redis

STARTED_WITHIN = 60
_PLACES = Path("/usr/lib/postgresql")
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
max_connections = 100
random_page_cost = 1.1
"""


class MissingPartError(RuntimeError):
    """Something this machine has not got; the message says what and how to get it."""


def program(name: str) -> str:
    """The path of a program of PostgreSQL or of the system. Raises MissingPartError."""
    places = [str(path) for path in sorted(_PLACES.glob("*/bin"), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", "")]))
    if not found:
        message = f"{name} is missing: on Debian and Ubuntu, apt install postgresql redis-server"
        raise MissingPartError(message)
    return found


def _as_postgres() -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


class Postgres:
    """One cluster in `folder`, with one database `soak`. It forces to disk what it commits, as it does by itself."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.data = folder / "data"

    def url(self, port: int | None = None) -> str:
        """How it is reached, directly or through another port."""
        return f"postgres://postgres@127.0.0.1:{port or self.port}/soak"

    def create(self) -> None:
        """Makes the cluster, starts it and makes the database."""
        self.folder.mkdir(parents=True)
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS.format(folder=self.folder))
        self.start()
        with psycopg.connect(self.url().replace("/soak", "/postgres"), autocommit=True) as admin:
            admin.execute("CREATE DATABASE soak")

    def start(self) -> None:
        """Returns once it takes connections."""
        options = f"-p {self.port}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "-w", "-t", str(STARTED_WITHIN), "-l", log, "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends every session; `immediate` ends the processes where they stand, as a power cut would."""
        self._run("pg_ctl", "stop", "-w", "-m", mode)

    def connections(self) -> int:
        """How many sessions the database has."""
        with psycopg.connect(self.url(), autocommit=True) as one:
            row = one.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = 'soak'"
            ).fetchone()
        return int(row[0]) - 1 if row else 0

    def _run(self, name: str, *arguments: str) -> None:
        with (self.folder / "commands.log").open("ab") as log:
            subprocess.run(  # nosec B603  # (our own arguments alone)
                [program(name), "-D", str(self.data), *arguments],
                stdout=log, stderr=log, check=True, cwd=self.folder, **_as_postgres(),
            )  # fmt: skip


class Redis:
    """One server that writes down what it is told, as in docker-compose.yml."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.url = f"redis://127.0.0.1:{port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self.folder), "--appendonly", "yes", "--save", ""]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)  # nosec B603  # (our own arguments alone)
        deadline = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < deadline:
            with suppress(redis.exceptions.RedisError), redis.Redis.from_url(self.url) as one:
                one.ping()
                return
            time.sleep(0.05)
        raise MissingPartError(f"Redis did not start; its log is {self.folder / 'log'}.")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Ends the server."""
        if self._process:
            self._process.send_signal(number)
            self._process.wait(timeout=STARTED_WITHIN)
            self._process = None

    def forget(self) -> None:
        """Removes what a stopped server has written down."""
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
