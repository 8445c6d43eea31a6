"""The work that the site does by itself: whether workers live, what waits for them, and what was given up."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from readerstudy.accounts.permissions import check_is_admin
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict
from readerstudy.core.sentences import translated
from readerstudy.operations.selectors import letters_page, unfinished_work, workers
from readerstudy.operations.services import drop_letter, requeue_letter


@require_safe
@login_required
def work(request: SignedInRequest) -> HttpResponse:
    """All of it on one page; of the dead letters fifty at a time."""
    check_is_admin(request.user)
    moment = now()
    context = {
        "workers": workers(now=moment),
        "kinds": unfinished_work(now=moment),
        "page": letters_page(request.GET.get("page", "")),
    }
    return render(request, "operations/work.html", context)


@require_POST
@login_required
def requeue(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Sends given up work again. Where that cannot be, the page says why."""
    return _settled(request, public_id, requeue_letter, _("It was sent again."))


@require_POST
@login_required
def drop(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Nobody will do the work. What was settled meanwhile stays as it is."""
    return _settled(request, public_id, drop_letter, _("It was dropped."))


def _settled(
    request: SignedInRequest, public_id: str, settle: Callable[..., object], told: str
) -> HttpResponse:
    check_is_admin(request.user)
    try:
        settle(actor=request.user, public_id=public_id, now=now())
    except Conflict as error:
        messages.error(request, translated(error.message))
    else:
        messages.success(request, told)
    return redirect("operations:work")
