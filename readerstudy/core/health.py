"""Is the process alive, and can it do its work?"""

import os
from collections.abc import Callable, Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError as BrokerError

from readerstudy.celery import app
from readerstudy.core.media import disk_path

# What is told beside the parts, and makes nothing unready: see `register_information`.
_information: dict[str, Callable[[], Any]] = {}
# The code of a process does not change: once nothing is pending, nothing will be.
_migrated: set[str] = set()


class HealthMiddleware:
    """Answers health checks before anything else.

    A container asks itself by an address that is no allowed host, and without TLS; both would be refused further in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answers = {"/healthz": healthz, "/readyz": readyz}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answers.get(request.path_info, self.get_response)
        return answer(request)


def register_information(name: str, tell: Callable[[], Any]) -> None:
    """Has `/readyz` tell something more, which an app above this one knows."""
    _information[name] = tell


def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """Everything the site needs answers; 503 with the part that does not. Living workers are told, and not needed."""
    missing = not_ready(tuple(_PARTS))
    parts = {name: name not in missing for name in _PARTS}
    told = _told() if parts["database"] and parts["migrations"] else {}
    return JsonResponse(
        {"status": "unavailable" if missing else "ok", **parts, **told},
        status=503 if missing else 200,
    )


def not_ready(parts: Sequence[str]) -> list[str]:
    """The names of those parts that do not answer: database, migrations, queue, media."""
    return [name for name in parts if not _PARTS[name]()]


def _told() -> dict[str, Any]:
    try:
        return {name: tell() for name, tell in _information.items()}
    except DatabaseError:
        return {}


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_migrated() -> bool:
    name = str(connection.settings_dict["NAME"])
    if name in _migrated:
        return True
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False
    if not pending:
        _migrated.add(name)
    return not pending


def _queue_answers() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (BrokerError, OSError):
        return False
    return True


def _media_answer() -> bool:
    """On a disk, whether a file could be written; elsewhere, whether the storage answers."""
    if (folder := disk_path("")) is not None:
        existing = next(one for one in (folder, *folder.parents) if one.exists())
        return os.access(existing, os.W_OK | os.X_OK)
    try:
        default_storage.exists("ready")
    except OSError:
        return False
    return True


_PARTS: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "migrations": _is_migrated,
    "queue": _queue_answers,
    "media": _media_answer,
}
