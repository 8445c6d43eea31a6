"""The sequential and the aided arm on the reading screen, by keyboard alone."""

import pytest

from readerstudy.reading.models import Reading
from readerstudy.studies.choices import ArmKind, DesignKind
from readerstudy.studies.models import Position
from tests.axe import assert_accessible
from tests.conftest import make_user, sign_in
from tests.inference.factories import make_ready_study
from tests.reading.aided import open_aided
from tests.reading.factories import BIOPSY, NONE, begin
from tests.reading.screen import ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(page, live_server, admin, coordinator, now):
    """Opens the screen of a study of three cases with this design and this aid."""

    def screen(aid, **design):
        make_user("reader", "melanoma-or-nevus@example.org", "Rhea Reader")
        study = make_ready_study(admin=admin, coordinator=coordinator, now=now, cases=3)
        common = {"admin": admin, "coordinator": coordinator, "now": now}
        study = open_aided(study, **common, design=design, aid=aid)
        enrolment = begin(study, study.enrolments.get().user, now=now)
        sign_in(page, live_server.url, enrolment.user.email)
        page.goto(f"{live_server.url}/reading/{enrolment.public_id}/read/")
        ready(page, 1)
        return page

    return screen


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def stored():
    rows = Reading.objects.order_by("position__number", "level")
    return list(rows.values_list("position__number", "level", "decision", "confidence"))


def test_a_sequential_study_is_read_by_keyboard(opened):
    page = opened({}, kind=DesignKind.SEQUENTIAL, aided_percent=100)
    aid = page.locator("#aid")
    for number in (1, 2, 3):
        ready(page, number)
        assert aid.is_hidden()
        assert page.locator("#aid-text").text_content() == ""
        press(page, "f", "2")
        aid.wait_for(state="visible")
        ready(page, number)
        assert page.locator("#aid-text").text_content().endswith(" %")
        assert page.locator("#first-answer").inner_text().endswith("confidence 2 of 5")
        if number == 1:
            assert_accessible(page)
        press(page, "j", "4")
    page.wait_for_selector("#room", state="detached")
    first, second = Reading.objects.values_list("decision", flat=True).order_by("pk")[:2]
    assert {first, second} == {BIOPSY, NONE}
    assert [row[:2] for row in stored()] == [(n, level) for n in (1, 2, 3) for level in (1, 2)]
    shown = Reading.objects.order_by("level").values_list("level", "milliseconds_aid_shown")
    assert all((time is None) == (level == 1) for level, time in shown)
    assert min(time for level, time in shown if level == 2) > 100


def test_in_the_aided_arm_a_bar_stands_beside_the_case_from_the_beginning(opened):
    page = opened({"form": "bar"}, kind=DesignKind.ONCE, batch_size=1)
    arms = dict(Position.objects.values_list("number", "arm"))
    for number in (1, 2, 3):
        ready(page, number)
        assert page.locator("#aid").is_visible() == (arms[number] == ArmKind.AIDED)
        if arms[number] == ArmKind.AIDED:
            assert page.locator("#aid-bar").is_visible()
            assert page.locator("#aid-text").is_hidden()
        press(page, "f", "3")
    page.wait_for_selector("#room", state="detached")
    assert [row[1] for row in stored()] == [1, 1, 1]
    timed = Reading.objects.filter(milliseconds_aid_shown__isnull=False)
    assert {one.position.arm for one in timed} == {ArmKind.AIDED}


def test_a_reload_after_the_unaided_answer_goes_on_with_the_aid(opened):
    page = opened({}, kind=DesignKind.SEQUENTIAL, aided_percent=100)
    press(page, "f", "2")
    page.locator("#aid").wait_for(state="visible")
    ready(page, 1)
    page.reload()
    ready(page, 1)
    assert page.locator("#aid").is_visible()
    press(page, "j", "5")
    ready(page, 2)
    assert [row[1] for row in stored()] == [1, 2]
