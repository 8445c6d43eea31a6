"""Signing out at a shared computer: what the browser stored is wiped, but no answer that the server does not have."""

import pytest
from playwright.sync_api import expect

from tests.conftest import make_user, sign_in
from tests.reading.factories import BIOPSY
from tests.reading.screen import answers, grade, ready, shown, waiting
from tests.site import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASKED = "Some of your answers have not been sent yet"
STORED = "async () => [localStorage.length, (await indexedDB.databases()).length]"


def sign_out(page):
    with page.expect_response("**/account/sign-out/") as answer:
        page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/account/sign-in/**")
    return answer.value.header_value("Clear-Site-Data")


def test_nothing_of_a_reader_stays_in_the_browser_after_signing_out(screen, live_server):
    grade(screen, "f4")
    ready(screen, 2)
    screen.evaluate("localStorage.setItem('theme', 'dark')")
    screen.goto(f"{live_server.url}/reading/")
    assert sign_out(screen) == '"cache", "storage"'
    wait_until(lambda: screen.evaluate(STORED) == [0, 0], seconds=10, what="the wiping")
    assert answers() == [(1, BIOPSY, 4, 1)]


def test_answers_that_were_not_sent_are_kept_told_of_and_sent_later(screen, live_server, reading):
    screen.route("**/api/v1/readings/", lambda route: route.abort())
    grade(screen, "f4")
    shown(screen, 2)
    screen.on("dialog", lambda dialog: dialog.accept())
    screen.goto(f"{live_server.url}/reading/")
    screen.get_by_role("button", name="Sign out", exact=True).click()
    asked = screen.get_by_role("dialog", name=ASKED)
    expect(asked).to_be_visible()
    address = f"/reading/{reading.public_id}/read/"
    expect(asked.get_by_role("link", name="Go on reading and send them")).to_have_attribute("href", address)  # fmt: skip
    asked.get_by_role("button", name="Stay signed in").click()
    expect(asked).to_be_hidden()

    screen.get_by_role("button", name="Sign out", exact=True).click()
    with screen.expect_response("**/account/sign-out/") as answer:
        asked.get_by_role("button", name="Sign out and keep them here").click()
    assert answer.value.header_value("Clear-Site-Data") is None
    screen.wait_for_url("**/account/sign-in/**")

    # Whoever signs in next neither sees nor sends them, and does not wipe them either.
    make_user("reader", "olga@example.org", "Olga Other")
    sign_in(screen, live_server.url, "olga@example.org")
    expect(screen.get_by_role("heading", name="My reading")).to_be_visible()
    assert sign_out(screen) is None
    assert (answers(), len(waiting(screen))) == ([], 1)

    screen.unroute("**/api/v1/readings/")
    sign_in(screen, live_server.url, "rhea@example.org")
    expect(screen.get_by_role("heading", name="My reading")).to_be_visible()
    screen.goto(f"{live_server.url}{address}")
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 4, 1)]


def test_a_window_that_reads_keeps_what_it_has(screen, live_server):
    other = screen.context.new_page()
    other.goto(f"{live_server.url}/reading/")
    assert sign_out(other) is None
