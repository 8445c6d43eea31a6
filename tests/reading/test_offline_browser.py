"""The reader goes on without a connection; what waits survives reloads, closed tabs and browsers without a database."""

import pytest
from playwright.sync_api import expect

from readerstudy.reading.models import Reading
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import Revision
from readerstudy.studies.services import update_protocol
from tests.conftest import make_user, sign_in
from tests.reading.factories import BIOPSY, NONE, begin, ids, item, open_study
from tests.reading.screen import answers, grade, ready, shown, waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANSWERS = "**/api/v1/readings/"


def cut(page):
    """Answers no longer reach the server; everything else does."""
    page.route(ANSWERS, lambda route: route.abort())


def mend(page):
    page.unroute(ANSWERS)
    page.evaluate("dispatchEvent(new Event('online'))")


@pytest.fixture
def fetched(screen):
    """The first case, when the cases after it have been fetched ahead."""
    screen.wait_for_load_state("networkidle")
    return screen


def test_six_cases_are_graded_offline_and_then_the_reader_waits(fetched):
    fetched.context.set_offline(True)
    grade(fetched, "f1", "j2", "f3", "j4", "f5", "j1")
    expect(fetched.locator("#state")).to_contain_text("Waiting for a connection")
    expect(fetched.locator("#kept")).to_have_text("Offline · 6 answers waiting")
    assert answers() == []
    fetched.context.set_offline(False)
    ready(fetched, 7)
    given = [(BIOPSY, 1), (NONE, 2), (BIOPSY, 3), (NONE, 4), (BIOPSY, 5), (NONE, 1)]
    assert answers() == [(number, *one, 1) for number, one in enumerate(given, start=1)]
    assert waiting(fetched) == []


