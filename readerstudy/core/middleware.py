"""What every response carries, and how errors of the domain become pages."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from readerstudy.core.errors import DomainError, MethodRefused, NotFound

_NO_PAGE = _(
    "This address takes what a button sends and is no page; nothing was changed. Go back to the page with the button."
)
_OUT_OF_DATE = _(
    "This form is out of date, or cookies are blocked; nothing was changed. Go back, load the page again and send it once more."
)
# What no page of ours asks the browser for. Full screen and passkeys are not among them.
_UNUSED = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class ResponseHeadersMiddleware:
    """Keeps pages out of the caches of shared hospital PCs and of search engines.

    Sets the headers Django has no setting for, on every answer that did not set them itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class PolicyMiddleware(CSPMiddleware):
    """The Content-Security-Policy: a page's own scripts by its nonce; an answer that has none may run nothing."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 (the library's signature)
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if parts.nonce is None:
            parts.replace = {"script-src": ["'none'"], **(parts.replace or {})}
        return parts


class ReadableAddressMiddleware:
    """Refuses a NUL in an address or in the name of a session: no database takes one, and looking for it would fail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if "\0" in request.path_info + session or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("There is a NUL in the address or the session.")
        return self.get_response(request)


class DomainErrorMiddleware:
    """Shows a DomainError raised by a view as a page with its sentence and its status.

    So too an address that only takes what a button sends and was opened as a page, by signing in again for instance.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == MethodRefused.status and not response.content:
            return problem_page(request, MethodRefused(str(_NO_PAGE)), headers=response.headers)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        # A message queued before the refusal would claim that something was done.
        list(messages.get_messages(request))
        template = "404.html" if isinstance(exception, NotFound) else "core/problem.html"
        return problem_page(request, exception, template=template)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token is missing or out of date; Django's own loads styles from within the page."""
    del reason  # it is for developers, and in Django's log
    error = DomainError(str(_OUT_OF_DATE), code="csrf")
    return problem_page(request, error, status=HTTPStatus.FORBIDDEN)


def problem_page(
    request: HttpRequest,
    error: DomainError,
    *,
    template: str = "core/problem.html",
    status: int = 0,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page of a refusal, with its status."""
    context = {"error": error, "messages": [], "back": _page_before(request)}
    response = render(request, template, context, status=status or error.status)
    if headers and "Allow" in headers:
        response.headers["Allow"] = headers["Allow"]
    return response


def _page_before(request: HttpRequest) -> str:
    """The page of ours on which something was sent off: the address it was sent to may be no page that can be opened."""
    referer = request.headers.get("Referer", "")
    allowed = url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return referer if request.method == "POST" and allowed else ""
