"""Without a connection no page can be left for another one: the site says so, in place of the browser's own page."""

import pytest
from playwright.sync_api import expect

from readerstudy.core.clock import now as current_time
from tests.axe import assert_accessible
from tests.conftest import make_user, sign_in
from tests.reading.practising import begun, practised_study
from tests.reading.screen import answers, grade, ready, shown, waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_pause_without_a_connection_stays_on_the_screen_and_loses_nothing(screen):
    screen.wait_for_load_state("networkidle")
    screen.context.set_offline(True)
    grade(screen, "f4")
    shown(screen, 2)
    address = screen.url
    screen.get_by_role("link", name="Pause").click()
    expect(screen.locator("#state")).to_contain_text("Stay here until there is one again")
    screen.keyboard.press("p")
    assert (screen.url, len(waiting(screen))) == (address, 1)
    screen.context.set_offline(False)
    ready(screen, 2)
    assert len(answers()) == 1
    screen.keyboard.press("p")
    screen.wait_for_url("**/reading/")


@pytest.mark.parametrize("role", ["reader", "coordinator"])
def test_signing_out_without_a_connection_says_that_the_session_goes_on(page, live_server, role):
    user = make_user(role, "rhea@example.org", "Rhea Reader")
    sign_in(page, live_server.url, user)
    page.get_by_role("button", name="Sign out", exact=True).wait_for()
    page.wait_for_load_state("networkidle")  # the page's own modules, one of which tells
    page.context.set_offline(True)
    page.get_by_role("button", name="Sign out", exact=True).click()
    told = page.get_by_role("dialog", name="There is no connection: you are still signed in")
    expect(told).to_be_visible()
    expect(told.get_by_text("Answers that were not sent")).to_have_count(int(role == "reader"))
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    page.context.set_offline(False)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/account/sign-in/**")


def test_practice_over_a_slow_line_says_that_the_photograph_is_on_its_way(
    page, live_server, admin, coordinator
):
    user, now = make_user("reader", "rhea@example.org", "Rhea Reader"), current_time()
    study = practised_study(
        admin=admin, coordinator=coordinator, now=now, emails=(user.email,), cases=4, pixels=True
    )
    enrolment = begun(study, user, now=now)
    held, is_slow = [], [True]
    page.route(
        "**/reading/practice-image/**",
        lambda route: held.insert(0, route) if is_slow else route.continue_(),
    )
    sign_in(page, live_server.url, user)
    page.goto(f"{live_server.url}/reading/{enrolment.public_id}/practice/", wait_until="commit")
    expect(page.locator("#state")).to_have_text("The photograph is on its way.")
    is_slow.clear()
    while held:
        held.pop().continue_()
    shown(page, 1)
    expect(page.locator("#state")).to_have_text("")
