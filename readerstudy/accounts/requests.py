"""Requests of people who are signed in."""

from django.http import HttpRequest
from rest_framework.request import Request

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotAllowed


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


def user_of(request: HttpRequest | Request) -> User:
    """Who asks. Raises NotAllowed for people who are not signed in."""
    if not isinstance(request.user, User):
        raise NotAllowed("Please sign in.", code="not_signed_in")
    return request.user
