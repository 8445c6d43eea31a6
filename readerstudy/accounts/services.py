"""The services that make accounts, invite people, and keep what they agreed to."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from readerstudy.accounts.api_tokens import revoke_every_token
from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.emails import check_local_part, normal_email
from readerstudy.accounts.mail import Link, send_invitation_on_commit
from readerstudy.accounts.models import Consent, Invitation, User
from readerstudy.accounts.passwords import check_own_password
from readerstudy.accounts.permissions import check_may_create
from readerstudy.accounts.selectors import open_invitation, text_hash, was_never_used
from readerstudy.accounts.tokens import LIFETIME, hash_of, new_token
from readerstudy.core.audit import record_event
from readerstudy.core.errors import InvalidInput, NotAllowed
from readerstudy.core.validation import check_valid, invalid_inputs


def create_user(
    *,
    actor: User | None,
    email: str,
    name: str,
    role: str,
    password: str | None = None,
    language: str = "en",
    now: datetime,
) -> User:
    """A new account; without a password nobody can sign in to it until an invitation is accepted.

    `actor` is None for the operator at the command line. Raises NotAllowed, InvalidInput(s).
    """
    check_may_create(actor, role)
    user = User(email=normal_email(email), name=name.strip(), role=role, language=language)
    user.set_unusable_password()
    check_language(language)
    check_local_part(user.email)
    check_valid(user)
    if password is not None:
        set_checked_password(user, password)
    with transaction.atomic():
        user.save()
        record_event(
            actor=actor, verb="account.created", subject=user, now=now, data={"role": role}
        )
    return user


def check_language(language: str) -> None:
    """Raises InvalidInput for a language the site does not speak."""
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput(
            f"{language} is not a language of this site.",
            code="unknown_language",
            field="language",
        )


def invite_person(
    *,
    actor: User,
    email: str,
    name: str,
    language: str = "en",
    occasion: str = "",
    link: Link | None = None,
    readers_only: bool = True,
    now: datetime,
) -> tuple[User, str]:
    """The person with this mail address (an account is made if need be) and the token of a new invitation.

    The token is empty for everybody who has come in before or could, and for coordinators and admins: an invitation
    must never be a way to take over an account. With `link` a mail is sent after the commit. Raises NotAllowed, and
    InvalidInput for a deactivated account, and with `readers_only` for accounts of coordinators and admins.
    """
    if not (actor.can_coordinate or actor.can_administer):
        raise NotAllowed("Only coordinators and admins may invite people.")
    with transaction.atomic():
        user = _find_or_create(actor, email, name, language, now)
        _check_may_be_invited(user, readers_only=readers_only)
        token = new_token() if user.is_reader and was_never_used(user) else ""
        if token:
            _store_invitation(actor, user, token, now)
        if link:
            send_invitation_on_commit(user=user, token=token, occasion=occasion, link=link)
    return user, token


def _find_or_create(actor: User, email: str, name: str, language: str, now: datetime) -> User:
    known = User.objects.filter(email=normal_email(email))
    if (user := known.first()) is not None:
        return user
    about = {"email": email, "name": name, "role": SiteRole.READER, "language": language}
    try:
        return create_user(actor=actor, now=now, **about)
    except IntegrityError:
        # Two studies invite the same person at once: the other one's account is there by now.
        return known.get()


def _check_may_be_invited(user: User, *, readers_only: bool) -> None:
    if readers_only and not (user.is_reader and user.is_active):
        raise InvalidInput(
            f"{user.email} is not the account of a reader.", code="not_a_reader", field="email"
        )
    if not user.is_active:
        message = f"The account of {user.email} is deactivated."
        raise InvalidInput(message, code="deactivated", field="email")


def _store_invitation(actor: User, user: User, token: str, now: datetime) -> Invitation:
    invitation = Invitation(
        user=user,
        token_sha256=hash_of(token),
        invited_by=actor,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    check_valid(invitation, exclude={"user", "invited_by"})
    invitation.save()
    record_event(actor=actor, verb="account.invited", subject=user, now=now)
    return invitation


def accept_invitation(*, token: str, password: str, now: datetime) -> User:
    """Sets the password of the invited person and uses the invitation up.

    Raises NotFound for an unknown token, Conflict for a used or expired one, InvalidInputs for a weak password.
    """
    with transaction.atomic():
        invitation = open_invitation(token, now=now, lock=True)
        user = invitation.user
        set_checked_password(user, password)
        user.save(update_fields=["password"])
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        record_event(actor=user, verb="account.invitation_accepted", subject=user, now=now)
    return user


def set_checked_password(user: User, password: str, *, field: str = "password") -> None:
    """Sets the password without saving. Raises InvalidInputs for one that will not do."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise invalid_inputs(error, field=field) from error
    user.set_password(password)


def change_password(*, actor: User, old_password: str, new_password: str, now: datetime) -> User:
    """A new password for the actor. Raises InvalidInput for a wrong old one, InvalidInputs for a weak new one.

    Wrong old ones count as they do at the door. The actor's tokens are revoked.
    """
    check_own_password(actor, old_password, field="old_password", now=now)
    set_checked_password(actor, new_password, field="new_password")
    with transaction.atomic():
        actor.save(update_fields=["password"])
        record_event(actor=actor, verb="account.password_changed", subject=actor, now=now)
        revoke_every_token(actor=actor, user=actor, now=now)
    return actor


def record_sign_in(*, actor: User, how: list[str], now: datetime) -> User:
    """Writes into the audit trail that the actor has signed in, and how: password, totp, webauthn, socialaccount."""
    record_event(actor=actor, verb="account.signed_in", subject=actor, now=now, data={"how": how})
    return actor


def update_account(*, actor: User, name: str, language: str, now: datetime) -> User:
    """The actor's name and language. Raises InvalidInput(s)."""
    check_language(language)
    actor.name, actor.language = name.strip(), language
    check_valid(actor)
    with transaction.atomic():
        actor.save(update_fields=["name", "language"])
        record_event(
            actor=actor,
            verb="account.changed",
            subject=actor,
            now=now,
            data={"language": language},
        )
    return actor


def give_consent(*, actor: User, scope: str, text: str, language: str, now: datetime) -> Consent:
    """What the actor agreed to, word for word; the one stored before where they agreed to the same text."""
    check_language(language)
    if not text.strip():
        raise InvalidInput("There is no text to agree to.", code="consent_empty", field="text")
    with transaction.atomic():
        consent, created = Consent.objects.get_or_create(
            user=actor,
            scope=scope,
            text_sha256=text_hash(text),
            defaults={"language": language, "text": text, "given_at": now},
        )
        if created:
            record_event(
                actor=actor,
                verb="consent.given",
                subject=consent,
                now=now,
                study_id=scope,
                data={"language": language, "text_sha256": consent.text_sha256},
            )
    return consent
