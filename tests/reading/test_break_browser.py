"""Where a break is due no further case is shown, not even for a moment."""

import pytest
from playwright.sync_api import expect

from readerstudy.core.clock import now as current_time
from readerstudy.reading.conduct import update_conduct
from tests.bare_page import open_bare_page
from tests.conftest import make_user, sign_in
from tests.reading.factories import BIOPSY, begin, open_study
from tests.reading.screen import answers, grade, ready, shown, waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANSWERS = "**/api/v1/readings/"
HELD = """async ([after, inSeconds, at, given]) => {
  const { heard, heldBack, viewOf } = await import("/static/js/reading/course.js");
  const positions = ["a", "b", "c"].map((id) => ({ id }));
  const told = { done: 0, total: 3, next: positions[0], ahead: positions.slice(1), last: null, pause_after: after, pause_in: inSeconds };
  const parcels = given.map((position) => ({ body: { position } }));
  return viewOf(heldBack(heard(told, 0), parcels, at), parcels, { revisable: true }).next?.id ?? null;
}"""


@pytest.fixture
def paced(page, live_server, admin, coordinator):
    """The screen of the first of six cases; a break comes after every second one."""
    now, user = current_time(), make_user("reader", "rhea@example.org", "Rhea Reader")

    def choose(study):
        update_conduct(actor=coordinator, study=study, now=now, break_after_cases=2)

    people = {"admin": admin, "coordinator": coordinator, "emails": (user.email,)}
    study = open_study(**people, now=now, cases=6, pixels=True, before_lock=choose)
    enrolment = begin(study, user, now=now)
    sign_in(page, live_server.url, user.email)
    page.goto(f"{live_server.url}/reading/{enrolment.public_id}/read/")
    ready(page, 1)
    return page


def test_the_case_after_a_break_is_not_shown_before_it(paced):
    paced.wait_for_load_state("networkidle")
    held = []
    paced.route(ANSWERS, lambda route: held.insert(0, route))
    grade(paced, "f1")
    shown(paced, 2)
    before = paced.locator("#pane img").get_attribute("src")
    grade(paced, "f2")
    expect(paced.locator("#state")).to_contain_text("Waiting for a connection")
    expect(paced.locator("#place")).to_have_text("Case 2 of 6")
    assert paced.locator("#pane img").get_attribute("src") == before
    assert len(waiting(paced)) == 2
    held.pop().continue_()
    paced.unroute(ANSWERS)
    expect(paced.get_by_role("heading", name="Time for a break?")).to_be_visible()
    assert answers() == [(1, BIOPSY, 1, 1), (2, BIOPSY, 2, 1)]
    paced.keyboard.press("Enter")
    ready(paced, 3)
    grade(paced, "f3")
    ready(paced, 4)


def test_the_last_answer_before_a_break_can_be_changed_while_it_waits(paced):
    paced.wait_for_load_state("networkidle")
    paced.context.set_offline(True)
    grade(paced, "f1", "f2")
    expect(paced.locator("#state")).to_contain_text("Waiting for a connection")
    paced.keyboard.press("u")
    shown(paced, 2)
    grade(paced, "f5")
    paced.context.set_offline(False)
    expect(paced.get_by_role("heading", name="Time for a break?")).to_be_visible()
    assert answers() == [(1, BIOPSY, 1, 1), (2, BIOPSY, 2, 1), (2, BIOPSY, 5, 2)]


@pytest.mark.parametrize(
    ("after", "seconds", "at", "given", "following"),
    [
        (None, None, 9e9, ["a"], "b"),
        (2, None, 0, ["a"], "b"),
        (2, None, 0, ["a", "b"], None),
        (None, 60, 59_999, ["a"], "b"),
        (None, 60, 60_000, ["a"], None),
        (3, 60, 60_000, ["a", "b"], None),
    ],
)
def test_the_browser_knows_when_a_break_comes(paced, after, seconds, at, given, following):  # noqa: PLR0917 (the table)
    open_bare_page(paced, paced.url.partition("/reading/")[0])
    assert paced.evaluate(HELD, [after, seconds, at, given]) == following
