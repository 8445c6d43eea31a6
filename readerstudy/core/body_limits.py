"""How much a request may bring along, asked before a byte of it is read.

Whoever has the token of a form, which any visitor gets, could otherwise fill the disk: to find that token among what was
sent, Django reads all of it, whatever is sent and to whichever address. What comes as JSON is read into memory whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from readerstudy.core.api import problem_body
from readerstudy.core.errors import TooLarge
from readerstudy.core.middleware import problem_page

# The name under which a view says that it takes files.
_TAKES = "takes_files"
# What stands around the files: the other fields of the form, and the lines between them.
_AROUND = 2**20
_BEARER = "bearer "
_View = TypeVar("_View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Files:
    """`most` bytes of files at once, of people whom `of` picks out."""

    most: Callable[[], int]
    of: Callable[[Any], bool]


def of_admins(user: Any) -> bool:
    """Whether the user is an admin who is signed in."""
    return bool(user.is_authenticated and user.can_administer)


def of_staff(user: Any) -> bool:
    """Whether the user is a coordinator or an admin who is signed in."""
    return bool(user.is_authenticated and (user.can_coordinate or user.can_administer))


def takes_files(files: Files) -> Callable[[_View], _View]:
    """Lets an address take files; a view of the API says it by its attribute `takes_files`."""

    def declared(view: _View) -> _View:
        setattr(view, _TAKES, files)
        return view

    return declared


class BodyLimitMiddleware:
    """Refuses what is too large: 413. It stands before what looks for the form's token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        most = _most(request, view)
        return None if _length(request) <= most else _refusal(request, most)


def _most(request: HttpRequest, view: Any) -> int:
    within = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    files = getattr(view, _TAKES, None) or getattr(getattr(view, "cls", None), _TAKES, None)
    if files is None or not (files.of(request.user) or _is_of_a_program(request, view)):
        return int(within)
    return max(int(within), files.most() + _AROUND)


def _is_of_a_program(request: HttpRequest, view: Any) -> bool:
    """Whose token it is, the API asks before it reads anything; pages ask for no token."""
    sent = request.headers.get("Authorization", "")
    return hasattr(view, "cls") and sent[: len(_BEARER)].lower() == _BEARER


def _length(request: HttpRequest) -> int:
    """Read as Django reads it, which takes nothing where it says 0."""
    try:
        return int(request.META.get("CONTENT_LENGTH", ""))
    except (TypeError, ValueError):
        return 0


def _refusal(request: HttpRequest, most: int) -> HttpResponse:
    megabytes = most // 2**20
    error = TooLarge(f"This is too large: at most {megabytes} MB are taken here.")
    if request.resolver_match and "api" in request.resolver_match.namespaces:
        return JsonResponse(problem_body(error), status=error.status)
    return problem_page(request, error)
