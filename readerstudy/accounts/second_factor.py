"""Who has a second factor, who must have one, and how it is taken away from somebody who has lost it."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from readerstudy.accounts.api_tokens import revoke_every_token
from readerstudy.accounts.emails import normal_email
from readerstudy.accounts.models import User
from readerstudy.accounts.sessions import end_every_session
from readerstudy.core.audit import record_event
from readerstudy.core.errors import InvalidInput, NotFound

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_KNOWN = "has_second_factor"
# Whom a hospital has signed in that asks for a second factor itself.
_OF_HOSPITAL = "second_factor_of_hospital"


def has_second_factor(user: User) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=_FACTORS).exists()


def must_have_second_factor(user: User) -> bool:
    """Whether the person's role needs one on this site."""
    return user.role in settings.SECOND_FACTOR_ROLES


def lacks_second_factor(user: User, session: SessionBase | None = None) -> bool:
    """Whether the person must have one and has none. What is so is asked of the database once for a session."""
    if not must_have_second_factor(user):
        return False
    if session is None:
        return not has_second_factor(user)
    if session.get(_OF_HOSPITAL) == user.public_id or session.get(_KNOWN):
        return False
    if not has_second_factor(user):
        return True
    session[_KNOWN] = True
    return False


def forget_hospital(session: SessionBase) -> None:
    """With every sign-in, for Django takes over what an anonymous session holds: a password is no hospital's word."""
    session.pop(_OF_HOSPITAL, None)


def note_hospital(
    request: HttpRequest, user: User, sociallogin: SocialLogin | None = None, **_kwargs: Any
) -> None:
    """After the sign-in, when it is certain who it is: a hospital that asks for a factor itself stands for one."""
    provider = sociallogin.account.provider if sociallogin else None
    asking = {one["id"] for one in settings.OIDC_PROVIDERS if one.get("second_factor")}
    if provider in asking:
        request.session[_OF_HOSPITAL] = user.public_id


def is_last_required(authenticator: Authenticator) -> bool:
    """Whether the person would be without a second factor, and must have one."""
    user = authenticator.user
    others = Authenticator.objects.filter(user=user, type__in=_FACTORS).exclude(pk=authenticator.pk)
    return must_have_second_factor(user) and not others.exists()


def reset_second_factor(*, actor: User | None, email: str, reason: str, now: datetime) -> User:
    """Removes every factor of a person, ends their sessions and revokes their tokens; the password stays.

    `actor` is None for the operator at the command line. Raises NotFound, InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput("Say why; it is written into the audit trail.", field="reason")
    user = User.objects.filter(email=normal_email(email)).first()
    if user is None:
        raise NotFound(f"There is no account with the address {email}.")
    with transaction.atomic():
        removed, _kinds = Authenticator.objects.filter(user=user).delete()
        end_every_session(user, now=now)
        data = {"removed": removed, "reason": reason.strip()}
        record_event(actor=actor, verb="account.factors_reset", subject=user, now=now, data=data)
        revoke_every_token(actor=actor, user=user, now=now)
    return user
