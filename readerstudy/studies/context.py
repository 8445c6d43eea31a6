"""What every template knows of the person who looks."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from readerstudy.studies.permissions import has_staff_pages, own_enrolments


def staff(request: HttpRequest) -> dict[str, Any]:
    """Whether there are staff pages for them, and pages of a reader; asked only where a page wants to know."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"has_staff_pages": False, "has_reading": False}
    of_staff = SimpleLazyObject(lambda: has_staff_pages(user))
    # Who is neither is told on the reader's page that there is nothing to read yet.
    reads = SimpleLazyObject(lambda: not of_staff or own_enrolments(user).exists())
    return {"has_staff_pages": of_staff, "has_reading": reads}
