"""An answer is stored exactly once, or kept: reloads, lost connections, sign-outs, two windows, changes of mind."""

import pytest
from playwright.sync_api import expect

from readerstudy.reading.services import commit_readings
from readerstudy.studies.services import close_study
from tests.conftest import make_user, sign_in
from tests.reading.factories import BIOPSY, NONE, ids, item
from tests.reading.screen import answers, grade, ready, shown, waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_reload_goes_on_at_the_same_case(screen):
    screen.keyboard.press("f")
    screen.keyboard.press("3")
    ready(screen, 2)
    screen.keyboard.press("j")
    screen.reload()
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 3, 1)]


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


def test_a_second_u_leaves_the_last_answer_as_it_is(screen):
    screen.keyboard.press("f")
    screen.keyboard.press("5")
    ready(screen, 2)
    screen.keyboard.press("u")
    ready(screen, 1)
    screen.keyboard.press("u")
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 5, 1)]


def test_the_last_answer_is_taken_back_after_a_reload(screen):
    screen.keyboard.press("f")
    screen.keyboard.press("5")
    ready(screen, 2)
    screen.reload()
    ready(screen, 2)
    screen.keyboard.press("Backspace")
    ready(screen, 1)
    screen.keyboard.press("f")
    screen.keyboard.press("1")
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 5, 1), (1, BIOPSY, 1, 2)]


def test_the_very_last_answer_is_changed_from_the_page_of_thanks(screen, reading, now):
    commit_readings(actor=reading.user, answers=[item(p) for p in ids(reading)[:11]], now=now)
    screen.reload()
    ready(screen, 12)
    screen.keyboard.press("f")
    screen.keyboard.press("2")
    screen.get_by_role("link", name="Change your last answer").click()
    ready(screen, 12)
    screen.keyboard.press("j")
    screen.keyboard.press("4")
    expect(screen.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers()[-2:] == [(12, BIOPSY, 2, 1), (12, NONE, 4, 2)]


def test_a_case_answered_in_another_window_is_passed_over(screen, reading, now):
    commit_readings(actor=reading.user, answers=[item(p) for p in ids(reading)[:3]], now=now)
    screen.keyboard.press("j")
    screen.keyboard.press("1")
    ready(screen, 4)
    expect(screen.locator("#state")).to_contain_text("answered in another window")
    assert answers() == [(number, BIOPSY, 3, 1) for number in (1, 2, 3)]


def test_without_a_connection_the_answer_waits_and_is_stored_once(screen):
    screen.wait_for_load_state("networkidle")
    screen.context.set_offline(True)
    grade(screen, "f3")
    shown(screen, 2)
    expect(screen.locator("#kept")).to_have_text("Offline · 1 answer waiting")
    assert answers() == []
    screen.context.set_offline(False)
    ready(screen, 2)
    expect(screen.locator("#kept")).to_have_text("Saved")
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
    # The next case is painted before anything is sent: only the answer to the second try says that both are done.
    with screen.expect_response("**/api/v1/readings/") as again:
        screen.keyboard.press("2")
    assert again.value.ok
    ready(screen, 2)
    assert lost == [201]
    assert answers() == [(1, NONE, 2, 1)]


def test_after_signing_out_the_answer_is_kept_and_stored_once(screen, live_server):
    session = next(cookie for cookie in screen.context.cookies() if cookie["name"] == "sessionid")
    screen.context.clear_cookies(name="sessionid")
    screen.keyboard.press("f")
    screen.keyboard.press("4")
    expect(screen.get_by_role("dialog", name="Sign in again")).to_be_visible()
    assert answers() == []
    screen.context.add_cookies([session])
    screen.on("dialog", lambda dialog: dialog.accept())
    screen.goto(screen.url)
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 4, 1)]


def test_somebody_else_who_signs_in_never_sends_the_answer(screen, live_server, reading):
    other = screen.context.new_page()
    other.context.clear_cookies(name="sessionid")
    make_user("reader", "olga@example.org", "Olga Other")
    sign_in(other, live_server.url, "olga@example.org")
    screen.bring_to_front()
    screen.keyboard.press("f")
    screen.keyboard.press("4")
    expect(screen.get_by_text("Somebody else is signed in here now.")).to_be_visible()
    other.goto(f"{live_server.url}/reading/")
    assert (answers(), len(waiting(screen))) == ([], 1)
    other.context.clear_cookies(name="sessionid")
    sign_in(other, live_server.url, "rhea@example.org")
    expect(other.get_by_role("heading", name="My reading")).to_be_visible()
    screen.evaluate("dispatchEvent(new Event('focus'))")
    ready(screen, 2)
    assert answers() == [(1, BIOPSY, 4, 1)]


def test_a_study_closed_meanwhile_says_what_is_saved_and_what_is_not(
    screen, reading, coordinator, now
):
    grade(screen, "f4")
    ready(screen, 2)
    close_study(actor=coordinator, study=reading.study, now=now)
    screen.keyboard.press("f")
    screen.keyboard.press("4")
    expect(screen.get_by_text("1 answer is saved")).to_be_visible()
    expect(screen.get_by_text("closed before 1 answer of yours reached")).to_be_visible()
    assert answers() == [(1, BIOPSY, 4, 1)]


def test_what_waited_in_a_closed_window_is_told_as_late_by_the_next_one(
    screen, reading, coordinator, now
):
    grade(screen, "f4")
    ready(screen, 2)
    screen.context.set_offline(True)
    grade(screen, "j1", "j2")
    address, fresh = screen.url, screen.context.new_page()
    screen.close()
    # The window's process outlives it for a moment, and would send what it has once there is a connection.
    fresh.wait_for_timeout(1000)
    close_study(actor=coordinator, study=reading.study, now=now)
    fresh.context.set_offline(False)
    fresh.goto(address)
    expect(fresh.get_by_text("closed before 2 answers of yours reached")).to_be_visible()
    assert (answers(), waiting(fresh)) == ([(1, BIOPSY, 4, 1)], [])


def test_only_opaque_ids_are_kept_on_the_computer(screen):
    screen.context.set_offline(True)
    screen.keyboard.press("f")
    screen.keyboard.press("3")
    shown(screen, 2)
    kept = str(waiting(screen)) + screen.evaluate(
        "JSON.stringify({ ...sessionStorage, ...localStorage })"
    )
    # What the case was shown with, such as the age of the patient or the aid, is not kept.
    assert [set(one) for one in waiting(screen)] == [{"key", "sequence", "owner", "body"}]
    assert "3" in kept
    assert not [word for word in ("melanoma", "rhea", "Rhea", "blob:") if word in kept]
    assert len(kept) < 1000
    screen.context.set_offline(False)
    ready(screen, 2)
    assert waiting(screen) == []
