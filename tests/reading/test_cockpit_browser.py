"""The cockpit in Chromium: axe on its pages in both languages and schemes, and a reminder sent by keyboard alone."""

import pytest
from django.core import mail
from playwright.sync_api import expect

from readerstudy.reading.models import Reminder
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.keyboard import press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ("", "?sign=not_started", "matrix/", "reminders/", "signs/")


@pytest.fixture
def cockpit(page, live_server, study, enrolment, coordinator):
    """A function that opens a page of the cockpit; fails on whatever the CSP refuses."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    sign_in(page, live_server.url, coordinator)

    def open_address(address):
        page.goto(f"{live_server.url}/reading/progress/{study.slug}/{address}")
        return page

    yield open_address
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_of_the_cockpit_is_accessible(cockpit, language, scheme):
    page = cockpit("")
    page.emulate_media(color_scheme=scheme)
    if language == "de":
        page.get_by_role("button", name="DE").click()
    for address in PAGES:
        page = cockpit(address)
        for summary in page.locator("summary").all():
            summary.click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert_accessible(page)


def test_a_reminder_is_sent_by_keyboard_alone(cockpit, study):
    page = cockpit("")
    press(page, "Remind readers")
    expect(page.get_by_role("heading", name="Remind readers")).to_be_visible()
    press(page, "Send the reminders")
    expect(page.get_by_text("2 readers are reminded.")).to_be_visible()
    assert Reminder.objects.count() == 2
    assert len(mail.outbox) == 2
    page = cockpit("reminders/")
    expect(page.get_by_text("less than 3 days ago").first).to_be_visible()
    expect(page.get_by_role("button", name="Send the reminders")).to_have_count(0)
