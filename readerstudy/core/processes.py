"""The two processes of the embedded way to run: the web server and a Celery worker beside it."""

import signal
import socket
import subprocess  # nosec B404  # (what is run stands at each call)
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from django.conf import settings

STOP_SECONDS = 15


class ProcessDiedError(RuntimeError):
    """A process that should serve has ended; the message says where its log is."""


def worker_command() -> list[str]:
    """A worker on both queues. One task at a time: the CNN's runtime uses the cores by itself."""
    return [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "readerstudy",
        "worker",
        "-Q",
        "default,gpu",
        "-P",
        "solo",
        "--loglevel",
        "INFO",
        "--without-gossip",
        "--without-mingle",
    ]


def web_command(*, host: str, port: int) -> list[str]:
    """Gunicorn with threads: readers wait for the disk, not for the processor."""
    bind = ["--bind", f"{host}:{port}"]
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "readerstudy.wsgi",
        *bind,
        "--workers",
        "2",
        "--threads",
        "4",
        "--no-control-socket",
    ]


@contextmanager
def running(command: Sequence[str], *, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a process with its output in `log`; ends it, whatever happens inside."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # nosec B603  # noqa: S603 (our own command)
            command, stdout=output, stderr=subprocess.STDOUT, cwd=settings.BASE_DIR
        )
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks the process to end and waits; ends it by force if it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=STOP_SECONDS)
    if process.poll() is None:
        process.kill()
        process.wait()


def wait_for_port(
    host: str, port: int, process: subprocess.Popen[bytes], *, log: Path, seconds: float = 60
) -> None:
    """Returns once something listens there. Raises ProcessDiedError if the process ends or time runs out."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.1)
    raise ProcessDiedError(f"The web server did not start; its log is {log}.")


def port_is_free(host: str, port: int) -> bool:
    """Whether nothing listens there."""
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return False
    return True


def serve_until_stopped(processes: dict[str, tuple[subprocess.Popen[bytes], Path]]) -> None:
    """Waits until somebody presses Ctrl-C or sends SIGTERM. Raises ProcessDiedError if a process ends by itself."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    with suppress(KeyboardInterrupt):
        while True:
            for name, (process, log) in processes.items():
                if process.poll() is not None:
                    raise ProcessDiedError(f"The {name} has ended; its log is {log}.")
            time.sleep(0.5)
