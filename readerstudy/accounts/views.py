"""The pages by which people come in and out, and change what they may change of themselves."""

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.addresses import client_address
from readerstudy.accounts.forms import AcceptForm, AccountForm, PasswordForm, SignInForm
from readerstudy.accounts.language import remember_language
from readerstudy.accounts.models import Invitation
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.accounts.selectors import open_invitation
from readerstudy.accounts.services import (
    accept_invitation,
    change_password,
    record_sign_in,
    update_account,
)
from readerstudy.accounts.throttle import WRONG_LINKS
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict, DomainError, NotFound
from readerstudy.core.forms import show_problems

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInView(LoginView):
    """Mail address and password; afterwards the site speaks the person's language."""

    authentication_form = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # the form set above
        response = super().form_valid(form)
        return _signed_in(response, form)

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # the form set above
        return self.render_to_response(self.get_context_data(form=form), status=400)


def _signed_in(response: HttpResponse, form: SignInForm) -> HttpResponse:
    user = record_sign_in(actor=form.get_user(), now=now())
    remember_language(response, user.language)
    return response


@sensitive_post_parameters("password")
@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and signing in without leaving a page: 200 with the id, 401 for nobody, 400 with the reason."""
    if request.method == "POST":
        return _sign_in_here(request, SignInForm(request, data=request.POST))
    user = getattr(request.user, "public_id", "")
    return JsonResponse({"user": user}, status=200 if user else 401)


def _sign_in_here(request: HttpRequest, form: SignInForm) -> HttpResponse:
    if not form.is_valid():
        reasons = [str(reason) for reasons in form.errors.values() for reason in reasons]
        return JsonResponse({"user": "", "message": " ".join(reasons)}, status=400)
    login(request, form.get_user())
    return _signed_in(JsonResponse({"user": form.get_user().public_id}), form)


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Asks an invited person for a password and signs them in."""
    try:
        invitation = _invitation(request, token)
    except (NotFound, Conflict) as error:
        context = {"error": error}
        return render(request, "accounts/invitation_closed.html", context, status=error.status)
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _accepted(request, token, form.cleaned_data["password"])
        except DomainError as error:
            show_problems(form, error)
    return _accept_page(request, invitation, form)


def _invitation(request: HttpRequest, token: str) -> Invitation:
    """What the link opens. Raises NotFound for an address too from which too many links were tried."""
    address = client_address(request)
    if WRONG_LINKS.is_reached(address):
        raise NotFound("There is no such invitation.")
    try:
        return open_invitation(token, now=now())
    except NotFound:
        WRONG_LINKS.count(address)
        raise


def _accepted(request: HttpRequest, token: str, password: str) -> HttpResponse:
    user = accept_invitation(token=token, password=password, now=now())
    login(request, user, backend=_BACKEND)
    response = redirect("core:home")
    remember_language(response, user.language)
    return response


def _accept_page(request: HttpRequest, invitation: Invitation, form: AcceptForm) -> HttpResponse:
    context = {"invitation": invitation, "form": form}
    return render(request, "accounts/accept.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_settings(request: SignedInRequest) -> HttpResponse:
    """Name and language."""
    user = request.user
    form = AccountForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        try:
            update_account(actor=user, now=now(), **form.cleaned_data)
        except DomainError as error:
            user.refresh_from_db()
            show_problems(form, error)
        else:
            response = redirect("accounts:settings")
            remember_language(response, user.language)
            messages.success(request, _("Your settings are saved."))
            return response
    return render(
        request, "accounts/settings.html", {"form": form}, status=400 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def password(request: SignedInRequest) -> HttpResponse:
    """A new password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            user = change_password(
                actor=request.user,
                old_password=given["old_password"],
                new_password=given["new_password"],
                now=now(),
            )
        except DomainError as error:
            show_problems(form, error)
        else:
            # Every other session of this person ends; this one goes on.
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed."))
            return redirect("accounts:settings")
    return render(
        request, "accounts/password.html", {"form": form}, status=400 if form.errors else 200
    )
