"""The services of API tokens: made, found by their secret, revoked."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import ApiToken, User
from readerstudy.accounts.own_studies import own_studies
from readerstudy.accounts.tokens import hash_of, new_token
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from readerstudy.core.scopes import SITE_WIDE, Scope
from readerstudy.core.validation import check_valid

MARK = "rs_"
SHOWN_CHARACTERS = len(MARK) + 8
LONGEST_DAYS = 365
MOST_TOKENS = 50
_USE_RESOLUTION = timedelta(minutes=1)
_READERS = (Scope.STUDIES_READ, Scope.READING_READ, Scope.READING_WRITE)
_COORDINATORS = tuple(scope for scope in Scope if scope != Scope.IMAGES_WRITE)


def scopes_of(user: User) -> tuple[Scope, ...]:
    """The scopes that mean anything for a person of this role."""
    roles = {SiteRole.READER.value: _READERS, SiteRole.COORDINATOR.value: _COORDINATORS}
    return roles.get(user.role, tuple(Scope))


def make_api_token(
    *, actor: User, name: str, scopes: Collection[str], days: int, study: str = "", now: datetime
) -> tuple[ApiToken, str]:
    """A token of the actor and its secret, which is stored nowhere and cannot be shown again.

    `study` is the public id of the one study that the token is for; empty for all of the actor's. Raises NotAllowed for
    somebody who asks with a token themselves, Conflict for too many tokens, InvalidInput(s).
    """
    _check_may_make(actor, now)
    _check_scopes(actor, scopes, study)
    if not 1 <= days <= LONGEST_DAYS:
        sentence = f"A token is valid for 1 to {LONGEST_DAYS} days."
        raise InvalidInput(sentence, code="expiry", field="days")
    secret = MARK + new_token()
    token = ApiToken(
        user=actor,
        name=name.strip(),
        prefix=secret[:SHOWN_CHARACTERS],
        token_sha256=hash_of(secret),
        scopes=sorted(set(scopes)),
        study_id=study,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    check_valid(token, exclude={"user"})
    with transaction.atomic():
        token.save()
        _record(actor, "api_token.made", token, now)
    return token, secret


def _check_may_make(actor: User, now: datetime) -> None:
    if actor.api_token is not None:
        raise NotAllowed("A token makes no tokens.", code="no_token")
    if usable_tokens(now=now).filter(user=actor).count() >= MOST_TOKENS:
        raise Conflict(f"You have {MOST_TOKENS} tokens. Revoke one first.", code="too_many_tokens")


def _check_scopes(actor: User, scopes: Collection[str], study: str) -> None:
    unknown = set(scopes) - {scope.value for scope in scopes_of(actor)}
    if unknown:
        sentence = f"{min(unknown)} is not a scope that you can give."
        raise InvalidInput(sentence, code="unknown_scope", field="scopes")
    if not scopes:
        raise InvalidInput("Choose at least one scope.", code="required", field="scopes")
    if not study:
        return
    if study not in dict(own_studies(actor)):
        raise InvalidInput("There is no such study.", code="unknown_study", field="study")
    if wide := SITE_WIDE.intersection(scopes):
        sentence = f"{min(wide)} reaches beyond a study; a token of one study cannot have it."
        raise InvalidInput(sentence, code="scope_too_wide", field="scopes")


def revoke_api_token(*, actor: User, token: ApiToken, now: datetime) -> ApiToken:
    """Makes the actor's token useless at once; one that was revoked before stays as it is. Raises NotFound."""
    if token.user_id != actor.pk:
        raise NotFound("There is no such token.")
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            _record(actor, "api_token.revoked", token, now)
    token.refresh_from_db()
    return token


def revoke_every_token(*, actor: User | None, user: User, now: datetime) -> int:
    """Makes all of the person's tokens useless, as after a new password: whoever had the old one may have made one.

    How many there were. `actor` is None for the operator at the command line. Call it inside the transaction.
    """
    # Of a deactivated account too, which may be opened again.
    rows = ApiToken.objects.select_for_update().filter(revoked_at=None, expires_at__gt=now)
    revoked = list(rows.filter(user=user))
    for token in revoked:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        _record(actor, "api_token.revoked", token, now)
    return len(revoked)


def _record(actor: User | None, verb: str, token: ApiToken, now: datetime) -> None:
    data = {
        "prefix": token.prefix,
        "scopes": token.scopes,
        "expires_at": token.expires_at.isoformat(),
    }
    record_event(actor=actor, verb=verb, subject=token, now=now, study_id=token.study_id, data=data)


def usable_tokens(*, now: datetime) -> QuerySet[ApiToken]:
    """The tokens that open anything: not revoked, not expired, of people who may still sign in."""
    return ApiToken.objects.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """All tokens of a person, revoked and expired ones last, then the newest first."""
    return ApiToken.objects.filter(user=user).order_by(
        F("revoked_at").asc(nulls_first=True), "-created_at"
    )


def token_for(user: User, public_id: str) -> ApiToken:
    """The person's own token. Raises NotFound otherwise."""
    token = ApiToken.objects.filter(user=user, public_id=public_id).first()
    if token is None:
        raise NotFound("There is no such token.")
    return token


def token_of_secret(secret: str, *, now: datetime) -> ApiToken | None:
    """The usable token with its owner, whose `api_token` it is; None for every other secret."""
    found = usable_tokens(now=now).select_related("user").filter(token_sha256=hash_of(secret))
    token = found.first()
    if token is not None:
        token.user.api_token = token
    return token


def note_use(token: ApiToken, *, now: datetime) -> None:
    """Writes down that the token was used, once a minute at most."""
    long_ago = now - _USE_RESOLUTION
    if token.last_used_at is None or token.last_used_at <= long_ago:
        before = Q(last_used_at=None) | Q(last_used_at__lte=long_ago)
        ApiToken.objects.filter(before, pk=token.pk).update(last_used_at=now)
