"""What goes wrong in a clinic: each time the end is exactly one stored answer, and no loss."""

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from readerstudy.accounts.models import User
from readerstudy.core.clock import now as current_time
from readerstudy.reading.models import Reading
from tests.accounts.factors import code_of, give_app
from tests.axe import assert_accessible
from tests.conftest import PASSWORD, make_user, sign_in
from tests.reading.factories import BIOPSY, NONE
from tests.reading.screen import (
    answers,
    grade,
    ready,
    shown,
    sign_in_over,
    waiting,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANSWERS = "**/api/v1/readings/"
EMAIL = "rhea@example.org"


def dialog(page, name):
    return page.get_by_role("dialog", name=name)


def test_a_double_click_and_double_keys_are_one_answer(screen):
    screen.keyboard.press("f")
    screen.locator(".scale .answer", has_text="4").dblclick()
    ready(screen, 2)
    for key in "jj22":
        screen.keyboard.press(key)
    ready(screen, 3)
    assert answers() == [(1, BIOPSY, 4, 1), (2, NONE, 2, 1)]


def test_the_back_button_leads_to_the_next_case_and_changes_nothing(screen):
    grade(screen, "f1")
    ready(screen, 2)
    screen.go_back()
    screen.go_forward()
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_a_wrong_clock_changes_neither_durations_nor_the_time_of_storing(screen):
    screen.add_init_script("const real = Date.now; Date.now = () => real() - 9e9;")
    screen.reload()
    ready(screen, 1)
    grade(screen, "f1")
    ready(screen, 2)
    reading = Reading.objects.get()
    assert 0 < reading.milliseconds_to_commit < 60_000
    assert current_time() - reading.received_at < timedelta(minutes=5)


def test_a_network_that_answers_for_the_server_stores_nothing_away(screen):
    pages = []

    def portal(route):
        pages.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to the hotel</h1>")

    screen.route(ANSWERS, portal)
    grade(screen, "f1")
    expect(screen.locator("#kept")).to_contain_text("1 answer waiting")
    assert (len(waiting(screen)), answers()) == (1, [])
    screen.unroute(ANSWERS)
    ready(screen, 2)
    assert pages
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_a_second_window_asks_and_the_first_one_yields(screen):
    second = screen.context.new_page()
    second.goto(screen.url)
    expect(dialog(second, "Continue here?")).to_be_visible()
    assert_accessible(second)
    second.keyboard.press("f")
    assert answers() == []
    second.get_by_role("button", name="Continue here").click()
    expect(dialog(screen, "Continue here?")).to_be_visible()
    grade(second, "f1")
    ready(second, 2)
    screen.keyboard.press("Escape")
    expect(dialog(screen, "Continue here?")).to_be_visible()
    screen.get_by_role("button", name="Continue here").click()
    grade(screen, "j2")
    ready(screen, 3)
    expect(dialog(second, "Continue here?")).to_be_visible()
    assert answers() == [(1, BIOPSY, 1, 1), (2, NONE, 2, 1)]


def test_the_window_that_takes_over_sends_what_waits_in_the_first(screen):
    screen.route(ANSWERS, lambda route: route.abort())
    grade(screen, "f1", "j2")
    second = screen.context.new_page()
    second.goto(screen.url)
    second.get_by_role("button", name="Continue here").click()
    ready(second, 3)
    assert answers() == [(1, BIOPSY, 1, 1), (2, NONE, 2, 1)]


def test_signing_in_over_the_case_leaves_zoom_and_choice_as_they_are(screen):
    held = []
    screen.route(ANSWERS, lambda route: held.insert(0, route))
    grade(screen, "f1")
    shown(screen, 2)
    screen.keyboard.press("j")
    screen.keyboard.press("+")
    Session.objects.all().delete()
    screen.wait_for_timeout(50)
    held.pop().continue_()
    expect(dialog(screen, "Sign in again")).to_be_visible()
    expect(screen.locator("#kept")).to_contain_text("Signed out · 1 answer waiting")
    assert_accessible(screen)
    screen.unroute(ANSWERS)
    sign_in_over(screen, EMAIL, "not the password")
    expect(screen.get_by_text("do not belong together")).to_be_visible()
    sign_in_over(screen, EMAIL, PASSWORD)
    ready(screen, 2)
    assert screen.locator("#pane").get_attribute("data-scale") == "1.250"
    expect(screen.locator('input[name="decision"]:checked')).to_have_value(NONE)
    grade(screen, "2")
    ready(screen, 3)
    assert answers() == [(1, BIOPSY, 1, 1), (2, NONE, 2, 1)]


def test_over_the_case_the_code_of_the_second_factor_is_asked_for(screen):
    give_app(User.objects.get(email=EMAIL))
    Session.objects.all().delete()
    grade(screen, "f1")
    sign_in_over(screen, EMAIL, PASSWORD)
    over = dialog(screen, "Sign in again")
    over.get_by_label("Code of your authenticator app").fill("000000")
    assert_accessible(screen)
    screen.keyboard.press("Enter")
    expect(over.get_by_text("This code is not right")).to_be_visible()
    over.get_by_label("Code of your authenticator app").fill(code_of())
    screen.keyboard.press("Enter")
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_who_has_no_password_signs_in_in_another_tab_and_goes_on_in_this_one(screen, live_server):
    Session.objects.all().delete()
    grade(screen, "f1")
    over = dialog(screen, "Sign in again")
    with screen.context.expect_page() as opened:
        over.get_by_role("link", name="By passkey or at your hospital, in a new tab").click()
    opened.value.wait_for_url("**/account/sign-in/")
    sign_in(opened.value, live_server.url, EMAIL)
    expect(opened.value.get_by_role("heading", name="My reading")).to_be_visible()
    opened.value.close()
    screen.evaluate("dispatchEvent(new Event('focus'))")
    ready(screen, 2)
    expect(over).to_be_hidden()
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_somebody_else_who_signs_in_over_the_case_sends_nothing(screen):
    make_user("reader", "olga@example.org", "Olga Other")
    Session.objects.all().delete()
    grade(screen, "f1")
    sign_in_over(screen, "olga@example.org", PASSWORD)
    expect(screen.get_by_text("they are kept and were not sent")).to_be_visible()
    assert (len(waiting(screen)), answers()) == (1, [])
    sign_in_over(screen, EMAIL, PASSWORD)
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_who_does_not_sign_in_at_once_is_asked_again_later(screen):
    screen.wait_for_load_state("networkidle")
    Session.objects.all().delete()
    grade(screen, "f1")
    screen.get_by_role("button", name="Later").click()
    shown(screen, 2)
    screen.get_by_role("button", name="Sign in again").click()
    sign_in_over(screen, EMAIL, PASSWORD)
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_a_token_that_has_run_out_is_renewed_without_asking(screen):
    screen.context.clear_cookies(name="csrftoken")
    grade(screen, "f1")
    ready(screen, 2)
    expect(dialog(screen, "Sign in again")).to_be_hidden()
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_the_reader_is_warned_before_being_signed_out_and_stays_with_one_key(
    screen, settings, reading
):
    settings.SESSION_IDLE_SECONDS = 122
    screen.reload()
    expect(dialog(screen, "Are you still there?")).to_be_visible(timeout=8000)
    assert_accessible(screen)
    with screen.expect_response("**/account/session/") as asked:
        screen.keyboard.press("x")
    assert json.loads(asked.value.body())["user"] == reading.user.public_id
    expect(dialog(screen, "Are you still there?")).to_be_hidden()
    grade(screen, "f1")
    ready(screen, 2)
