"""Addresses that are sent to people."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from readerstudy.accounts.mail import Link
from readerstudy.accounts.models import User


def address_on_site(request: HttpRequest, page: str) -> str:
    """The whole address of a page. On a server it is that of `SITE_URL`: what a request calls the site, its port too, is said by who asks."""
    root = settings.SITE_URL if settings.HTTPS else request.build_absolute_uri("/")
    return root.rstrip("/") + page


def invitation_link(request: HttpRequest) -> Link:
    """Makes the whole address of the page that a token opens; for an empty token, of the sign-in page."""

    def address(token: str) -> str:
        page = reverse("accounts:accept", args=[token]) if token else reverse("accounts:sign-in")
        return address_on_site(request, page)

    return address


def reset_address(root: str, user: User, token: str) -> str:
    """The whole address of the page that sets a new password. `root` is the address of the first page."""
    page = reverse("accounts:reset-choose", args=[user.public_id, token])
    return root.rstrip("/") + page
