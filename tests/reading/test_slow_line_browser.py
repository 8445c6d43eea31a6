"""A line of 1 Mbit/s with a second of delay: the reader goes on, nothing is lost, and the screen says what it waits for."""

import pytest
from playwright.sync_api import expect

from tests.reading.factories import BIOPSY
from tests.reading.screen import answers, grade, ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MEGABIT = 1_000_000 / 8
SECOND = 1000


@pytest.fixture
def slow(screen):
    """The screen, on a slow line, before anything is fetched ahead."""
    wire = screen.context.new_cdp_session(screen)
    wire.send("Network.enable")
    line = {"offline": False, "latency": SECOND}
    line |= {"downloadThroughput": MEGABIT, "uploadThroughput": MEGABIT}
    wire.send("Network.emulateNetworkConditions", line)
    screen.reload()
    return screen


def test_six_cases_are_graded_over_a_slow_line_and_none_is_lost(slow):
    for number in range(1, 7):
        grade(slow, f"f{1 + number % 5}")
    ready(slow, 7)
    expect(slow.locator("#kept")).to_have_text("Saved")
    assert answers() == [(number, BIOPSY, 1 + number % 5, 1) for number in range(1, 7)]


def test_the_screen_says_that_the_photograph_is_on_its_way_and_keys_go_on_working(slow):
    held = []
    slow.route("**/reading/image/**", lambda route: held.insert(0, route))
    grade(slow, "f1")
    expect(slow.locator("#state")).to_have_text("The photograph is on its way.")
    slow.keyboard.press("?")
    expect(slow.get_by_role("dialog", name="Help")).to_be_visible()
    slow.keyboard.press("Escape")
    slow.keyboard.press("f")
    slow.keyboard.press("1")
    expect(slow.locator("#kept")).to_have_text("Saved")
    assert answers() == [(1, BIOPSY, 1, 1)]
    assert held
    slow.unroute("**/reading/image/**")
    ready(slow, 2)
    expect(slow.locator("#state")).to_have_text("")


def test_an_answer_on_its_way_is_spoken_of(slow):
    grade(slow, "f1")
    expect(slow.locator("#kept")).to_have_text("1 answer waiting")
    expect(slow.locator("#kept")).to_have_text("Saved")
    assert answers() == [(1, BIOPSY, 1, 1)]
