"""Copying a study in Chromium: by keyboard alone, and axe on every page on the way in both languages and schemes."""

from itertools import product

import pytest
from playwright.sync_api import expect

from readerstudy.studies.models import Study
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.keyboard import press
from tests.studies.factories import make_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {
    "en": ("Copy the study", "Make the copy", "Copied from"),
    "de": ("Studie kopieren", "Kopie anlegen", "Kopiert von"),
}


@pytest.fixture
def source(admin, coordinator, now):
    return make_study(admin=admin, coordinator=coordinator, now=now, title="First panel")


@pytest.mark.parametrize("look", list(product(["en", "de"], ["light", "dark"])))
def test_a_study_is_copied_by_keyboard_alone(page, live_server, source, coordinator, look):
    language, scheme = look
    copy, make, copied_from = WORDS[language]
    sign_in(page, live_server.url, coordinator)
    page.emulate_media(color_scheme=scheme)
    if language == "de":
        page.get_by_role("button", name="DE").click()
    page.goto(f"{live_server.url}/studies/{source.slug}/")
    assert_accessible(page)
    press(page, copy)
    expect(page.get_by_role("heading", name=copy)).to_be_visible()
    assert_accessible(page)
    press(page, make)
    page.wait_for_url("**/protocol/")
    made = Study.objects.get(copied_from__source=source)
    page.goto(f"{live_server.url}/studies/{made.slug}/")
    expect(page.get_by_text(copied_from)).to_be_visible()
    expect(page.locator(f'dd a[href="/studies/{source.slug}/"]')).to_have_text("First panel")
    assert_accessible(page)
