"""Queries that take too long are logged with the page that asked them and their shape, and never with a value."""

import hashlib
import logging
import re
from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connections
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
_LONGEST = 2_000
# What may stand in a query beside its placeholders: texts and numbers that were written into it.
_TEXT = re.compile(r"'(?:[^']|'')*'")
_NUMBER = re.compile(r"(?<![\w\"$.])-?\d+(?:\.\d+)?\b")
_LIST = re.compile(r"\((?:%s|\?)(?:, ?(?:%s|\?))+\)")


def shape_of(sql: str) -> str:
    """The query without any value: texts and numbers become `?`, lists of any length the same, spaces one."""
    bare = _NUMBER.sub("?", _TEXT.sub("?", sql))
    return " ".join(_LIST.sub("(…)", bare).split())


def fingerprint_of(shape: str) -> str:
    """Twelve characters by which the same query is found again in a log."""
    return hashlib.sha256(shape.encode()).hexdigest()[:12]


class SlowQueryMiddleware:
    """Logs every query of a page that takes `SLOW_QUERY_MS` or longer; not there where that is 0.

    A page is named as in `urls.py`, since an address may hold the name of a study. The parameters of a query, in which
    answers and names of people are, are never looked at.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.SLOW_QUERY_MS <= 0:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.least = settings.SLOW_QUERY_MS / 1000

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def timed(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
            start = perf_counter()
            try:
                return execute(sql, *rest)
            finally:
                seconds = perf_counter() - start
                if seconds >= self.least:
                    _log(request, str(sql), seconds)

        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(timed))
            return self.get_response(request)


def _log(request: HttpRequest, sql: str, seconds: float) -> None:
    page = request.resolver_match.view_name if request.resolver_match else "-"
    shape = shape_of(sql)
    facts = {
        "page": page,
        "milliseconds": round(seconds * 1000),
        "fingerprint": fingerprint_of(shape),
    }
    logger.warning(
        "A query of the page %(page)s took %(milliseconds)d ms (%(fingerprint)s): %(shape)s",
        {**facts, "shape": shape[:_LONGEST]},
        extra=facts,
    )
