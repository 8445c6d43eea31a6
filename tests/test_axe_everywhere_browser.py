"""Every page that a person is led to, by axe: in English and German, in the light and the dark theme."""

import json
import re
from pathlib import Path

import axe_playwright_python
import pytest
from django.conf import settings
from django.urls import Resolver404, resolve

from readerstudy.core import clock
from readerstudy.studies.models import Study
from readerstudy.studies.services import close_study, unblind_study, update_design
from tests.axe import TAGS
from tests.conftest import make_user
from tests.crawl import Page, links_in
from tests.images.factories import make_image_set
from tests.inference.factories import make_model, run_all
from tests.reading.factories import begin, open_study
from tests.reading.practising import practised_study
from tests.studies.factories import make_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
# Seen in every language and theme the first time a kind of page comes, in one of each for every further study.
ALL = [(language, theme) for language in ("en", "de") for theme in ("light", "dark")]
SOME = [("de", "dark")]
NO_PAGE = re.compile(
    r"sign-out|\.(csv|html|json|ics|pdf|svg|zip|png)$|/image/|/picture/|schema|/static/"
)


@pytest.fixture
def people(admin, coordinator, reader_user):
    """A draft, a study with practice, one in reading with later sessions, and one that is unblinded, with runs."""
    now = clock.now()
    common = {"admin": admin, "coordinator": coordinator, "now": now}
    make_study(**common, title="A draft", readers=2)
    practised_study(**common, emails=(reader_user.email,))
    emails = (reader_user.email, "second@example.org")

    def later(study):
        update_design(actor=coordinator, study=study, now=now, repeat_percent=50)

    read = open_study(**common, cases=4, emails=emails, title="In reading", before_lock=later)
    begin(read, reader_user, now=now)
    make_image_set(admin=admin, now=now, cases=4, name="Over")
    over = open_study(**common, cases=4, emails=emails, title="Over")
    begin(over, reader_user, now=now)
    run_all(coordinator, make_model(admin=admin, now=now), over, now)
    over = close_study(actor=coordinator, study=over, now=now)
    unblind_study(actor=coordinator, study=over, reason="Done.", now=now)
    return {"admin": admin, "coordinator": coordinator, "reader": reader_user, "nobody": None}


def pages_of(client):
    """Address and kind of one page of every kind and study that links lead to from the first one."""
    waiting, asked, kinds = ["/", "/account/sign-in/", "/no-such-page/"], set(), {}
    while waiting:
        address = waiting.pop(0)
        if address in asked or NO_PAGE.search(address):
            continue
        asked.add(address)
        response = client.get(address)
        if response.streaming:
            b"".join(response)  # a photograph, whose file is to be closed
        elif "text/html" in response.headers.get("Content-Type", ""):
            kinds.setdefault(_kind(address), address)
            waiting += links_in(Page(address, response.status_code, response.content.decode()))
        elif response.status_code in {301, 302}:
            waiting.append(response.headers["Location"])
    return kinds


def _kind(address):
    """The route, and the study that it is of: the same page of another study may show something else."""
    path = address.split("?")[0].split("#")[0]
    try:
        found = resolve(path)
    except Resolver404:
        return path, ""
    slug = found.kwargs.get("slug", "")
    return found.route, slug if Study.objects.filter(slug=slug).exists() else ""


def violations(page):
    """Rule, first element and help of all that axe finds."""
    options = json.dumps({"runOnly": {"type": "tag", "values": TAGS}})
    found = page.evaluate(f"axe.run(document, {options})")
    return [(one["id"], one["nodes"][0]["target"], one["help"]) for one in found["violations"]]


@pytest.fixture
def visit(page, live_server, client):
    """Visits these pages as the client's user; gives all that is found, with where."""

    def do(kinds):
        session = client.cookies.get(settings.SESSION_COOKIE_NAME)
        cookies = {settings.SESSION_COOKIE_NAME: session.value} if session else {}
        found, routes = [], set()
        for (route, _study), address in sorted(kinds.items()):
            combinations = SOME if route in routes else ALL
            routes.add(route)
            for language in dict.fromkeys(one for one, _ in combinations):
                cookies[settings.LANGUAGE_COOKIE_NAME] = language
                page.context.add_cookies(
                    [
                        {"name": name, "value": value, "url": live_server.url}
                        for name, value in cookies.items()
                    ]
                )
                page.goto(live_server.url + address)
                page.evaluate(AXE.read_text(encoding="utf-8"))
                for theme in [two for one, two in combinations if one == language]:
                    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                    found += [(address, language, theme, *one) for one in violations(page)]
        return found

    return do


@pytest.mark.parametrize(
    ("role", "least"), [("nobody", 2), ("reader", 10), ("coordinator", 35), ("admin", 20)]
)
def test_axe_finds_nothing_on_any_page(client, people, visit, role, least):
    if people[role]:
        client.force_login(people[role])
    kinds = pages_of(client)
    assert len(kinds) >= least
    assert visit(kinds) == []


def test_axe_would_find_a_fault(client, people, visit, page, live_server):
    make_user("reader", "another@example.org", "Another")
    page.goto(f"{live_server.url}/account/sign-in/")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("document.querySelector('label').remove()")
    assert [rule for rule, *_ in violations(page)] == ["label"]
