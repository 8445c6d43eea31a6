"""What allauth does, written into the audit trail."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from readerstudy.accounts.language import remember_language
from readerstudy.accounts.models import User
from readerstudy.accounts.recording import CODE, record_refusal
from readerstudy.accounts.services import record_sign_in
from readerstudy.core.audit import record_event
from readerstudy.core.clock import now


def signed_in(request: HttpRequest, user: User, response: HttpResponse, **_kwargs: Any) -> None:
    """By whatever way: it is recorded with how, and the site speaks the person's language."""
    records = get_authentication_records(request, user)
    how = [str(one.get("type") or one["method"]) for one in records]
    record_sign_in(actor=user, how=how, now=now())
    remember_language(response, user.language)


def factor_added(user: AbstractBaseUser, authenticator: Authenticator, **_kwargs: Any) -> None:
    _record("account.factor_added", user, authenticator)


def factor_removed(user: AbstractBaseUser, authenticator: Authenticator, **_kwargs: Any) -> None:
    _record("account.factor_removed", user, authenticator)


def codes_made(user: AbstractBaseUser, authenticator: Authenticator, **_kwargs: Any) -> None:
    _record("account.codes_made", user, authenticator)


def factor_refused(user: User, **_kwargs: Any) -> None:
    """A wrong code: whoever gives it knows the password."""
    record_refusal(user=user, what=CODE, now=now())


def _record(verb: str, user: AbstractBaseUser, authenticator: Authenticator) -> None:
    data = {"kind": str(authenticator.type)}
    record_event(actor=user, verb=verb, subject=user, now=now(), data=data)
