"""Writes into the audit trail which files people take away, and who opens pages that show results.

Whatever a view of whatever room sends as an attachment is a download: no room has to think of it, and none can forget it.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from readerstudy.accounts.models import User
from readerstudy.auditing.downloads import record_download, record_opened
from readerstudy.core.clock import now

_NAME = re.compile(r'filename="([^"]*)"')
# Results show the truth. Somebody who goes to and fro between their pages is written down once in a while for each of them.
_RESULTS, _SECONDS = frozenset({"results", "finished"}), 600


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
    elif match and _RESULTS.intersection(match.app_names) and _is_page(response):
        # Asked of the cache first: most of these pages are opened one after the other.
        if cache.add(f"opened:{user.pk}:{request.path}", 1, _SECONDS):
            record_opened(actor=user, path=request.path, match=match, now=now())


def _is_page(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")
