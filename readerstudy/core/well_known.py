"""The addresses at which programs look for something: search engines, password managers, people who found a weakness."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from readerstudy.core.clock import now
from readerstudy.core.errors import NotFound

_ROBOTS = "User-agent: *\nDisallow: /\n"
_PLAIN = "text/plain; charset=utf-8"
# RFC 9116 recommends less than a year; the installation is alive as long as it answers.
_VALID = timedelta(days=180)


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse(_ROBOTS, content_type=_PLAIN)


@require_safe
def security_contact(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116). Raises NotFound where SECURITY_CONTACT is not set."""
    if not settings.SECURITY_CONTACT:
        raise NotFound("There is no contact.")
    address = request.build_absolute_uri(request.path)
    return HttpResponse(security_text(address=address, now=now()), content_type=_PLAIN)


def security_text(*, address: str, now: datetime) -> str:
    """The file's lines, for the contacts of the settings."""
    expires = (now.astimezone(UTC) + _VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    contacts = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACT]
    languages = ", ".join(code for code, _name in settings.LANGUAGES)
    lines = [
        *contacts,
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {languages}",
        f"Canonical: {address}",
    ]
    return "\n".join(lines) + "\n"


@require_safe
def change_password(_request: HttpRequest) -> HttpResponse:
    """Where password managers send people."""
    return redirect(settings.CHANGE_PASSWORD_URL)
