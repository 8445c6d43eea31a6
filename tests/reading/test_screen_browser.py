"""The reading screen in Chromium, as a dermatologist uses it."""

import pytest
from playwright.sync_api import expect

from readerstudy.reading.models import Reading
from tests.axe import assert_accessible
from tests.conftest import make_user, sign_in
from tests.reading.factories import BIOPSY, NONE, begin, open_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reading(admin, coordinator, now):
    user = make_user("reader", "rhea@example.org", "Rhea Reader")
    study = open_study(
        admin=admin, coordinator=coordinator, now=now, emails=(user.email,), pixels=True
    )
    return begin(study, user, now=now)


@pytest.fixture
def screen(page, live_server, reading):
    """The page of the first case, ready for an answer."""
    sign_in(page, live_server.url, "rhea@example.org")
    page.goto(f"{live_server.url}/reading/{reading.public_id}/read/")
    ready(page, 1)
    return page


def ready(page, number):
    page.wait_for_selector(f'#room[data-ready="{number}"]')


def answers():
    rows = Reading.objects.order_by("position__number", "version")
    return list(rows.values_list("position__number", "decision", "confidence", "version"))


def test_ten_cases_by_keyboard_alone(screen):
    for number in range(1, 11):
        ready(screen, number)
        screen.keyboard.press("f" if number % 2 else "j")
        screen.keyboard.press(str(1 + number % 5))
    ready(screen, 11)
    assert answers() == [(n, BIOPSY if n % 2 else NONE, 1 + n % 5, 1) for n in range(1, 11)]
    reading = Reading.objects.first()
    assert reading.input_device == "keyboard"
    assert 0 < reading.milliseconds_to_decision <= reading.milliseconds_to_commit


def test_two_clicks_per_case(screen):
    screen.locator(".answer", has_text="No further treatment").click()
    screen.locator(".scale .answer", has_text="4").click()
    ready(screen, 2)
    assert answers() == [(1, NONE, 4, 1)]
    assert Reading.objects.get().input_device == "mouse"


def test_a_reload_goes_on_at_the_same_case(screen):
    screen.keyboard.press("f")
    screen.keyboard.press("3")
    ready(screen, 2)
    screen.keyboard.press("j")
    screen.reload()
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 3, 1)]


def test_a_digit_before_a_decision_and_keys_held_down_do_nothing(screen):
    screen.keyboard.press("4")
    for _ in range(3):
        screen.keyboard.down("f")
    screen.keyboard.up("f")
    assert answers() == []
    screen.keyboard.press("2")
    screen.keyboard.press("2")
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 2, 1)]


def test_the_last_answer_is_taken_back(screen):
    screen.keyboard.press("f")
    screen.keyboard.press("5")
    ready(screen, 2)
    screen.keyboard.press("u")
    ready(screen, 1)
    expect(screen.locator("#state")).to_have_text("Change your last answer")
    screen.keyboard.press("j")
    screen.keyboard.press("1")
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 5, 1), (1, NONE, 1, 2)]


def test_without_a_connection_the_answer_waits_and_is_stored_once(screen):
    screen.context.set_offline(True)
    screen.keyboard.press("f")
    screen.keyboard.press("3")
    expect(screen.locator("#state")).to_contain_text("No connection")
    assert answers() == []
    screen.context.set_offline(False)
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 3, 1)]


def test_a_lost_response_is_asked_for_again_with_the_same_key(screen):
    lost = []

    def lose_the_first(route):
        response = route.fetch()
        if lost:
            route.fulfill(response=response)
        else:
            lost.append(response.status)
            route.abort()

    screen.route("**/api/v1/readings/", lose_the_first)
    screen.keyboard.press("j")
    screen.keyboard.press("2")
    ready(screen, 2)
    assert lost == [201]
    assert answers() == [(1, NONE, 2, 1)]


def test_after_signing_out_the_answer_is_kept_and_stored_once(screen, live_server):
    session = next(cookie for cookie in screen.context.cookies() if cookie["name"] == "sessionid")
    screen.context.clear_cookies(name="sessionid")
    screen.keyboard.press("f")
    screen.keyboard.press("4")
    expect(screen.locator("#state")).to_contain_text("You have been signed out")
    assert answers() == []
    screen.context.add_cookies([session])
    screen.on("dialog", lambda dialog: dialog.accept())
    screen.goto(screen.url)
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 4, 1)]


def test_the_image_is_enlarged_moved_and_fitted_again(screen):
    pane = screen.locator("#pane")
    screen.keyboard.press("+")
    assert float(pane.get_attribute("data-scale")) > 1
    pane.hover()
    screen.mouse.wheel(0, -600)
    enlarged = float(pane.get_attribute("data-scale"))
    assert enlarged > 2
    screen.keyboard.press("0")
    expect(pane).to_have_attribute("data-scale", "1.000")


def test_shortcuts_can_be_switched_off(screen):
    screen.keyboard.press("?")
    screen.get_by_label("Use single keys as shortcuts").uncheck()
    screen.get_by_role("button", name="Back to the case").click()
    screen.keyboard.press("f")
    assert screen.locator('input[name="decision"]:checked').count() == 0


def test_the_image_fills_the_height_of_a_small_laptop(screen):
    screen.set_viewport_size({"width": 1024, "height": 700})
    box = screen.locator("#pane").bounding_box()
    assert box["height"] >= 0.8 * 700
    assert screen.locator("#commit").bounding_box()["y"] < 700
    assert screen.locator("#answers").evaluate("e => e.scrollHeight <= e.clientHeight")


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_readers_pages_are_accessible(page, live_server, reading, language):
    sign_in(page, live_server.url, "rhea@example.org")
    page.context.clear_cookies(name="django_language")
    page.context.set_extra_http_headers({"Accept-Language": language})
    for name in ("", f"{reading.public_id}/consent/", f"{reading.public_id}/instructions/"):
        page.goto(f"{live_server.url}/reading/{name}")
        assert_accessible(page)
    page.goto(f"{live_server.url}/reading/{reading.public_id}/read/")
    ready(page, 1)
    assert_accessible(page)
    page.keyboard.press("f")
    assert_accessible(page)
    page.keyboard.press("?")
    assert_accessible(page)


def test_two_taps_per_case_on_a_tablet(browser, playwright, live_server, reading):
    context = browser.new_context(**playwright.devices["iPad Mini"])
    page = context.new_page()
    sign_in(page, live_server.url, "rhea@example.org")
    page.goto(f"{live_server.url}/reading/{reading.public_id}/read/")
    ready(page, 1)
    page.locator(".answer", has_text="Biopsy / further treatment").tap()
    page.locator(".scale .answer", has_text="5").tap()
    ready(page, 2)
    assert answers() == [(1, BIOPSY, 5, 1)]
    assert Reading.objects.get().input_device == "touch"
    context.close()
