"""Signing in at a hospital: whom its word is taken for, and how its word is checked."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.emails import has_plain_local_part, normal_email
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.clock import now


class CheckedAdapter(OpenIDConnectOAuth2Adapter):
    """Checks the signature of every identity token, and that both answers are of the same person."""

    did_fetch_access_token = (
        False  # allauth leaves the signature out where it has fetched the token itself
    )

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any
    ) -> Any:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("The provider sent no identity token.")
        self.did_fetch_access_token = False
        login = super().complete_login(request, app, token, **kwargs)
        told = login.account.extra_data
        if told["id_token"]["sub"] != told.get("userinfo", told["id_token"])["sub"]:
            raise OAuth2Error("Identity token and user information are of two people.")
        return login


class HospitalAdapter(DefaultSocialAccountAdapter):
    """An account is found by its verified address, or made where the operator allows it; never on a stranger's word."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Raises ImmediateHttpResponse, back to the sign-in, for everybody whom the hospital cannot vouch for."""
        provider = _provider(sociallogin)
        # Connecting would tie a stranger's identity to whoever has left a session open.
        if provider is None or sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise _refusal(request)
        if sociallogin.is_existing:
            return
        email = _vouched_address(sociallogin, provider)
        user = User.objects.filter(email=email, is_active=True).first() if email else None
        if user is not None:
            sociallogin.connect(request, user)
            record_event(actor=user, verb="account.linked", subject=user, now=now(), data={"provider": provider["id"]})  # fmt: skip
        elif not (email and provider.get("creates")) or User.objects.filter(email=email).exists():
            raise _refusal(request)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """`pre_social_login` has decided."""
        del request, sociallogin
        return True

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> Any:
        """A reader with the address and the name that the hospital tells."""
        del request
        user = sociallogin.user
        user.email = normal_email(str(data.get("email") or ""))
        parts = (data.get("first_name"), data.get("last_name"))
        user.name = str(data.get("name") or " ".join(filter(None, parts)) or user.email)[:150]
        user.role = SiteRole.READER
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        user = super().save_user(request, sociallogin, form)
        data = {"role": user.role, "provider": sociallogin.account.provider}
        record_event(actor=None, verb="account.created", subject=user, now=now(), data=data)
        return user

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_kwargs: Any) -> None:
        """Back to the sign-in with a sentence; what went wrong is in the log."""
        del provider
        raise _refusal(request)

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: the trail tells it."""


def _refusal(request: HttpRequest) -> ImmediateHttpResponse:
    sentence = _(
        "Your hospital's sign-in did not open an account here. Ask the coordinator of your study for an invitation."
    )
    messages.error(request, sentence)
    return ImmediateHttpResponse(redirect("accounts:sign-in"))


def _provider(sociallogin: SocialLogin) -> dict[str, Any] | None:
    known = {one["id"]: one for one in settings.OIDC_PROVIDERS}
    return known.get(sociallogin.account.provider)


def _vouched_address(sociallogin: SocialLogin, provider: dict[str, Any]) -> str:
    """The address, if the hospital says that it is verified, it is in a domain of the hospital's and like no other one."""
    for address in sociallogin.email_addresses:
        email = normal_email(address.email)
        domain = email.rpartition("@")[2]
        is_vouched = address.verified or provider.get("trusts_mail")
        if domain in provider["domains"] and is_vouched and has_plain_local_part(email):
            return email
    return ""
