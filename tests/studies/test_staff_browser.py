"""The pages of the staff and of the truth keeper in Chromium: by their labels, in both languages, with axe."""

import pytest
from playwright.sync_api import expect

from readerstudy.studies.services import appoint
from tests.axe import assert_accessible
from tests.conftest import make_user, sign_in
from tests.images.factories import make_image_set
from tests.studies.factories import make_study
from tests.truth.factories import record_truth

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_staff_is_brought_in_and_the_truth_keeper_sees_what_they_keep(
    page, live_server, admin, coordinator, now
):
    images = make_image_set(admin=admin, now=now, cases=3, name="Melanoma or nevus")
    record_truth(admin=admin, image_set=images, now=now)
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    keeper = make_user("reader", "keeper@example.org", "Kim Keeper")
    appoint(actor=coordinator, study=study, email=keeper.email, role="truth_keeper", now=now)
    sign_in(page, live_server.url, coordinator)
    expect(page.get_by_role("link", name="Studies", exact=True)).to_be_visible()
    page.goto(f"{live_server.url}/studies/{study.slug}/")
    page.get_by_role("link", name="Staff", exact=True).click()
    page.get_by_label("Mail address").fill("stats@example.org")
    page.get_by_label("Name", exact=True).fill("Stefan Statistik")
    page.get_by_label("Role", exact=True).select_option("statistician")
    page.get_by_role("button", name="Bring in").click()
    expect(page.get_by_text("Stefan Statistik is invited")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Back to the staff").click()
    assert_accessible(page)
    page.locator("button[name=language][value=de]").click()
    expect(page.get_by_role("cell", name="Statistik", exact=True)).to_be_visible()
    page.get_by_role("link", name="Entfernen Stefan Statistik").click()
    assert_accessible(page)
    page.get_by_role("button", name="Abmelden").click()
    page.locator("button[name=language][value=en]").click()
    sign_in(page, live_server.url, keeper)
    expect(page.get_by_role("link", name="Studies", exact=True)).to_be_visible()
    page.goto(f"{live_server.url}/studies/{study.slug}/")
    page.get_by_role("link", name="Reference standard").click()
    expect(page.get_by_role("cell", name="melanoma")).to_be_visible()
    expect(page.get_by_role("link", name="Readers")).to_have_count(0)
    assert_accessible(page)
