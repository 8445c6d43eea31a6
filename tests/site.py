"""The whole site, running: a web server and workers as processes of their own, on either set of parts."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
import redis

from readerstudy.core.processes import web_command, worker_command

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
# Every test process has a Redis database of its own: 5, 6, …
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS = os.environ.get("TEST_REDIS_URL", f"redis://127.0.0.1:6379/{5 + _WORKER}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, *, seconds, what):
    """Asks again and again; fails with `what` was waited for when time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.1)
    pytest.fail(f"Waited {seconds} s for {what}.")


class RunningSite:
    """One installation in a folder of its own. `url` is where it answers."""

    def __init__(self, folder, environment):
        self.folder = Path(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{
                name: value for name, value in os.environ.items() if not name.startswith("COV_CORE")
            },
            "VAR_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "readerstudy.settings",
            "MODEL_RUN_STALE_SECONDS": "3",
            **environment,
        }
        self.processes = []

    def command(self, *arguments):
        return [sys.executable, *arguments]

    def manage(self, *arguments):
        """Runs a management command and returns what it printed."""
        done = subprocess.run(
            self.command("manage.py", *arguments),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(self, code):
        """Runs code inside the installation (Django set up) and returns the JSON of its last line."""
        lines = self.manage("shell", "--no-imports", "-c", code).strip().splitlines()
        return json.loads(lines[-1])

    def start(self, name, command):
        with (self.folder / f"{name}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_web(self):
        web = self.start("web", web_command(host="127.0.0.1", port=self.port))
        self.wait_for_web()
        return web

    def wait_for_web(self):
        wait_until(self._answers, seconds=60, what="the web server")

    def start_worker(self):
        return self.start("worker", worker_command())

    def _answers(self):
        with suppress(OSError), urlopen(f"{self.url}/healthz", timeout=2) as response:
            return response.status == 200
        return False

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                kill(process, signal.SIGTERM)
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            if process.poll() is None:
                kill(process)

    def logs(self):
        return "\n".join(
            f"== {path.name}\n{path.read_text(errors='replace')[-4000:]}"
            for path in sorted(self.folder.glob("*.log"))
        )


def kill(process, number=signal.SIGKILL):
    """Ends the process and everything it started, without a chance to tidy up."""
    os.killpg(process.pid, number)
    if number == signal.SIGKILL:
        process.wait()


@contextmanager
def production_parts():
    """A fresh PostgreSQL database and an emptied Redis database; skips with the reason where one is missing."""
    name = f"readerstudy_{uuid.uuid4().hex[:12]}"
    try:
        queue = redis.Redis.from_url(REDIS)
        queue.flushdb()
        admin = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except (redis.exceptions.ConnectionError, psycopg.OperationalError) as error:
        pytest.skip(
            f"THE PRODUCTION SIDE IS NOT TESTED: no PostgreSQL at {POSTGRES} or no Redis at {REDIS} ({error})"
        )
    with admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": f"{POSTGRES.rsplit('/', 1)[0]}/{name}", "REDIS_URL": REDIS}
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            queue.flushdb()


@contextmanager
def running_site(folder, environment=None, *, worker=True):
    """A migrated site with a web server and one worker, or none yet."""
    site = RunningSite(folder, environment or {})
    site.manage("migrate", "--verbosity", "0")
    try:
        site.web = site.start_web()
        site.worker = site.start_worker() if worker else None
        yield site
    except BaseException:
        print(site.logs())
        raise
    finally:
        site.stop()
