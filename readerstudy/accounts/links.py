"""Addresses that are sent to people."""

from django.http import HttpRequest
from django.urls import reverse

from readerstudy.accounts.mail import Link
from readerstudy.accounts.models import User


def invitation_link(request: HttpRequest) -> Link:
    """Makes the whole address of the page that a token opens; for an empty token, of the sign-in page."""

    def address(token: str) -> str:
        page = reverse("accounts:accept", args=[token]) if token else reverse("accounts:sign-in")
        return request.build_absolute_uri(page)

    return address


def reset_address(root: str, user: User, token: str) -> str:
    """The whole address of the page that sets a new password. `root` is the address of the first page."""
    page = reverse("accounts:reset-choose", args=[user.public_id, token])
    return root.rstrip("/") + page
