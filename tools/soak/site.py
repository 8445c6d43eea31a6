"""Web, worker and beat as processes of their own, started again when they die, as a container's restart policy does."""

import os
import signal
import subprocess  # nosec B404  # (our own arguments alone)
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from readerstudy.core.processes import web_command

ROOT = Path(__file__).resolve().parent.parent.parent
_LOOK = 0.1
_BEFORE_RESTART = 0.3


@dataclass
class Part:
    """One process with all it starts. `starts` counts how often it was started."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    starts: int = 0
    is_wanted: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def start(self) -> None:
        """Starts it; what it says goes to the end of its log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # nosec B603  # (our own arguments alone)
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        self.starts += 1

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends the signal to the process and all below it."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def ended(self) -> bool:
        """Whether the first process of the part is gone; the others are ended then, as in a container."""
        if self.process is None or self.process.poll() is None:
            return False
        self.kill()
        return True


class SoakSite:
    """The parts of one installation and whoever starts them again."""

    def __init__(
        self, folder: Path, *, port: int, environment: Mapping[str, str], worker_database: str
    ) -> None:
        self.folder, self.port = folder, port
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, **environment}
        self._worker_database = worker_database
        self.parts: dict[str, Part] = {}
        self._stopped = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self, *, workers: int, threads: int, extra: Mapping[str, str] | None = None) -> None:
        """Starts the three parts. `extra` are variables by part: those of `web:NAME` go to the web alone."""
        database = {"DATABASE_URL": self._worker_database}
        commands = {
            "web": (_web(self.port, workers, threads), {}),
            "worker": (_celery("worker", "-Q", "default,gpu", "-c", "2"), database),
            "beat": (_celery("beat", "--schedule", str(self.folder / "beat")), database),
        }
        for name, (command, own) in commands.items():
            environment = {**self._environment, **own, **_of_part(extra or {}, name)}
            self.parts[name] = Part(name, command, environment, self.folder / f"{name}.log")
            self.parts[name].is_wanted = True
            self.parts[name].start()
        if not self._keeper.is_alive():
            self._keeper.start()

    def halt(self) -> None:
        """Asks all parts to end and waits; ends them by force where they do not."""
        for part in self.parts.values():
            part.is_wanted = False
            part.kill(signal.SIGTERM)
        for part in self.parts.values():
            if part.process:
                with suppress(subprocess.TimeoutExpired):
                    part.process.wait(timeout=20)
                part.kill()
                part.process.wait()

    def stop(self) -> None:
        """Ends everything for good."""
        self._stopped.set()
        self.halt()

    def _keep(self) -> None:
        while not self._stopped.wait(_LOOK):
            for part in self.parts.values():
                if part.is_wanted and part.ended():
                    time.sleep(_BEFORE_RESTART)
                    if part.is_wanted:
                        part.start()


def _of_part(extra: Mapping[str, str], part: str) -> dict[str, str]:
    pairs = [(name.partition(":"), value) for name, value in extra.items()]
    return {name: value for (of, _, name), value in pairs if of == part}


def _web(port: int, workers: int, threads: int) -> list[str]:
    command = web_command(host="127.0.0.1", port=port)
    command[command.index("--workers") + 1] = str(workers)
    command[command.index("--threads") + 1] = str(threads)
    return command


def _celery(*arguments: str) -> list[str]:
    """As in docker-compose.yml."""
    return [sys.executable, "-m", "celery", "-A", "readerstudy", *arguments, "--loglevel", "INFO"]
