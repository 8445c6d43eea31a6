"""A monkey reads: whatever it does to windows, network and server, every answer is stored exactly once.

MONKEY_ACTIONS and MONKEY_SEED ask for more, and for others; `python -m tools.monkey` does so outside of the tests.
"""

import os

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.reading.monkey import Monkey, monkey_site
from tests.reading.screen import grade, ready, shown
from tests.site import kill

pytestmark = pytest.mark.browser
ANSWERS = "**/api/v1/readings/"
ACTIONS = int(os.environ.get("MONKEY_ACTIONS", "100"))
SEED = int(os.environ.get("MONKEY_SEED", "1"))


def test_a_monkey_loses_no_answer(browser, tmp_path):
    with monkey_site(tmp_path, readers=2 + ACTIONS // 60) as (site, readers):
        monkey = Monkey(site, readers, browser, SEED)
        monkey.act(ACTIONS)
        monkey.end()
        result = monkey.report()
    assert result["stored"] > ACTIONS // 8
    assert result["responses lost"] > 0
    assert monkey.done["grade"] > ACTIONS // 4


def test_a_server_killed_before_and_after_storing_has_the_answer_once(browser, tmp_path):
    with monkey_site(tmp_path, readers=1, cases=8) as (site, [(email, enrolment)]):
        page = browser.new_page()
        page.goto(f"{site.url}/reading/{enrolment}/read/")
        page.get_by_label("Mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        ready(page, 1)
        page.wait_for_load_state("networkidle")

        def before(route):
            kill(site.web)
            route.continue_()

        def after(route):
            assert route.fetch().status == 201
            kill(site.web)
            route.abort()

        faults = [before, after]
        page.route(ANSWERS, lambda route: faults.pop(0)(route) if due.pop() else route.continue_())
        for number in (1, 2):
            due = [False] * 99 + [True]
            grade(page, "f3")
            shown(page, number + 1)
            expect(page.locator("#kept")).to_have_text("Offline · 1 answer waiting")
            site.web = site.start_web()
            ready(page, number + 1)
        count = "from readerstudy.reading.models import Reading\nprint(Reading.objects.count())"
        assert site.python(count) == 2
        page.close()
