"""One study from an archive to a dashboard, each step as the person who takes it, with a real worker.

Once on the embedded parts (SQLite, file-system queue) and once on PostgreSQL and Redis.
"""

import csv
import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.axe import assert_accessible
from tests.conftest import PASSWORD, sign_in
from tests.site import ROOT, production_parts, running_site

DEMO = ROOT / "fixtures" / "demo"
CASES = 10
PEOPLE = """
from readerstudy.accounts.services import create_user
from readerstudy.core.clock import now
for role in ("admin", "coordinator"):
    create_user(actor=None, email=f"{role}@example.org", name=role.title(), role=role, password="correct horse battery", now=now())
print("null")
"""


@pytest.fixture(params=["embedded", pytest.param("production", marks=pytest.mark.services)])
def site(request, tmp_path):
    if request.param == "embedded":
        with running_site(tmp_path) as site:
            yield site
    else:
        with production_parts() as parts, running_site(tmp_path, parts) as site:
            yield site


@pytest.fixture
def archive(tmp_path):
    """Ten of the synthetic photographs, every class among them, with their manifest."""
    with (DEMO / "clinical" / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = [r for r in rows if r["malignant"] == "1"][:4] + [
        r for r in rows if r["malignant"] == "0"
    ][:6]
    manifest = io.StringIO()
    writer = csv.DictWriter(manifest, list(rows[0]))
    writer.writeheader()
    writer.writerows(chosen)
    path = tmp_path / "clinic.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("clinic/manifest.csv", manifest.getvalue())
        for row in chosen:
            archive.write(DEMO / "clinical" / row["image"], f"clinic/{row['image']}")
    return path


@pytest.fixture
def model_zip(tmp_path):
    """Two training runs of the demonstration CNN."""
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("run-01.onnx", "run-01.json", "run-02.onnx", "run-02.json"):
            archive.write(DEMO / "model" / name, name)
    return path


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, browser, site, email):
        self.page = browser.new_context().new_page()
        self.url, self.email = site.url, email

    def signs_in(self):
        sign_in(self.page, self.url, self.email)
        return self

    def goes(self, path):
        self.page.goto(f"{self.url}{path}")
        return self

    def clicks(self, name, role="button"):
        self.page.get_by_role(role, name=name).first.click()
        return self

    def fills(self, label, value):
        self.page.get_by_label(label, exact=True).fill(value)
        return self

    def sees(self, text, seconds=60):
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=1000 * seconds)
        return self


@pytest.mark.browser
def test_from_an_archive_of_images_to_a_dashboard(browser, site, archive, model_zip):
    site.manage("shell", "--no-imports", "-c", PEOPLE)
    admin = Person(browser, site, "admin@example.org").signs_in()
    import_images(admin, archive)
    load_model(admin, model_zip)
    coordinator = Person(browser, site, "coordinator@example.org").signs_in()
    invitation = make_study(coordinator)
    results_are_sealed(coordinator)
    reader = Person(browser, site, "reader@example.org")
    grade_everything(reader, invitation)
    run_model(coordinator)
    close_and_unblind(coordinator)
    look_at_results(coordinator)


def import_images(admin, archive):
    admin.goes("/import/")
    admin.page.get_by_label("Archive").set_input_files(archive)
    admin.fills("Name of the image set", "Clinic")
    assert_accessible(admin.page)
    admin.clicks("Upload and check").clicks(re.compile("Import 10 images"))
    admin.clicks("To the image set", role="link")
    admin.sees("Clinic")
    assert_accessible(admin.page)


def load_model(admin, model_zip):
    admin.goes("/models/new/").fills("Name", "Test CNN").fills("Trained on", "Synthetic dermoscopy")
    admin.page.get_by_label("Files", exact=True).set_input_files(model_zip)
    assert_accessible(admin.page)
    admin.clicks("Check and load").sees("The model is loaded.").sees("run-02")
    assert_accessible(admin.page)


