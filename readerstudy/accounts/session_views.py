"""The page of one's own sessions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.accounts.sessions import end_other_sessions, end_session, own_sessions
from readerstudy.core.clock import now


@require_safe
@login_required
def sessions(request: SignedInRequest) -> HttpResponse:
    """Where one is signed in."""
    found = own_sessions(request.user, current=request.session.session_key or "")
    return render(request, "accounts/sessions.html", {"sessions": found})


@require_POST
@login_required
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Signs one browser out."""
    end_session(actor=request.user, key=pk, now=now())
    messages.success(request, _("The session is ended."))
    return redirect("accounts:sessions")


@require_POST
@login_required
def end_others(request: SignedInRequest) -> HttpResponse:
    """Signs all other browsers out."""
    end_other_sessions(actor=request.user, current=request.session.session_key or "", now=now())
    messages.success(request, _("All other sessions are ended."))
    return redirect("accounts:sessions")