def test_the_last_cases_wait_for_the_server_before_the_thanks(screen, reading, now):
    commit_readings(actor=reading.user, answers=[item(p) for p in ids(reading)[:10]], now=now)
    screen.reload()
    ready(screen, 11)
    screen.wait_for_load_state("networkidle")
    screen.context.set_offline(True)
    grade(screen, "f1", "f2")
    expect(screen.locator("#kept")).to_contain_text("2 answers waiting")
    screen.context.set_offline(False)
    expect(screen.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers()[-2:] == [(11, BIOPSY, 1, 1), (12, BIOPSY, 2, 1)]


def test_a_change_of_the_very_last_answer_survives_a_closed_window(screen, reading, now):
    commit_readings(actor=reading.user, answers=[item(p) for p in ids(reading)], now=now)
    address, context = screen.url, screen.context
    screen.goto(f"{address}?change=last")
    ready(screen, 12)
    context.set_offline(
        True
    )  # a request that is only held back may come through when its window closes
    grade(screen, "j1")
    assert len(waiting(screen)) == 1
    fresh = context.new_page()
    screen.close()
    # The window's process outlives it for a moment, and would send what it has once there is a connection.
    fresh.wait_for_timeout(1000)
    context.set_offline(False)
    with fresh.expect_response(ANSWERS) as stored:
        fresh.goto(address)
    assert stored.value.status == 201
    expect(fresh.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers()[-2:] == [(12, BIOPSY, 3, 1), (12, NONE, 1, 2)]


def test_a_waiting_answer_that_is_changed_is_sent_as_a_second_version(fetched):
    fetched.context.set_offline(True)
    grade(fetched, "f1", "f2")
    shown(fetched, 3)
    fetched.keyboard.press("u")
    shown(fetched, 2)
    grade(fetched, "j5")
    shown(fetched, 3)
    assert [one["body"]["revise"] for one in waiting(fetched)] == [False, False, True]
    fetched.context.set_offline(False)
    ready(fetched, 3)
    assert answers() == [(1, BIOPSY, 1, 1), (2, BIOPSY, 2, 1), (2, NONE, 5, 2)]


def test_where_nothing_may_be_changed_a_waiting_answer_may_not_either(
    page, live_server, admin, coordinator, now
):
    user = make_user("reader", "nora@example.org", "Nora Never")
    study = open_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        cases=4,
        emails=(user.email,),
        pixels=True,
        before_lock=lambda draft: update_protocol(
            actor=coordinator, study=draft, now=now, revision=Revision.NONE
        ),
    )
    reading = begin(study, user, now=now)
    sign_in(page, live_server.url, user.email)
    page.goto(f"{live_server.url}/reading/{reading.public_id}/read/")
    ready(page, 1)
    cut(page)
    grade(page, "f1")
    shown(page, 2)
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Take the last answer back")).to_be_disabled()
    mend(page)
    ready(page, 2)
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_waiting_answers_survive_a_reload(fetched):
    cut(fetched)
    grade(fetched, "f1", "j2")
    fetched.on("dialog", lambda dialog: dialog.accept())
    fetched.reload()
    shown(fetched, 3)
    assert (answers(), len(waiting(fetched))) == ([], 2)
    mend(fetched)
    ready(fetched, 3)
    assert answers() == [(1, BIOPSY, 1, 1), (2, NONE, 2, 1)]


def test_leaving_with_waiting_answers_asks_first(fetched):
    cut(fetched)
    grade(fetched, "f1")
    asked = []
    fetched.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    fetched.reload()
    assert asked == ["beforeunload"]


def test_a_closed_tab_leaves_its_answers_to_the_next_one(fetched):
    cut(fetched)
    grade(fetched, "f1", "j2")
    shown(fetched, 3)
    address, context = fetched.url, fetched.context
    fetched.close()
    fresh = context.new_page()
    fresh.goto(address)
    ready(fresh, 3)
    assert answers() == [(1, BIOPSY, 1, 1), (2, NONE, 2, 1)]


def test_without_a_database_in_the_browser_the_tab_keeps_the_answers(fetched):
    fetched.add_init_script("Object.defineProperty(window, 'indexedDB', { value: null })")
    fetched.reload()
    ready(fetched, 1)
    cut(fetched)
    grade(fetched, "f1")
    shown(fetched, 2)
    fetched.on("dialog", lambda dialog: dialog.accept())
    fetched.reload()
    shown(fetched, 2)
    mend(fetched)
    ready(fetched, 2)
    assert answers() == [(1, BIOPSY, 1, 1)]


def test_what_another_computer_has_answered_meanwhile_counts_and_the_rest_is_stored(
    fetched, reading, now
):
    cut(fetched)
    grade(fetched, "f1", "f2", "f4")
    shown(fetched, 4)
    commit_readings(actor=reading.user, answers=[item(ids(reading)[0])], now=now)
    mend(fetched)
    ready(fetched, 4)
    assert answers() == [(1, BIOPSY, 3, 1), (2, BIOPSY, 2, 1), (3, BIOPSY, 4, 1)]


def test_an_answer_lost_on_the_computer_is_asked_for_and_those_after_it_are_kept(fetched):
    cut(fetched)
    grade(fetched, "f1", "j2", "j3")
    shown(fetched, 4)
    first = waiting(fetched)[0]["key"]
    fetched.evaluate(
        """(key) => new Promise((done) => {
          const opened = indexedDB.open("reader-study");
          opened.onsuccess = () => {
            const change = opened.result.transaction("answers", "readwrite");
            change.objectStore("answers").delete(key);
            change.oncomplete = done;
          };
        })""",
        first,
    )
    mend(fetched)
    shown(fetched, 1)
    assert answers() == []
    grade(fetched, "f5")
    ready(fetched, 4)
    assert answers() == [(1, BIOPSY, 5, 1), (2, NONE, 2, 1), (3, NONE, 3, 1)]


def test_the_flag_of_the_timing_says_what_happened(fetched):
    grade(fetched, "f1", "f1")
    ready(fetched, 3)
    fetched.context.set_offline(True)
    grade(fetched, "f1")
    shown(fetched, 4)
    fetched.context.set_offline(False)
    ready(fetched, 4)
    fetched.evaluate("dispatchEvent(new Event('blur')); document.hasFocus = () => false")
    fetched.evaluate("dispatchEvent(new Event('blur'))")
    grade(fetched, "f1")
    ready(fetched, 5)
    rows = Reading.objects.order_by("position__number")
    flags = list(rows.values_list("timing_quality", flat=True))
    assert flags == ["resumed", "ok", "offline", "hidden"]
    assert rows.last().milliseconds_hidden > 0
