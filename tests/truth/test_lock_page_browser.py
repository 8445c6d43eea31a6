"""The checks before the lock and the training sets in Chromium: keyboard, axe, both colour schemes, a small window."""

import pytest
from playwright.sync_api import expect

from readerstudy.images.models import Image
from readerstudy.studies.models import Study
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.images.factories import make_image_set
from tests.studies.factories import invite, make_study
from tests.truth.factories import record_truth
from tests.truth.test_format_check import make_origins

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_page(page):
    """A browser that fails on every script error and on everything the CSP refuses."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
    yield page
    assert faults == []


def is_fault(line):
    # Chromium calls it an error that a form with mistakes is answered with 400.
    return line.type == "error" and "status of 400" not in line.text


@pytest.fixture
def study(admin, coordinator, now):
    """A draft whose files tell the diagnosis."""
    make_image_set(admin=admin, now=now, cases=24, name="Melanoma or nevus")
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    invite(study, coordinator=coordinator, now=now, email="reader@example.org")
    record_truth(admin=admin, image_set=study.image_set, now=now)
    make_origins(study.image_set, leak=True)
    return study


def looks_right(page, url):
    """Axe in light, dark and a window of 320 pixels, which is 1280 pixels at 400 % zoom."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(url)
        assert_accessible(page)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(url)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_an_admin_declares_a_training_set_and_sees_what_is_shared(
    browser_page, live_server, admin, now
):
    page, base = browser_page, live_server.url
    trained = make_image_set(admin=admin, now=now, cases=3, name="Trained")
    other = make_image_set(admin=admin, now=now, cases=2, name="Other")
    Image.objects.filter(case__image_set=other).update(attribution="Hospital " * 12)
    sign_in(page, base, admin)
    page.goto(f"{base}/image-sets/{trained.public_id}/")
    page.get_by_role("button", name="Declare as a training set").press("Enter")
    expect(page.get_by_text("Declared as a training set.")).to_be_visible()
    page.goto(f"{base}/image-sets/{other.public_id}/")
    page.get_by_role("link", name="Overlap with training sets").press("Enter")
    expect(page.get_by_role("row")).to_have_count(3)
    for image_set in (trained, other):
        for path in ("", "overlap/"):
            looks_right(page, f"{base}/image-sets/{image_set.public_id}/{path}")
    looks_right(page, f"{base}/image-sets/")


def test_a_red_check_is_justified_by_keyboard_and_shown_after_the_lock(
    browser_page, live_server, coordinator, study
):
    page, address = browser_page, f"{live_server.url}/studies/{study.slug}/"
    sign_in(page, live_server.url, coordinator)
    looks_right(page, f"{address}transition/")
    expect(page.get_by_text("Red: fix or justify").first).to_be_visible()
    page.get_by_role("button", name="Lock the protocol").press("Enter")
    expect(page.get_by_label("Justification")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    page.get_by_label("Justification").press_sequentially("Two cameras took turns.")
    page.get_by_role("button", name="Lock the protocol").press("Enter")
    expect(page.locator(".stepper [aria-current=step]")).to_have_text("Locked")
    expect(page.get_by_text("Two cameras took turns.")).to_be_visible()
    looks_right(page, address)
    assert Study.objects.get().state == "locked"
