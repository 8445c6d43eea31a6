"""Signing out, and wiping what the browser of a shared computer has kept."""

from typing import Any

from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse

# Not the cookies: the session's is gone with the session, and the next person keeps the language of the page.
WIPED = '"cache", "storage"'


class SignOutView(LogoutView):
    """Ends the session. The browser is told to forget what it stored, if the page has said that no answer waits there."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        # Only the page can see whether answers wait in the browser; without its word nothing is wiped.
        if request.POST.get("wipe") == "yes":
            response.headers["Clear-Site-Data"] = WIPED
        return response
