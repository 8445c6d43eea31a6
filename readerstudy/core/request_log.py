"""Every request has an id, which its answer, its log lines and its tasks carry, and one line in the access log."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse

from readerstudy.core.logs import request_id

log = logging.getLogger("readerstudy.access")
HEADER = "X-Request-ID"
# What a proxy before us may send; anything else could be made to forge log lines.
_GIVEN = re.compile(r"[0-9A-Za-z-]{8,31}")


class RequestLogMiddleware:
    """The outermost: it sees every answer, those of other middleware too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        known = given if _GIVEN.fullmatch(given) else new_request_id()
        token, begun = request_id.set(known), time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers[HEADER] = known
            _note(request, response, time.perf_counter() - begun)
        finally:
            request_id.reset(token)
        return response


def new_request_id() -> str:
    """A random one; shorter than a token, so that it stays in the log."""
    return uuid.uuid4().hex[:24]


def view_of(request: HttpRequest) -> str:
    """The name of the view, which holds no id and no token; "-" for static files and addresses that do not exist."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "-"


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    log.info(
        "request",
        extra={
            "view": view_of(request),
            "method": request.method,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
        },
    )


@before_task_publish.connect
def send_request_id_along(headers: dict[str, Any] | None = None, **_rest: Any) -> None:
    """The task that a request asks for is known by the request's id."""
    if headers is not None and (known := request_id.get()):
        headers["request_id"] = known


@task_prerun.connect
def take_request_id(task: Any, **_rest: Any) -> None:
    """Lines of the task carry the id of the request that asked for it."""
    request_id.set(str(getattr(task.request, "request_id", None) or "")[:31])


@task_postrun.connect
def forget_request_id(**_rest: Any) -> None:
    """The next task is another request's."""
    request_id.set("")
