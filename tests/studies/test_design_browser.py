"""A design is chosen by keyboard in Chromium; its picture fits a small window, light and dark, and axe finds nothing."""

import pytest
from playwright.sync_api import expect

from readerstudy.studies.choices import DesignKind
from readerstudy.studies.models import Design
from readerstudy.studies.services import update_design
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.studies.factories import activate, advance, make_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def study(admin, coordinator, now):
    return make_study(admin=admin, coordinator=coordinator, now=now, cases=100, readers=8)


@pytest.fixture
def staff(page, live_server, coordinator):
    """A coordinator's browser that fails on every script error and on everything the CSP refuses."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    sign_in(page, live_server.url, coordinator)
    yield page
    assert faults == []


def test_a_design_is_chosen_by_keyboard(staff, live_server, study):
    staff.goto(f"{live_server.url}/studies/{study.slug}/design/")
    assert_accessible(staff)
    staff.get_by_role("radio").first.focus()
    staff.keyboard.press("ArrowDown")
    staff.keyboard.press("ArrowDown")
    staff.keyboard.press("Enter")
    expect(staff.get_by_text("The design is saved.")).to_be_visible()
    assert Design.objects.get(study=study).kind == "crossover"
    expect(staff.locator("svg.flow")).to_be_visible()
    expect(staff.locator("svg.flow text", has_text="≥ 28 days")).to_be_visible()
    assert_accessible(staff)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_design_fits_a_small_window(  # noqa: PLR0917 (fixtures)
    staff, live_server, study, coordinator, now, scheme
):
    staff.emulate_media(color_scheme=scheme)
    staff.set_viewport_size({"width": 320, "height": 640})
    for kind in DesignKind:
        update_design(
            actor=coordinator, study=study, kind=kind, repeat_percent=10, blocks=4, now=now
        )
        staff.goto(f"{live_server.url}/studies/{study.slug}/design/")
        assert_accessible(staff)
        assert staff.evaluate("document.documentElement.scrollWidth") <= 320, kind


def test_after_the_lock_the_page_and_the_early_opening_are_accessible(
    staff, live_server, study, coordinator, now
):
    update_design(actor=coordinator, study=study, repeat_percent=10, now=now)
    reading = advance(study, "reading", coordinator=coordinator, now=now)
    reader = activate(reading.enrolments.first(), now=now)
    staff.goto(f"{live_server.url}/studies/{study.slug}/design/")
    assert_accessible(staff)
    staff.goto(f"{live_server.url}/studies/{study.slug}/readers/{reader.public_id}/open-session/")
    assert_accessible(staff)
    staff.get_by_label("Reason").fill("Parental leave.")
    staff.get_by_role("button", name="Open the session").click()
    expect(staff.get_by_text(f"Session 2 is open to {reader.code}.")).to_be_visible()
    assert_accessible(staff)


def test_the_longest_words_fit_their_boxes(staff, live_server, study, coordinator, now):
    staff.get_by_role("button", name="DE").click()
    for kind in DesignKind:
        update_design(
            actor=coordinator, study=study, kind=kind, repeat_percent=10, blocks=4, now=now
        )
        staff.goto(f"{live_server.url}/studies/{study.slug}/design/")
        texts = staff.locator("svg.flow text").evaluate_all(
            "texts => texts.map(one => [one.textContent, one.getBBox().width])"
        )
        assert any("ohne Unterstützung" in text for text, _width in texts)
        assert [text for text, width in texts if width > 320] == []
