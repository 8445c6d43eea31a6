"""Addresses that do not exist and requests that cannot be read: a page for people, the API's own words for programs."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

API = "/api/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such address."""
    if request.path.startswith(API):
        return _told("not_found", _("There is no such address."), HTTPStatus.NOT_FOUND)
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request cannot be read."""
    if request.path.startswith(API):
        return _told("bad_request", _("The request cannot be read."), HTTPStatus.BAD_REQUEST)
    return defaults.bad_request(request, exception)


def _told(code: str, message: str, status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"code": code, "message": message, "problems": []}, status=status)
