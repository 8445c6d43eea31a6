"""The pages that allauth serves, by the names that it knows them by. What is not listed (sign-up above all) is not there."""

from allauth.account.views import reauthenticate
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.views import login_cancelled
from django.urls import path
from django.views.decorators.http import require_http_methods

from readerstudy.accounts import hospital_views, views

# allauth takes a PUT for a POST, and other methods for a GET.
_PAGE = require_http_methods(["GET", "HEAD", "POST"])
_PAGES = [
    path("sign-in/", views.SignInView.as_view(), name="account_login"),
    path("confirm/", reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", base.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-factor/", views.SecondFactorView.as_view(), name="mfa_index"),
    path("second-factor/code/", base.authenticate, name="mfa_authenticate"),
    path("second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/new/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("second-factor/passkeys/add/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "second-factor/passkeys/<int:pk>/remove/",
        views.RemovePasskeyView.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("hospital/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path("hospital/error/", hospital_views.failed, name="socialaccount_login_error"),
]
urlpatterns = [
    *(path(one.pattern._route, _PAGE(one.callback), name=one.name) for one in _PAGES),  # noqa: SLF001 (as it was written above)
    path("hospital/<slug:provider_id>/", hospital_views.begin, name="openid_connect_login"),
    path(
        "hospital/<slug:provider_id>/back/",
        hospital_views.come_back,
        name="openid_connect_callback",
    ),
]
