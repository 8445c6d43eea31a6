"""Writes into the audit trail which files people take away, and who opens pages that show results.

Whatever a view of whatever room sends as an attachment is a download: no room has to think of it, and none can forget it.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from readerstudy.accounts.models import User
from readerstudy.auditing.downloads import record_download, record_opened
from readerstudy.core.clock import now

_NAME = re.compile(r'filename="([^"]*)"')
# Results show the truth. Somebody who goes to and fro between their pages is written down once in a while for each of them.
_RESULTS, _SECONDS = frozenset({"results", "finished"}), 600
_FOR_PROGRAMS = "api:analysis-detail"


class DownloadsMiddleware:
    """See the module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if response.status_code == HTTPStatus.OK and isinstance(user, User):
            _record(request, response, user)
        return response


def _record(request: HttpRequest, response: HttpResponse, user: User) -> None:
    match = request.resolver_match
    sent_as = response.headers.get("Content-Disposition", "")
    if sent_as.startswith("attachment") and request.method != "HEAD":
        name = _NAME.search(sent_as)
        record_download(
            actor=user, path=request.path, name=name[1] if name else "", match=match, now=now()
        )
    elif match and _shows_results(match, response):
        _record_opened(request.path, match, user)


def _record_opened(path: str, match: ResolverMatch, user: User) -> None:
    key = f"opened:{user.pk}:{path}"
    if cache.get(key) is None:
        # Before it is noted: what cannot be recorded is not shown, and tried again the next time.
        record_opened(actor=user, path=path, match=match, now=now())
        cache.set(key, 1, _SECONDS)


def _shows_results(match: ResolverMatch, response: HttpResponse) -> bool:
    """A page of results, or the analysis that a program is sent."""
    is_of_results = bool(_RESULTS.intersection(match.app_names))
    return match.view_name == _FOR_PROGRAMS or (is_of_results and _is_page(response))


def _is_page(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")
