"""What every response carries, and how errors of the domain become pages."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from readerstudy.core.errors import DomainError, NotFound

_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class ResponseHeadersMiddleware:
    """Keeps pages out of the caches of shared hospital PCs, and sets the headers Django has no setting for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class DomainErrorMiddleware:
    """Shows a DomainError raised by a view as a page with its sentence and its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        # A message queued before the refusal would claim that something was done.
        list(messages.get_messages(request))
        template = "404.html" if isinstance(exception, NotFound) else "core/problem.html"
        context = {"error": exception, "messages": [], "back": _page_before(request)}
        return render(request, template, context, status=exception.status)


def _page_before(request: HttpRequest) -> str:
    """The page of ours on which something was sent off: the address it was sent to may be no page that can be opened."""
    referer = request.headers.get("Referer", "")
    allowed = url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return referer if request.method == "POST" and allowed else ""
