"""The end of a session that nobody uses: told of before, not put off by the page itself, and no form is lost by it."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from readerstudy.accounts import limits
from readerstudy.accounts.models import User
from readerstudy.core.clock import now as current_time
from tests.axe import assert_accessible
from tests.conftest import make_user, sign_in
from tests.reading.factories import begin, open_study
from tests.reading.practising import begun, practised_study
from tests.reading.screen import ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "rhea@example.org"


def asked_of(page):
    """Every question of who is signed in that the page asks from now on."""
    asked = []
    page.on("request", lambda one: "/account/session/" in one.url and asked.append(one.url))
    return asked


@pytest.fixture
def short(settings, monkeypatch):
    """Sessions of six seconds, to the second."""
    monkeypatch.setattr(limits, "RESOLUTION", 0)
    settings.SESSION_IDLE_SECONDS = 6


@pytest.fixture
def enrolment(admin, coordinator):
    user, now = make_user("reader", EMAIL, "Rhea Reader"), current_time()
    common = {"admin": admin, "coordinator": coordinator, "now": now, "emails": (EMAIL,)}
    return user, common


def test_a_reading_screen_that_is_left_alone_does_not_keep_its_session(page, live_server, enrolment, short):  # fmt: skip
    user, common = enrolment
    reading = begin(open_study(**common, pixels=True), user, now=common["now"])
    sign_in(page, live_server.url, user)
    page.goto(f"{live_server.url}/reading/{reading.public_id}/read/")
    ready(page, 1)
    asked = asked_of(page)
    expect(page.get_by_role("dialog", name="Sign in again")).to_be_visible(timeout=12_000)
    page.wait_for_timeout(2500)
    assert asked == []


def test_a_practice_that_is_left_alone_does_not_keep_its_session(page, live_server, enrolment, short):  # fmt: skip
    user, common = enrolment
    reading = begun(practised_study(**common, pixels=True), user, now=common["now"])
    sign_in(page, live_server.url, user)
    page.goto(f"{live_server.url}/reading/{reading.public_id}/practice/")
    asked = asked_of(page)
    expect(page.get_by_role("dialog", name="Sign in again")).to_be_visible(timeout=12_000)
    page.wait_for_timeout(1500)
    assert asked == []


def test_a_form_outlives_the_session_and_is_sent_after_signing_in_again(page, live_server, settings):  # fmt: skip
    make_user("reader", EMAIL, "Rhea Reader")
    sign_in(page, live_server.url, EMAIL)
    settings.SESSION_IDLE_SECONDS = 3
    page.goto(f"{live_server.url}/account/settings/")
    page.get_by_label("Name", exact=True).evaluate("one => { one.value = 'Rhea R.' }")
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    assert_accessible(page)
    asked = asked_of(page)
    over = page.get_by_role("dialog", name="You have been signed out")
    expect(over).to_be_visible()
    assert_accessible(page)
    page.wait_for_timeout(1500)
    assert asked == []
    settings.SESSION_IDLE_SECONDS = 1800
    Session.objects.all().delete()
    with page.context.expect_page() as opened:
        over.get_by_role("link", name="Sign in in a new tab").click()
    other = opened.value
    other.wait_for_url("**/account/sign-in/")
    sign_in(other, live_server.url, EMAIL)
    expect(other.get_by_role("heading", name="My reading")).to_be_visible()
    other.close()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(over).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your settings are saved.")).to_be_visible()
    assert User.objects.get(email=EMAIL).name == "Rhea R."


def test_one_key_keeps_the_session(page, live_server, settings):
    make_user("reader", EMAIL, "Rhea Reader")
    sign_in(page, live_server.url, EMAIL)
    settings.SESSION_IDLE_SECONDS = 122
    page.goto(f"{live_server.url}/account/settings/")
    idle = page.get_by_role("dialog", name="Are you still there?")
    expect(idle).to_be_visible(timeout=8000)
    with page.expect_response("**/account/session/") as answer:
        page.keyboard.press("x")
    assert answer.value.status == 200
    expect(idle).to_be_hidden()
