"""A new reader's way in Chromium, from the invitation to the signature, by keyboard alone; axe on every page of it."""

import pytest
from playwright.sync_api import expect

from readerstudy.accounts.services import invite_person
from readerstudy.core.clock import now as current_time
from readerstudy.reading.conduct import update_conduct
from readerstudy.reading.models import Attestation, BreakEnd, Environment, ReaderProfile, Reading
from readerstudy.studies.services import close_study
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.reading.factories import open_study
from tests.reading.screen import ready
from tests.studies.factories import make_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIELDS = [
    "board_certification",
    "years_in_dermatology",
    "country",
    "colour_vision",
    "conflict_of_interest",
    "prior_exposure",
]
PASSWORD = "a sentence that is long enough"


@pytest.fixture
def study(admin, coordinator):
    """Open for reading: six cases, a break after three, profile, room and signature asked for."""
    now = current_time()

    def choose(study):
        update_conduct(
            actor=coordinator,
            study=study,
            now=now,
            profile_fields=FIELDS,
            records_environment=True,
            break_after_cases=3,
        )

    return open_study(
        admin=admin, coordinator=coordinator, now=now, cases=6, pixels=True, before_lock=choose
    )


@pytest.fixture
def invitation(study, coordinator, live_server):
    user = study.enrolments.get().user
    _user, token = invite_person(
        actor=coordinator, email=user.email, name=user.name, now=current_time()
    )
    return f"{live_server.url}/account/invitation/{token}/"


def tab_to(page, locator):
    """Goes on with the Tab key until the element has the focus."""
    for _ in range(40):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{locator} is not reached by Tab on {page.url}.")


def press(page, name, role="button", key="Enter"):
    element = page.get_by_role(role, name=name).first
    tab_to(page, element)
    page.keyboard.press(key)


def write(page, label, text):
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def choose(page, label, first_letters):
    # Typing the beginning of an option chooses it, without opening the list.
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(first_letters)


def come_in(page, invitation):
    page.goto(invitation)
    for field in ("#id_password", "input[type=password]:not(#id_password)"):
        tab_to(page, page.locator(field))
        page.keyboard.type(PASSWORD)
    press(page, "Set the password")
    press(page, "My reading", role="link")
    press(page, "Begin", role="link")
    press(page, "I have read this and agree to take part.", role="checkbox", key="Space")
    assert_accessible(page)
    press(page, "I agree, continue")


def tell_of_oneself(page):
    expect(page.get_by_role("heading", name="About you")).to_be_visible()
    assert_accessible(page)
    press(page, "Save and go on")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    choose(page, "Board certification in dermatology", "Board")
    write(page, "Years in dermatology", "12")
    write(page, "Country in which you work", "Germany")
    choose(page, "Colour vision", "Normal")
    choose(page, "Have you seen photographs of this study before?", "No")
    press(page, "Save and go on")


def grade(page, numbers):
    for number in numbers:
        ready(page, number)
        page.keyboard.press("f" if number % 2 else "j")
        page.keyboard.press("4")


def test_from_the_invitation_to_the_signature_by_keyboard_alone(page, invitation):
    come_in(page, invitation)
    tell_of_oneself(page)
    press(page, "Start with the first case", role="link")
    expect(page.get_by_role("heading", name="Your screen and your room")).to_be_visible()
    assert_accessible(page)
    press(page, "As in an office")
    grade(page, range(1, 4))
    expect(page.get_by_role("heading", name="Time for a break?")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Enter")
    grade(page, range(4, 7))
    press(page, "Sign your readings", role="link")
    expect(page.get_by_role("heading", name="Sign your readings")).to_be_visible()
    assert_accessible(page)
    write(page, "Your password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your readings are signed.")).to_be_visible()
    assert_accessible(page)
    assert Reading.objects.count() == 6
    assert ReaderProfile.objects.get().years_in_dermatology == 12
    row = Environment.objects.get()
    assert (row.room_light, row.browser, row.viewport_width) == ("normal", "Chrome", 1280)
    assert BreakEnd.objects.get().was_skipped
    assert Attestation.objects.get().readings == 6


def test_a_small_window_is_told_of_calmly(page, invitation):
    page.set_viewport_size({"width": 390, "height": 844})
    come_in(page, invitation)
    expect(page.get_by_role("heading", name="About you")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    tell_of_oneself(page)
    press(page, "Start with the first case", role="link")
    expect(page.get_by_text("Your window is smaller than 1024 × 700 pixels.")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.get_by_text("Your window is smaller")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_coordinators_page_and_the_readers_own_pages_are_accessible(  # noqa: PLR0917 (fixtures)
    page, live_server, admin, coordinator, study, scheme
):
    draft = make_study(
        admin=admin, coordinator=coordinator, now=current_time(), title="Another one"
    )
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, live_server.url, coordinator)
    for slug in (draft.slug, study.slug):
        page.goto(f"{live_server.url}/reading/conduct/{slug}/")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_leaving_and_the_certificate_are_accessible(page, live_server, coordinator, invitation):
    come_in(page, invitation)
    tell_of_oneself(page)
    press(page, "Start with the first case", role="link")
    press(page, "Dim")
    grade(page, range(1, 4))
    page.get_by_role("button", name="Go on reading").press("Enter")
    grade(page, range(4, 7))
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    enrolment = Reading.objects.first().position.enrolment
    page.goto(f"{live_server.url}/reading/{enrolment.public_id}/leave/")
    assert_accessible(page)
    close_study(actor=coordinator, study=enrolment.study, now=current_time())
    page.goto(f"{live_server.url}/reading/")
    assert_accessible(page)
    press(page, "Certificate", role="link")
    expect(page.get_by_text("all 6 cases")).to_be_visible()
    assert_accessible(page)
