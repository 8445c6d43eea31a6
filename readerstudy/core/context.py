"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

from readerstudy.core.version import VERSION


def site(_request: HttpRequest) -> dict[str, str | int]:
    """The version for the footer, and after how many idle seconds a session ends."""
    return {"app_version": VERSION, "idle_seconds": settings.SESSION_IDLE_SECONDS}