def make_study(coordinator):
    """Makes, plans, invites, locks and opens; returns the reader's invitation link."""
    coordinator.goes("/studies/new/").fills("Title", "First study")
    coordinator.page.get_by_label("Image set").select_option(index=0)
    coordinator.clicks("Make the study")
    coordinator.goes("/studies/first-study/protocol/")
    assert_accessible(coordinator.page)
    coordinator.fills("Institutions", "University Hospital A").clicks("Save the protocol")
    coordinator.goes("/models/studies/first-study/").clicks(re.compile("Plan with it"))
    coordinator.goes("/studies/first-study/readers/invite/")
    coordinator.fills("Mail address", "reader@example.org").fills("Name", "Rhea Reader")
    coordinator.page.get_by_label("Rank group").select_option(label="Attending")
    coordinator.page.get_by_label("Institution").select_option(label="University Hospital A")
    assert_accessible(coordinator.page)
    coordinator.page.locator("main form button[type=submit]").first.click()
    link = coordinator.page.locator("code.hash").inner_text()
    for action in ("Lock the protocol", "Open for reading"):
        coordinator.goes("/studies/first-study/")
        assert_accessible(coordinator.page)
        coordinator.clicks(action, role="link").clicks(action)
    return link


def results_are_sealed(coordinator):
    coordinator.goes("/results/first-study/").sees("The results are sealed.")
    assert_accessible(coordinator.page)


def grade_everything(reader, invitation):
    """The invited reader comes in, agrees, and grades ten cases without touching the mouse."""
    page = reader.page
    page.goto(invitation)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    reader.clicks("Set the password")
    reader.goes("/reading/").clicks(re.compile("Begin"), role="link")
    page.get_by_label("I have read this and agree to take part.").check()
    reader.clicks(re.compile("I agree")).clicks(re.compile("Start"), role="link")
    for number in range(1, CASES + 1):
        page.wait_for_selector(f'#room[data-ready="{number}"]')
        page.keyboard.press("f" if number % 3 == 1 else "j")
        page.keyboard.press(str(1 + number % 5))
    reader.sees("Thank you")
    assert_accessible(page)


def run_model(coordinator):
    coordinator.goes("/models/studies/first-study/").clicks(re.compile("Start the runs"))
    badges = coordinator.page.locator("#runs .badge")
    expect(badges).to_have_text(["Done", "Done"], timeout=60_000)
    expect(
        coordinator.page.locator("#runs").get_by_text("CPUExecutionProvider").first
    ).to_be_visible()
    coordinator.goes("/reading/progress/first-study/").sees("10 / 10")
    assert_accessible(coordinator.page)


def close_and_unblind(coordinator):
    coordinator.goes("/studies/first-study/").clicks("Close the reading", role="link").clicks(
        "Close the reading"
    )
    coordinator.goes("/studies/first-study/").clicks("Unblind", role="link")
    coordinator.fills("Reason", "The reader has finished.").fills("Your password", PASSWORD).clicks(
        "Unblind"
    )


def look_at_results(coordinator):
    page = coordinator.page
    errors = []
    page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    coordinator.goes("/results/first-study/")
    page.wait_for_selector("figure[data-drawn]", timeout=60_000)
    coordinator.sees("The mean sensitivity of the 1 readers")
    figures = page.locator("figure[data-figure]")
    assert figures.count() == 3
    for figure in figures.all():
        # Each is drawn when it comes near the view.
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-drawn", "true")
    assert page.locator(".main-svg").count() >= 3
    with page.expect_download() as download:
        page.locator("#figure-groups .figure-actions a").click()
    assert "All readers" in download.value.path().read_text()
    with page.expect_download() as download:
        page.locator("#figure-roc-1 [data-download=svg]").click()
    assert download.value.path().read_bytes().startswith(b"<svg")
    assert errors == []
    assert_accessible(page)
