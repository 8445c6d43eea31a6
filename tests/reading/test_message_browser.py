"""Messages in Chromium: written and answered by keyboard alone; axe on their pages in both languages and schemes."""

import pytest
from playwright.sync_api import expect

from readerstudy.core.clock import now as current_time
from readerstudy.reading.messaging import reply, write_to_coordinators
from readerstudy.reading.models import Message
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.keyboard import press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(page, live_server):
    """A function that opens an address for a person; fails on whatever the CSP refuses."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)

    def open_address(user, address):
        page.context.clear_cookies()
        sign_in(page, live_server.url, user)
        page.goto(f"{live_server.url}{address}")
        return page

    yield open_address
    assert faults == []


@pytest.fixture
def talk(enrolment, coordinator):
    """A question and its answer, neither of them seen."""
    common = {"enrolment": enrolment, "link": lambda _one: "https://example.org/"}
    for service, actor, text in (
        (write_to_coordinators, enrolment.user, "May I go on\ntomorrow?"),
        (reply, coordinator, "Yes. " + "verylongword" * 40),
    ):
        service(actor=actor, text=text, now=current_time(), **common)
    return enrolment


def fill(page, text):
    """Goes to the field of the message with the tabulator alone, and types."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "text":
            page.keyboard.type(text)
            return
    raise AssertionError("The tabulator does not reach the message.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_of_messages_is_accessible_and_fits_a_telephone(
    signed_in, talk, coordinator, language, scheme
):
    staffs = f"/reading/progress/{talk.study.slug}/messages/"
    own = [f"/reading/{talk.public_id}/messages/", "/reading/"]
    for user, addresses in (
        (coordinator, [staffs, staffs + f"{talk.public_id}/"]),
        (talk.user, own),
    ):
        page = signed_in(user, addresses[0])
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 320, "height": 640})
        if language == "de":
            page.get_by_role("button", name="DE").click()
        for address in addresses:
            page.goto(page.url.split("/reading/")[0] + address)
            expect(page.locator("html")).to_have_attribute("lang", language)
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_reader_writes_and_a_coordinator_answers_by_keyboard_alone(
    signed_in, enrolment, coordinator
):
    page = signed_in(enrolment.user, "/reading/")
    press(page, f"Messages: {enrolment.study.title}")
    expect(page.get_by_text("No message is written yet.")).to_be_visible()
    fill(page, "May I go on tomorrow?")
    press(page, "Send the message")
    expect(page.get_by_text("Your message is sent.")).to_be_visible()
    page = signed_in(coordinator, f"/reading/progress/{enrolment.study.slug}/")
    press(page, "Messages 1 new")
    expect(page.get_by_role("heading", name="Write to readers")).to_be_visible()
    press(page, enrolment.code)
    expect(page.get_by_text("May I go on tomorrow?")).to_be_visible()
    fill(page, "Yes.")
    press(page, "Send the message")
    expect(page.get_by_role("listitem").filter(has_text="Yes.")).to_contain_text("You")
    assert list(Message.objects.values_list("is_from_reader", "text")) == [
        (True, "May I go on tomorrow?"),
        (False, "Yes."),
    ]
