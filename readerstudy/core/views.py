"""The front door."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Sends everybody to the page they came for: readers to their reading, the others to the studies."""
    user = request.user
    if user.can_coordinate or user.can_administer:
        return redirect("studies:list")
    return redirect("reading:home")
