"""The audit trail in a browser: filtered and read by keyboard, in both languages and themes, without a fault of axe."""

import os
from pathlib import Path

import pytest

from readerstudy.core.clock import now as clock_now
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.reading.factories import begin, open_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SCREENSHOTS", "")


def seen(page, name):
    assert_accessible(page)
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_an_admin_filters_the_trail_and_opens_an_event_by_keyboard(page, live_server, admin, coordinator, reader_user):  # fmt: skip
    study = open_study(admin=admin, coordinator=coordinator, now=clock_now(), cases=4)
    begin(study, reader_user, now=clock_now())
    sign_in(page, live_server.url, admin)
    page.get_by_role("link", name="Audit trail").click()
    page.get_by_role("heading", name="Audit trail", level=1).wait_for()
    seen(page, "site")
    page.get_by_label("About").select_option("studies")
    page.get_by_label("Text", exact=True).fill("study.locked")
    page.keyboard.press("Enter")
    row = page.get_by_role("row").filter(has_text="locked the study")
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    assert row.get_by_text("SHA-256 of the manifest").is_visible()
    seen(page, "open")
    page.goto(f"{live_server.url}/studies/{study.slug}/audit/")
    page.get_by_role("button", name="DE").click()
    page.get_by_role("heading", name="Prüfprotokoll").wait_for()
    page.get_by_role("button", name="Dunkel").click()
    page.set_viewport_size({"width": 640, "height": 900})
    seen(page, "study-german-dark-narrow")
