"""The staff's pages in Chromium: a study from its making to its opening, and axe on every page on the way."""

import pytest
from playwright.sync_api import expect

from readerstudy.studies.models import Study
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.studies.factories import make_image_set, make_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABLE = (
    "email,name,rank_group,institution,years_of_experience\n"
    "ann@example.org,Ann,Resident,Bonn,2\nben@example.org,Ben,Attending,Bonn,9\n"
)


@pytest.fixture
def staff(page, live_server, coordinator):
    """A coordinator's browser that fails on every script error and on everything the CSP refuses."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
    sign_in(page, live_server.url, coordinator)
    yield page
    assert faults == []


def is_fault(line):
    # Chromium calls it an error that a form with mistakes is answered with 400.
    return line.type == "error" and "status of 400" not in line.text


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).first.click()


def test_a_study_is_made_filled_locked_and_opened(staff, admin, now):
    make_image_set(admin=admin, now=now, name="Photographs")
    staff.reload()
    assert_accessible(staff)
    follow(staff, "New study")
    assert_accessible(staff)
    staff.get_by_label("Title").fill("Melanoma or nevus")
    press(staff, "Make the study")
    assert_accessible(staff)
    follow(staff, "Readers")
    assert_accessible(staff)
    follow(staff, "Invite many by a table")
    staff.get_by_label("Table").fill(TABLE.replace("Attending", "Nobody"))
    press(staff, "Invite all")
    expect(staff.get_by_text("Nobody is none of the rank groups")).to_be_visible()
    assert_accessible(staff)
    staff.get_by_label("Table").fill(TABLE)
    staff.get_by_label("Add institutions").check()
    press(staff, "Invite all")
    expect(staff.get_by_text("2 readers are invited")).to_be_visible()
    assert_accessible(staff)
    follow(staff, "Back to the readers")
    assert_accessible(staff)
    follow(staff, "Overview")
    for action, state in (("Lock the protocol", "Locked"), ("Open for reading", "Reading")):
        follow(staff, action)
        assert_accessible(staff)
        press(staff, action)
        expect(staff.locator(".stepper [aria-current=step]")).to_have_text(state)
        assert_accessible(staff)
    follow(staff, "Protocol")
    assert_accessible(staff)
    assert Study.objects.get().state == "reading"


def test_an_invited_person_comes_in_by_the_link(page, live_server, admin, coordinator, now):
    from readerstudy.accounts.services import invite_person
    from readerstudy.core.clock import now as current_time

    _user, token = invite_person(
        actor=coordinator, email="ann@example.org", name="Ann", now=current_time()
    )
    link = f"{live_server.url}/account/invitation/{token}/"
    page.goto(link)
    assert_accessible(page)
    page.locator("#id_password").fill("short")
    page.get_by_label("New password again").fill("short")
    press(page, "Set the password")
    expect(page.locator("#id_password")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    page.locator("#id_password").fill("a sentence that is long enough")
    page.get_by_label("New password again").fill("a sentence that is long enough")
    press(page, "Set the password")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    follow(page, "Ann")
    assert_accessible(page)
    follow(page, "Change the password")
    assert_accessible(page)
    press(page, "Sign out")
    page.wait_for_url("**/account/sign-in/")
    assert_accessible(page)
    page.goto(link)
    expect(page.get_by_text("already been used")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_overview_fits_a_small_window_in_both_schemes(  # noqa: PLR0917 (fixtures)
    staff, live_server, admin, coordinator, now, scheme
):
    study = make_study(admin=admin, coordinator=coordinator, now=now, readers=1)
    staff.emulate_media(color_scheme=scheme)
    # 1280 pixels at 400 % zoom.
    staff.set_viewport_size({"width": 320, "height": 640})
    for page in ("", "protocol/", "readers/", "readers/invite/", "readers/table/", "transition/"):
        staff.goto(f"{live_server.url}/studies/{study.slug}/{page}")
        assert_accessible(staff)
        assert staff.evaluate("document.documentElement.scrollWidth") <= 320, page
