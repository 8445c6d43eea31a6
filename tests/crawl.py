"""Every address of the site with every id that there is, asked for by one person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import product

from django.apps import apps
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from readerstudy.core.ids import PublicIdModel
from readerstudy.studies.models import Enrolment, Study

EACH = 2
OF_STUDIES = {"studies", "reading", "results"}
# Signing out would end the crawl; the language is a POST.
NOT_ASKED = {"account/sign-out/", "i18n/setlang/"}
# A new parameter of an address must be given values here, or the crawl would pass its pages over.
OTHER_VALUES = {
    "token": ["no-such-token"],
    "name": ["groups", "readers", "cases", "stard-ai", "comparison", "difficulty"],
    "language": ["en", "de"],
    "file_format": ["csv", "html", "pdf"],
    "number": ["0", "1", "99"],
    "pk": ["1", "99"],
    "provider_id": ["no-such-hospital"],
}


@dataclass(frozen=True)
class Page:
    """One response, with all that a browser receives: status, headers and body."""

    address: str
    status: int
    text: str


def patterns(resolver=None, prefix=""):
    """Every URL pattern of the site as (route, converters)."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, one.pattern.converters
        else:
            yield from patterns(one, route)


def addresses():
    """Every address with every id that could stand in it, whoever it belongs to."""
    known = {
        "slug": list(Study.objects.values_list("slug", flat=True)),
        "public_id": list(public_ids()),
        "code": list(Enrolment.objects.values_list("code", flat=True)[:EACH]),
        **OTHER_VALUES,
    }
    for route, converters in patterns():
        if route in NOT_ASKED:
            continue
        for values in product(*(known[name] for name in converters)):
            yield "/" + filled(route, dict(zip(converters, values, strict=True)))


def filled(route, values):
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values[match[1]], route)


def public_ids() -> Iterator[str]:
    """A few public ids of every kind of row."""
    for model in apps.get_models():
        if issubclass(model, PublicIdModel):
            # Of what belongs to no study, one stands for all: whose it is, the matrix of permissions asks.
            each = EACH if model._meta.app_label in OF_STUDIES else 1
            yield from model._default_manager.values_list("public_id", flat=True)[:each]


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, _tag, attributes):
        self.found += [
            value for name, value in attributes if name in {"href", "src", "hx-get"} and value
        ]


def links_in(page):
    parser = _Links()
    parser.feed(page.text)
    return [link for link in parser.found if link.startswith("/") and not link.startswith("//")]


def crawl(client):
    """Every page that the client's user is answered, those that only links lead to included."""
    waiting, seen = list(addresses()), set()
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith("/static/") or "sign-out" in address:
            continue
        seen.add(address)
        # Every event of the trail has links to views of the same events: a few of these tell what all tell.
        if "/audit/?" in address and sum("/audit/?" in one for one in seen) > EACH:
            continue
        response = client.get(address)
        body = b"".join(response) if response.streaming else response.content
        page = Page(
            address,
            response.status_code,
            f"{dict(response.headers)}\n{body.decode(errors='replace')}",
        )
        yield page
        if "text/html" in response.headers.get("Content-Type", ""):
            waiting += links_in(page)
