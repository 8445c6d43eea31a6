"""One page of a long list of readers, and the words that are looked for in it."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

READERS_ON_A_PAGE = 50
_LONGEST = 100


def searched(request: HttpRequest) -> str:
    """What `?q=` looks for; nothing where it is not there."""
    return request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]


def page_of(request: HttpRequest, readers: Sequence[Any] | QuerySet[Any]) -> Page[Any]:
    """The page of `?page=`, the first or the last one where there is no such page."""
    return Paginator(readers, READERS_ON_A_PAGE).get_page(request.GET.get("page"))
