"""Ends sessions that have lasted too long (see `limits`), and leads people to the second factor that they must have."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from readerstudy.accounts.limits import is_over, is_signed_in, note_activity
from readerstudy.accounts.models import User
from readerstudy.accounts.recording import record_session_end
from readerstudy.accounts.second_factor import lacks_second_factor
from readerstudy.core.clock import now


class SessionLimitsMiddleware:
    """Signs people out who were idle for too long, and notes the activity of the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_signed_in(request.session):
            if is_over(request.session, now=now()):
                record_session_end(session=request.session, now=now())
                request.session.flush()
            else:
                note_activity(request.session, now=now())
        return self.get_response(request)


# Where a second factor is set up, and how one gets out or changes the language.
_OPEN = frozenset({
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "account_reauthenticate",
    "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "accounts:again", "accounts:sign-out", "accounts:session",
    "openid_connect_login", "openid_connect_callback", "set_language",
})  # fmt: skip


class SecondFactorMiddleware:
    """Who must have a second factor and has none gets to the pages that set it up, and to no others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name in _OPEN or not isinstance(request.user, User):
            return None
        if not lacks_second_factor(request.user, request.session):
            return None
        if match.namespace == "api":
            message = _("Your role needs a second factor. Set it up first.")
            body = {"code": "second_factor_required", "message": message, "problems": []}
            return JsonResponse(body, status=403)
        return redirect("mfa_index")
