"""What is known of people's invitations and consents."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet

from readerstudy.accounts.models import Consent, Invitation, User
from readerstudy.accounts.tokens import hash_of
from readerstudy.core.errors import Conflict, NotFound

# What somebody can come in with beside a password.
_WAYS_IN = (SocialAccount, Authenticator)


def text_hash(text: str) -> str:
    """SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def has_consented(user: User, *, scope: str, text: str) -> bool:
    """Whether the person agreed to exactly this text."""
    return has_consented_to_any(user, scope=scope, texts=[text])


def has_consented_to_any(user: User, *, scope: str, texts: Iterable[str]) -> bool:
    """Whether the person agreed to one of these texts, which say the same in several languages."""
    hashes = [text_hash(text) for text in texts]
    return Consent.objects.filter(user=user, scope=scope, text_sha256__in=hashes).exists()


def was_never_used(user: User) -> bool:
    """Whether nobody has come in with the account yet, nor could: no password, no hospital, no factor, no sign-in.

    A person whom a hospital signs in has no password either: to be without one says nothing of whose the account is.
    """
    if user.has_usable_password() or user.last_login is not None:
        return False
    return not any(way.objects.filter(user=user).exists() for way in _WAYS_IN)


def who_came_in(people: QuerySet[User]) -> QuerySet[User]:
    """The others: those with a password, a hospital or a factor to come in with, or who have come in before."""
    of_person = {"user": OuterRef("pk")}
    ways_in = (Exists(way.objects.filter(**of_person)) for way in _WAYS_IN)
    has_password = ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return people.filter(reduce(or_, ways_in, has_password | Q(last_login__isnull=False)))


def open_invitation(token: str, *, now: datetime, lock: bool = False) -> Invitation:
    """The invitation that the token opens. Raises NotFound for none, Conflict for a used or expired one.

    An invitation is used up as well when its person has come in by now, through another invitation or a hospital.
    With `lock` the account is locked too, so that nobody comes in between this look and the new password.
    """
    invitations = Invitation.objects.filter(token_sha256=hash_of(token), user__is_active=True)
    if lock:
        invitations = invitations.select_for_update(of=("self", "user"))
    invitation = invitations.select_related("user").first()
    if invitation is None:
        raise NotFound("There is no such invitation.")
    if invitation.accepted_at or not was_never_used(invitation.user):
        raise Conflict("This invitation has already been used.", code="invitation_used")
    if now >= invitation.expires_at:
        raise Conflict("This invitation has expired.", code="invitation_expired")
    return invitation
