"""Faults of the machine rather than of the program: database or queue away, disk full. Whoever asked may ask again."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.defaults import server_error
from kombu.exceptions import OperationalError as QueueError

RETRY_SECONDS = 5
_AWAY = (OperationalError, InterfaceError, QueueError)
_SQLITE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN")
_FULL = {errno.ENOSPC, errno.EDQUOT}
API = "/api/"


def status_of(error: BaseException | None) -> HTTPStatus:
    """503 while something is away, 507 while a disk is full, 500 for what is a fault of the program."""
    for one in _with_causes(error):
        if isinstance(one, OSError) and one.errno in _FULL:
            return HTTPStatus.INSUFFICIENT_STORAGE
        if (isinstance(one, _AWAY) and _may_pass(one)) or _is_of_redis(one):
            return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.INTERNAL_SERVER_ERROR


def is_outage(error: BaseException) -> bool:
    """Whether something is away that will come back, so that the same can be tried again."""
    return status_of(error) == HTTPStatus.SERVICE_UNAVAILABLE


@contextmanager
def done_without() -> Iterator[None]:
    """Around what can be done without where something is away or full, a cache above all; faults of the program are raised."""
    try:
        yield
    except Exception as error:
        if status_of(error) == HTTPStatus.INTERNAL_SERVER_ERROR:
            raise


def failed(request: HttpRequest) -> HttpResponse:
    """What is answered where nobody caught an error: Django calls it while the error is at hand."""
    status = status_of(sys.exception())
    if status == HTTPStatus.INTERNAL_SERVER_ERROR and not request.path.startswith(API):
        return server_error(request)
    code, message = _told(status)
    if request.path.startswith(API):
        body = {"code": code, "message": message, "problems": []}
        response: HttpResponse = JsonResponse(body, status=status)
    else:
        # Without the request: who is signed in stands in the database.
        response = render(None, "unavailable.html", {"message": message}, status=status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _told(status: HTTPStatus) -> tuple[str, str]:
    told = {
        HTTPStatus.SERVICE_UNAVAILABLE: (
            "unavailable",
            _(
                "The server cannot reach a part of itself for the moment. Try again in a few seconds."
            ),
        ),
        HTTPStatus.INSUFFICIENT_STORAGE: (
            "disk_full",
            _(
                "The server's disk is full; nothing was stored. Tell whoever runs it, then try again."
            ),
        ),
    }
    fault = _("Something went wrong here, not with you. If it happens again, tell the coordinator.")
    return told.get(status, ("server_error", fault))


def _is_of_redis(error: BaseException) -> bool:
    """Whether Redis does not answer, or takes nothing more because its memory or its disk is full.

    Looked for where it was loaded: not every site has one, and it loads what traces are made with.
    """
    redis = sys.modules.get("redis.exceptions")
    if redis is None:
        return False
    away = (redis.ConnectionError, redis.TimeoutError, redis.OutOfMemoryError, redis.ReadOnlyError)
    is_full = isinstance(error, redis.ResponseError) and str(error).startswith("MISCONF")
    return isinstance(error, away) or is_full


def _may_pass(error: BaseException) -> bool:
    """SQLite calls a statement that it does not understand by the same name as a file that it cannot read."""
    name = str(getattr(error.__cause__, "sqlite_errorname", ""))
    return not name or name.startswith(_SQLITE_AWAY)


def _with_causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
