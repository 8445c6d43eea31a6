"""The front door."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Sends everybody to the page they came for: readers to their reading, the others to the studies."""
    # The accounts room is above this one: its roles are asked for by name.
    if getattr(request.user, "can_coordinate", False) or getattr(
        request.user, "can_administer", False
    ):
        return redirect("studies:list")
    return redirect("reading:home")
