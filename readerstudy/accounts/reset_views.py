"""The pages by which a person who has forgotten the password gets a new one."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.addresses import counted_address
from readerstudy.accounts.forms import AcceptForm, ResetRequestForm
from readerstudy.accounts.links import address_on_site
from readerstudy.accounts.models import User
from readerstudy.accounts.password_reset import request_reset, reset_password, resettable_user
from readerstudy.accounts.throttle import RESETS_FROM, link_tried_from
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, NotFound, TooManyTries
from readerstudy.core.forms import show_problems


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Asks for the mail address; what follows is the same for every address."""
    form = ResetRequestForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 400 if form.errors else 200
        return render(request, "accounts/reset.html", {"form": form}, status=status)
    if RESETS_FROM.count(counted_address(request)) > RESETS_FROM.attempts:
        form.add_error(None, _("Too many mails were asked for from here. Please try again later."))
        return render(request, "accounts/reset.html", {"form": form}, status=429)
    with transaction.atomic():
        request_reset(email=form.cleaned_data["email"], root=address_on_site(request, "/"))
    return render(request, "accounts/reset_sent.html")


def _owner(request: HttpRequest, public_id: str, token: str) -> User:
    """Whose link it is. Raises NotFound for a link that opens nothing, TooManyTries after too many of them."""
    with link_tried_from(counted_address(request)):
        return resettable_user(public_id, token)


@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Asks the owner of the link for a new password."""
    try:
        user = _owner(request, public_id, token)
    except (NotFound, TooManyTries) as error:
        told = {"error": error}
        return render(request, "accounts/reset_closed.html", told, status=error.status)
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            new = form.cleaned_data["password"]
            reset_password(public_id=public_id, token=token, password=new, now=now())
        except DomainError as error:
            show_problems(form, error)
        else:
            if request.user == user:
                # This browser's session is among those that were ended; the message needs another one.
                request.session.flush()
            messages.success(request, _("Your password is changed. Please sign in with it."))
            return redirect("accounts:sign-in")
    context = {"form": form, "person": user}
    return render(
        request, "accounts/reset_choose.html", context, status=400 if form.errors else 200
    )
