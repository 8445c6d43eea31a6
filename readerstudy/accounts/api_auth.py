"""How programs come into the API: `Authorization: Bearer rs_…`, and the scope that every action asks for."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from readerstudy.accounts.addresses import counted_address
from readerstudy.accounts.api_tokens import note_use, token_of_secret
from readerstudy.accounts.models import ApiToken, User
from readerstudy.accounts.second_factor import lacks_second_factor
from readerstudy.accounts.throttle import WRONG_TOKENS, Limit
from readerstudy.core.clock import now
from readerstudy.core.scopes import ANY_TOKEN, NO_TOKEN, SITE_WIDE, scope_of

_REALM = 'Bearer realm="Reader Study"'


class TokenAuthentication(BaseAuthentication):
    """A usable token stands for its owner, whose `api_token` says what of their rights it has.

    First among the classes, so that a request without any sign-in is answered 401 with what is asked for.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """None where no token is sent. Raises AuthenticationFailed for one that opens nothing, Throttled."""
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        address = counted_address(request)
        if WRONG_TOKENS.is_reached(address):
            raise Throttled(wait=WRONG_TOKENS.seconds)
        token = token_of_secret(secret.strip(), now=now())
        if token is None:
            WRONG_TOKENS.count(address)
            sentence = _("This token does not exist, has expired or was revoked.")
            raise AuthenticationFailed(sentence, code="invalid_token")
        _check_rate(token)
        note_use(token, now=now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for; with the error where a token was sent (RFC 6750)."""
        sent = get_authorization_header(request).lower().startswith(b"bearer")
        return f'{_REALM}, error="invalid_token"' if sent else _REALM


def _check_rate(token: ApiToken) -> None:
    most = settings.API_TOKEN_PER_MINUTE
    if most and Limit("token-use", most, 60).count(token.public_id) > most:
        raise Throttled(wait=60)


class TokenScope(BasePermission):
    """A token may take the actions of its scopes and no others; people without a token are not asked."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises PermissionDenied with the scope that is missing."""
        token = request.auth
        if not isinstance(token, ApiToken) or request.method not in view.allowed_methods:
            return True
        if lacks_second_factor(token.user):
            sentence = _("Your role needs a second factor. Set it up first.")
            raise PermissionDenied(sentence, code="second_factor_required")
        needed = scope_of(view, request.method)
        if needed == NO_TOKEN:
            raise PermissionDenied(_("This cannot be done with a token."), code="no_token")
        if needed == ANY_TOKEN:
            return True
        if needed not in token.scopes or (token.study_id and needed in SITE_WIDE):
            raise _insufficient(needed)
        return True


def _insufficient(needed: str) -> PermissionDenied:
    sentence = _("The token does not have the scope %(scope)s.") % {"scope": needed}
    refusal = PermissionDenied(sentence, code="scope_missing")
    # The framework sends it as the header of the response.
    refusal.auth_header = f'{_REALM}, error="insufficient_scope", scope="{needed}"'  # type: ignore[attr-defined]
    return refusal
