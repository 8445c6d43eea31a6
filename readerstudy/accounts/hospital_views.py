"""Going to a hospital's sign-in and coming back from it."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from readerstudy.accounts.oidc_adapter import CheckedAdapter
from readerstudy.accounts.reauthentication import AGAIN
from readerstudy.core.errors import NotFound

# Of whoever is signed in: the hospital is to ask who they are, and not to remember whose browser it was this morning.
_ASKED_ANEW = {"prompt": "login"}


class _SignInView(OAuth2LoginView):
    """Signs in and nothing else: what an address asks for besides (`process`, `scope`, `auth_params`) is not passed on."""

    def dispatch(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        provider, wanted = self.get_provider(), get_next_redirect_url(request)
        is_again = request.user.is_authenticated
        response: HttpResponse = provider.redirect(
            request,
            AuthProcess.LOGIN,
            next_url=wanted,
            auth_params=provider.get_auth_params() | (_ASKED_ANEW if is_again else {}),
            data={AGAIN: is_again},
        )
        return response


@require_POST
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leads the browser to the hospital. Raises NotFound for one that is not known.

    By a page and not by a redirect: browsers hold every redirect after a form against the policy's `form-action`, and where a
    hospital leads to from its own address nobody can list.
    """
    response = _answer(_SignInView, request, provider_id)
    address = response.headers.get("Location", "")
    if not urlsplit(address).netloc:
        return response
    [name] = [one["name"] for one in settings.OIDC_PROVIDERS if one["id"] == provider_id]
    context = {"address": address, "name": name}
    return render(request, "accounts/hospital_leaving.html", context)


@require_safe
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Signs in whom the hospital vouches for. Raises NotFound as above."""
    return _answer(OAuth2CallbackView, request, provider_id)


@require_safe
def failed(request: HttpRequest) -> HttpResponse:
    """The page that says that nobody was signed in."""
    return render(request, "socialaccount/authentication_error.html", status=400)


def _answer(
    view: type[OAuth2LoginView | OAuth2CallbackView], request: HttpRequest, provider_id: str
) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(CheckedAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise NotFound("There is no such page.") from error
    return response
