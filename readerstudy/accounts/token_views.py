"""The page of one's own API tokens."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from readerstudy.accounts.api_tokens import (
    make_api_token,
    revoke_api_token,
    token_for,
    tokens_of,
)
from readerstudy.accounts.models import ApiToken
from readerstudy.accounts.own_studies import own_studies
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.accounts.token_forms import TokenForm
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems
from readerstudy.core.scopes import Scope


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tokens(request: SignedInRequest) -> HttpResponse:
    """One's own tokens, and a form for a new one, whose secret is shown this once."""
    form = TokenForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = make_api_token(actor=request.user, now=now(), **form.own_values())
        except DomainError as error:
            show_problems(form, error)
        else:
            context = {"token": token, "secret": secret, "study": _study(request, token)}
            return render(request, "accounts/token_made.html", context, status=201)
    context = {"form": form, "tokens": _shown(request, now=now())}
    return render(request, "accounts/tokens.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def revoke(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Makes a token useless."""
    token = token_for(request.user, public_id)
    revoke_api_token(actor=request.user, token=token, now=now())
    messages.success(request, _("The token %(name)s is revoked.") % {"name": token.name})
    return redirect("accounts:tokens")


def _study(request: SignedInRequest, token: ApiToken) -> str:
    return dict(own_studies(request.user)).get(token.study_id, token.study_id)


def _shown(request: SignedInRequest, *, now: datetime) -> list[dict[str, Any]]:
    titles = dict(own_studies(request.user))
    labels = {scope.value: scope.label for scope in Scope}
    return [
        {
            "token": token,
            "study": titles.get(token.study_id, token.study_id),
            "scopes": [labels.get(scope, scope) for scope in token.scopes],
            "is_usable": token.revoked_at is None and token.expires_at > now,
        }
        for token in tokens_of(request.user)
    ]
