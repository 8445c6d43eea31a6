"""The reading screen in Chromium, as a dermatologist uses it."""

import pytest
from playwright.sync_api import expect

from readerstudy.reading.models import Reading
from readerstudy.studies.services import update_protocol
from tests.axe import assert_accessible
from tests.conftest import make_user, sign_in
from tests.reading.factories import BIOPSY, NONE, begin, open_study
from tests.reading.screen import answers, ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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


def test_keys_pressed_fast_twice_are_one_answer(screen):
    for key in "ff33ff33":
        screen.keyboard.press(key)
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 3, 1)]


def test_keys_in_the_first_moment_of_a_case_are_not_an_answer_to_it(screen):
    screen.evaluate(
        """() => new MutationObserver(() => {
          for (const code of ["KeyJ", "Digit1"])
            document.dispatchEvent(new KeyboardEvent("keydown", { code, key: code.at(-1).toLowerCase() }));
        }).observe(document.getElementById("place"), { childList: true })"""
    )
    screen.keyboard.press("f")
    screen.keyboard.press("3")
    ready(screen, 2)
    assert screen.locator("input:checked[type=radio]").count() == 0
    assert answers() == [(1, BIOPSY, 3, 1)]


@pytest.mark.parametrize("keys", ["Shift+F", "Control+f", "Alt+f"])
def test_keys_with_modifiers_are_left_to_the_browser(screen, keys):
    screen.keyboard.press(keys)
    assert screen.locator("input:checked[type=radio]").count() == 0


def test_arrows_choose_and_enter_commits(screen):
    screen.get_by_role("radio", name="Biopsy / further treatment").focus()
    screen.keyboard.press("ArrowDown")
    screen.get_by_role("radio", name="1", exact=True).focus()
    screen.keyboard.press("Space")
    screen.keyboard.press("ArrowRight")
    expect(screen.locator("#state")).to_have_text("Press Enter to save.")
    assert answers() == []
    screen.keyboard.press("Enter")
    ready(screen, 2)
    assert answers() == [(1, NONE, 2, 1)]
    assert Reading.objects.get().input_device == "keyboard"


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


def test_the_enlarged_image_is_moved_by_buttons_too(screen):
    left = screen.get_by_role("button", name="Left")
    expect(left).to_be_hidden()
    screen.get_by_role("button", name="Larger").click()
    place = screen.locator("#pane img").get_attribute("style")
    left.click()
    assert screen.locator("#pane img").get_attribute("style") != place
    screen.get_by_role("button", name="Whole image").click()
    expect(left).to_be_hidden()


def test_shortcuts_can_be_switched_off(screen):
    screen.keyboard.press("?")
    screen.get_by_label("Use single keys as shortcuts").uncheck()
    screen.get_by_role("button", name="Back to the case").click()
    for _ in range(2):
        screen.keyboard.press("f")
        assert screen.locator('input[name="decision"]:checked').count() == 0
        screen.reload()
        ready(screen, 1)


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


def test_without_a_scale_one_key_answers(page, live_server, admin, coordinator, now):
    user = make_user("reader", "uma@example.org", "Uma Unscaled")
    study = open_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        cases=3,
        emails=(user.email,),
        pixels=True,
        before_lock=lambda draft: update_protocol(
            actor=coordinator, study=draft, now=now, confidence_levels=0
        ),
    )
    reading = begin(study, user, now=now)
    sign_in(page, live_server.url, user.email)
    page.goto(f"{live_server.url}/reading/{reading.public_id}/read/")
    ready(page, 1)
    page.keyboard.press("j")
    ready(page, 2)
    assert answers() == [(1, NONE, None, 1)]


def test_without_scripts_the_form_answers(browser, live_server, reading):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, "rhea@example.org")
    page.goto(f"{live_server.url}/reading/{reading.public_id}/read/")
    page.get_by_role("radio", name="No further treatment").check()
    page.get_by_role("radio", name="2", exact=True).check()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_text("Case 2 of 12")).to_be_visible()
    page.get_by_role("link", name="Change your last answer").click()
    expect(page.get_by_text("Case 1 of 12")).to_be_visible()
    assert answers() == [(1, NONE, 2, 1)]
    context.close()


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
