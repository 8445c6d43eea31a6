"""Gunicorn in production: `gunicorn -c deploy/gunicorn.conf.py readerstudy.wsgi`. All figures come from the environment."""

import logging
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_WORKERS", "3"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
# A page takes fractions of a second; a piece of an upload some seconds on a slow line.
timeout = int(os.environ.get("WEB_TIMEOUT", "120"))
# SIGTERM and SIGHUP: requests under way are answered to their end. Compose waits longer than this.
graceful_timeout = int(os.environ.get("WEB_GRACEFUL_TIMEOUT", "30"))
# Longer than nginx keeps its side open, so that no request meets a connection that is being closed.
keepalive = int(os.environ.get("WEB_KEEPALIVE", "75"))
max_requests = int(os.environ.get("WEB_MAX_REQUESTS", "5000"))
max_requests_jitter = max_requests // 5
# Whose X-Forwarded-Proto is believed: the proxies' addresses. Nothing but nginx reaches this port in the compose file.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
# Heartbeats of the workers: a file on a disk that is slow would look like a worker that hangs.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
# The application writes the access log itself: view, status and time, without addresses and query strings.
accesslog = None
limit_request_line = 4094
limit_request_fields = 100

_json = os.environ.get("LOG_FORMAT", "line") == "json"
_formatter = "JsonFormatter" if _json else "ScrubbedFormatter"
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "ours": {
            "()": f"readerstudy.core.logs.{_formatter}",
            **({} if _json else {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}),
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
    "root": {"handlers": ["stderr"], "level": logging.WARNING},
    "loggers": {"gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
}

# The folder's name, where prometheus_client looks for it.
_FIGURES = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(_server: Any) -> None:
    """Figures of the web processes are added up in a folder of files, which is empty at the start."""
    folder = Path(os.environ.get(_FIGURES) or _new_folder())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[_FIGURES] = str(folder)


def _new_folder() -> str:
    # Of this server alone: two containers share the disk, and their processes have the same numbers.
    return tempfile.mkdtemp(prefix="reader-study-figures-")


def on_exit(_server: Any) -> None:
    """The folder goes with the server."""
    shutil.rmtree(os.environ.get(_FIGURES, ""), ignore_errors=True)


def pre_fork(server: Any, worker: Any) -> None:
    """A process takes the first free number, and goes on with the counts of one that had it before.

    A file for every process that ever was would make each scrape slower than the one before, for months.
    """
    taken = {one.number for one in server.WORKERS.values()}
    worker.number = next(number for number in count() if number not in taken)


def post_fork(_server: Any, worker: Any) -> None:
    """Before the application is loaded: its figures go into the files of this number."""
    from prometheus_client import values  # noqa: PLC0415 (reads the folder's name when it is loaded)

    values.ValueClass = values.MultiProcessValue(lambda: worker.number)
