"""Keys: full screen, keys of one's own, and other keyboards."""

import pytest
from playwright.sync_api import expect

from tests.axe import assert_accessible
from tests.reading.factories import BIOPSY, NONE
from tests.reading.screen import answers, ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def change(screen, name, key):
    """Gives the command in this row of the help another key."""
    screen.keyboard.press("?")
    screen.get_by_role("row", name=name).get_by_role("button", name="Change").click()
    screen.keyboard.press(key)


def back(screen):
    screen.get_by_role("button", name="Back to the case").click()


def test_a_key_of_ones_own_is_used_shown_and_remembered(screen, live_server, reading):
    change(screen, "Biopsy", "a")
    expect(screen.locator("#keys-state")).to_contain_text("is changed")
    back(screen)
    expect(screen.locator(".answer", has_text="Biopsy").locator("kbd")).to_have_text("A")
    screen.keyboard.press("f")
    assert screen.locator('input[name="decision"]:checked').count() == 0
    screen.reload()
    ready(screen, 1)
    screen.keyboard.press("a")
    screen.keyboard.press("3")
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 3, 1)]
    screen.goto(f"{live_server.url}/reading/{reading.public_id}/instructions/")
    expect(screen.get_by_role("row", name="Biopsy").locator("kbd")).to_have_text("A")


def test_a_key_that_is_taken_or_has_a_meaning_of_its_own_is_refused(screen):
    change(screen, "Biopsy", "j")
    expect(screen.locator("#keys-state")).to_contain_text("already taken by “No further treatment”")
    assert_accessible(screen)
    for key in ("3", "Enter", "ArrowLeft"):
        screen.get_by_role("row", name="Biopsy").get_by_role("button", name="Change").click()
        screen.keyboard.press(key)
        expect(screen.locator("#keys-state")).to_contain_text("has a meaning of its own")
    back(screen)
    screen.keyboard.press("j")
    screen.keyboard.press("1")
    ready(screen, 2)
    assert answers() == [(1, NONE, 1, 1)]


def test_the_standard_keys_come_back(screen):
    change(screen, "Biopsy", "a")
    screen.get_by_role("button", name="Back to the standard keys").click()
    expect(screen.get_by_role("row", name="Biopsy").locator("kbd")).to_have_text("F")
    back(screen)
    screen.keyboard.press("f")
    screen.keyboard.press("1")
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_on_a_german_keyboard_a_letter_lies_where_it_was_pressed(screen):
    screen.keyboard.press("?")
    screen.get_by_role("row", name="Biopsy").get_by_role("button", name="Change").click()
    press = """([code, key]) => (document.activeElement ?? document).dispatchEvent(
      new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true }))"""
    screen.evaluate(press, ["KeyY", "z"])
    expect(screen.get_by_role("row", name="Biopsy").locator("kbd")).to_have_text("Z")
    back(screen)
    screen.evaluate(press, ["KeyZ", "y"])
    assert screen.locator('input[name="decision"]:checked').count() == 0
    screen.evaluate(press, ["KeyY", "z"])
    expect(screen.locator('input[name="decision"]:checked')).to_have_value(BIOPSY)


def test_one_key_fills_the_screen_and_gives_it_back(screen):
    for expected in (True, False):
        screen.keyboard.press("v")
        screen.wait_for_function(f"Boolean(document.fullscreenElement) === {str(expected).lower()}")
    ready(screen, 1)


def test_one_key_pauses_and_the_same_case_comes_back(screen, reading, live_server):
    screen.keyboard.press("f")
    screen.keyboard.press("p")
    screen.get_by_role("link", name="Begin").click()
    ready(screen, 1)
    assert answers() == []
