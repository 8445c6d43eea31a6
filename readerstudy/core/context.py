"""What every template knows."""

from django.http import HttpRequest

from readerstudy.core.version import VERSION


def site(_request: HttpRequest) -> dict[str, str]:
    """The version for the footer."""
    return {"app_version": VERSION}
