"""The pages that allauth serves, by the names that it knows them by. What is not listed (sign-up above all) is not there."""

from collections.abc import Callable

from allauth.account.views import reauthenticate
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.views import login_cancelled
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from readerstudy.accounts import hospital_views, views
from readerstudy.accounts.urls import PAGE

View = Callable[..., HttpResponseBase]


def _page(route: str, view: View, name: str) -> URLPattern:
    """Allauth takes a PUT for a POST, and other methods for a GET."""
    return path(route, PAGE(view), name=name)


urlpatterns = [
    _page("sign-in/", views.SignInView.as_view(), "account_login"),
    _page("confirm/", reauthenticate, "account_reauthenticate"),
    _page("confirm/code/", base.reauthenticate, "mfa_reauthenticate"),
    _page("confirm/passkey/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    _page("second-factor/", views.SecondFactorView.as_view(), "mfa_index"),
    _page("second-factor/code/", base.authenticate, "mfa_authenticate"),
    _page("second-factor/app/", totp.activate_totp, "mfa_activate_totp"),
    _page("second-factor/app/remove/", views.RemoveAppView.as_view(), "mfa_deactivate_totp"),
    _page("second-factor/codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    _page(
        "second-factor/codes/new/",
        codes.generate_recovery_codes,
        "mfa_generate_recovery_codes",
    ),
    _page("second-factor/passkeys/add/", views.AddPasskeyView.as_view(), "mfa_add_webauthn"),
    _page(
        "second-factor/passkeys/<int:pk>/remove/",
        views.RemovePasskeyView.as_view(),
        "mfa_remove_webauthn",
    ),
    _page("sign-in/passkey/", passkeys.login_webauthn, "mfa_login_webauthn"),
    _page("hospital/cancelled/", login_cancelled, "socialaccount_login_cancelled"),
    _page("hospital/error/", hospital_views.failed, "socialaccount_login_error"),
    path("hospital/<slug:provider_id>/", hospital_views.begin, name="openid_connect_login"),
    path(
        "hospital/<slug:provider_id>/back/",
        hospital_views.come_back,
        name="openid_connect_callback",
    ),
]
