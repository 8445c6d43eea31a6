"""The pages by which people come in and out, and change what they may change of themselves."""

from typing import Any

from allauth.account.internal.flows.login import (
    perform_login,
    perform_password_login,
    record_authentication,
)
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.adapters import signed_in_lately
from readerstudy.accounts.addresses import counted_address
from readerstudy.accounts.forms import AcceptForm, AccountForm, PasswordForm, SignInForm
from readerstudy.accounts.language import remember_language
from readerstudy.accounts.models import Invitation, User
from readerstudy.accounts.reauthentication import way_to_confirm
from readerstudy.accounts.requests import SignedInRequest, user_of
from readerstudy.accounts.second_factor import is_last_required, lacks_second_factor
from readerstudy.accounts.selectors import open_invitation
from readerstudy.accounts.services import accept_invitation, change_password, update_account
from readerstudy.accounts.sessions import end_other_sessions
from readerstudy.accounts.throttle import link_tried_from
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict, DomainError, NotFound, TooManyTries
from readerstudy.core.forms import show_problems


class SignInView(LoginView):
    """Mail address and password; who has a second factor is asked for it on the next page."""

    authentication_form = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(providers=settings.OIDC_PROVIDERS, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # the form set above
        return _perform(self.request, form, self.get_success_url())

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # the form set above
        return self.render_to_response(self.get_context_data(form=form), status=400)


class SecondFactorView(IndexView):
    """What factors one has, and whether one must set one up before anything else."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        lacks = lacks_second_factor(user_of(self.request), self.request.session)
        return {**context, "must_set_up": lacks}


class AddPasskeyView(AddWebAuthnView):
    """A new passkey, which can stand in for the password where the device checks who holds it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = begin_registration(self.request.user, passwordless=True)
        return {**context, "js_data": {"creation_options": options}}


class _OneFactorAtATime:
    """Of two that are removed at once, the second is seen to be the last."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            list(User.objects.select_for_update().filter(pk=user_of(request).pk))
            response: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return response


class RemoveAppView(_OneFactorAtATime, DeactivateTOTPView):
    """Takes the authenticator app away, unless it is the last factor of somebody who must have one."""


class RemovePasskeyView(_OneFactorAtATime, RemoveWebAuthnView):
    """Takes a passkey away, unless it is the last factor of somebody who must have one."""

    success_url = reverse_lazy("mfa_index")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Before anybody is asked to confirm anything: somebody else's passkey is not there.
        if request.user.is_authenticated:
            get_object_or_404(Authenticator, pk=kwargs["pk"], user=request.user)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        if is_last_required(self.get_object()):
            sentence = (
                "Your role needs a second factor. Set up another one before you remove this one."
            )
            raise Conflict(sentence, code="last_factor")
        response: HttpResponse = super().form_valid(form)
        return response


def _perform(request: HttpRequest, form: SignInForm, url: str) -> HttpResponse:
    user = form.get_user()
    login = Login(user=user, redirect_url=url)
    return perform_password_login(request, {"email": user.email}, login)


@require_http_methods(["GET", "HEAD"])
@login_required
def sign_in_again(request: SignedInRequest) -> HttpResponse:
    """For people who have neither password nor factor here: their hospital signs them in again."""
    context = {"providers": settings.OIDC_PROVIDERS, "next": request.GET.get("next", "")}
    return render(request, "accounts/again.html", context)


@require_http_methods(["GET", "HEAD"])
@login_required
def confirmed_file(request: SignedInRequest) -> HttpResponse:
    """Where somebody who had to show first that it is they finds the file that they wanted."""
    address = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(address, None):
        return redirect("/")
    if not signed_in_lately(request):
        return redirect(way_to_confirm(request))
    return render(request, "accounts/file.html", {"address": address})


@sensitive_post_parameters("password", "code")
@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and signing in without leaving a page.

    200 with the id, 401 for nobody, 202 where a code of the second factor is to follow, 400 with the reason.
    """
    if request.method == "POST":
        return _code_here(request) if "code" in request.POST else _sign_in_here(request)
    user = getattr(request.user, "public_id", "")
    return JsonResponse({"user": user}, status=200 if user else 401)


def _sign_in_here(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request, data=request.POST)
    if not form.is_valid():
        return _refused_here(form)
    _perform(request, form, "/")
    # Not whoever was signed in before, and still is while the code is owed.
    if request.user == form.get_user():
        return _here(request.user)
    return JsonResponse(
        {"user": "", "needs": "code", "page": reverse("mfa_authenticate")}, status=202
    )


def _code_here(request: HttpRequest) -> HttpResponse:
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None:
        return JsonResponse(
            {"user": "", "again": True, "message": _("Please sign in again.")}, status=400
        )
    form = AuthenticateForm(user=stage.login.user, data=request.POST)
    if not form.is_valid():
        return _refused_here(form)
    form.save()
    stage.exit()
    return _here(request.user)


def _here(user: Any) -> HttpResponse:
    response = JsonResponse({"user": user.public_id})
    remember_language(response, user.language)
    return response


def _refused_here(form: Form) -> HttpResponse:
    reasons = [str(reason) for reasons in form.errors.values() for reason in reasons]
    return JsonResponse({"user": "", "message": " ".join(reasons)}, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Asks an invited person for a password and signs them in."""
    try:
        invitation = _invitation(request, token)
    except (NotFound, Conflict, TooManyTries) as error:
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
    """What the link opens. Raises TooManyTries where too many links were tried that open nothing."""
    with link_tried_from(counted_address(request)):
        return open_invitation(token, now=now())


def _accepted(request: HttpRequest, token: str, password: str) -> HttpResponse:
    user = accept_invitation(token=token, password=password, now=now())
    if request.user.is_authenticated:
        # Somebody else's session, in which nothing of this sign-in could be noted.
        logout(request)
    record_authentication(request, user, method="invitation")
    return perform_login(request, Login(user=user, redirect_url=reverse("core:home")))


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
            end_other_sessions(actor=user, current=request.session.session_key or "", now=now())
            UserSession.objects.create_from_request(request)
            messages.success(request, _("Your password is changed."))
            return redirect("accounts:settings")
    return render(
        request, "accounts/password.html", {"form": form}, status=400 if form.errors else 200
    )
