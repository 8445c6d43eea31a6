"""An import in Chromium, from the upload to its undoing, by keyboard alone, in both languages, and axe on every page."""

import pytest
from playwright.sync_api import expect

from readerstudy.images.models import ImageSet
from readerstudy.intake.models import ImportJob
from readerstudy.truth.models import ReferenceStandard
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.intake.archives import good_files, make_zip, manifest, photographs, rows
from tests.keyboard import press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {
    "en": ("Archive", "Upload and check", "Import 4 images", "Undo the import", "was undone"),
    "de": (
        "Archiv",
        "Hochladen und prüfen",
        "4 Bilder importieren",
        "Import zurücknehmen",
        "wurde zurückgenommen",
    ),
}


@pytest.fixture
def open_page(page, live_server, admin):
    """A function that opens an address as an admin; fails on whatever the CSP refuses."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
    sign_in(page, live_server.url, admin)

    def open_address(address):
        page.goto(f"{live_server.url}{address}")
        return page

    yield open_address
    assert faults == []


def is_fault(line):
    # Chromium calls it an error that a form with mistakes is answered with 400.
    return line.type == "error" and "status of 400" not in line.text


@pytest.mark.parametrize("language", ["en", "de"])
def test_from_the_upload_to_the_image_set_and_back_by_keyboard(open_page, tmp_path, language):
    archive, upload, confirm, undo, undone = WORDS[language]
    page = open_page("/import/")
    if language == "de":
        press(page, "DE: Deutsch")
        expect(page.locator("html[lang=de]")).to_be_attached()
    assert_accessible(page)
    path = make_zip(tmp_path / "ward.zip", good_files())
    page.get_by_label(archive, exact=True).set_input_files(path)
    press(page, upload)
    expect(page.get_by_role("button", name=confirm)).to_be_visible()
    assert_accessible(page)
    press(page, confirm)
    expect(page.get_by_role("link", name=undo)).to_be_visible()
    assert ImageSet.objects.get().cases.count() == 4
    assert_accessible(page)
    press(page, undo)
    expect(page.get_by_role("button", name=undo)).to_be_visible()
    assert_accessible(page)
    press(page, undo)
    expect(page.get_by_text(undone, exact=False).first).to_be_visible()
    assert_accessible(page)
    assert not ImageSet.objects.exists()


def test_a_manifest_that_explains_itself_to_nobody_is_explained_by_keyboard(open_page, tmp_path):
    page = open_page("/import/")
    lines = [f"photo{n}.png;{'Melanom' if n % 2 else 'Nävus'};{40 + n}" for n in range(4)]
    content = "\n".join(["Foto;Befund;Jahre", *lines]).encode()
    path = make_zip(tmp_path / "ward.zip", {"liste.csv": content, **photographs(4)})
    page.get_by_label("Archive", exact=True).set_input_files(path)
    press(page, "Upload and check")
    expect(page.get_by_role("heading", name="Questions")).to_be_visible()
    assert_accessible(page)
    choose(page, "File name of the photograph", "Foto")
    choose(page, "Diagnosis", "Befund")
    press(page, "Check again")
    expect(page.get_by_role("heading", name="What each diagnosis counts as")).to_be_visible()
    for value, word in (("Melanom", "malignant"), ("Nävus", "benign")):
        radio = page.get_by_role("group", name=value).get_by_label(word)
        radio.focus()
        page.keyboard.press("Space")
        expect(radio).to_be_checked()
    assert_accessible(page)
    press(page, "Check again")
    expect(page.get_by_role("button", name="Import 4 images")).to_be_visible()
    expect(page.get_by_text("photo3.png")).to_be_visible()
    job = ImportJob.objects.get()
    assert job.mapping["classes"] == {"Melanom": "malignant", "Nävus": "benign"}
    assert_accessible(page)
    press(page, "Import 4 images")
    expect(page.get_by_role("link", name="To the image set")).to_be_visible()
    assert ReferenceStandard.objects.filter(malignant=True).count() == 2


def choose(page, label, option):
    """Chooses from a list as the keyboard does: by typing what the option is called."""
    field = page.get_by_label(label, exact=True)
    field.focus()
    page.keyboard.type(option)
    expect(field).to_have_value(option)


def test_what_is_wrong_is_shown_and_can_be_taken_home(open_page, tmp_path):
    page = open_page("/import/")
    files = {**good_files(), "manifest.csv": manifest([*rows(), "no.png,nevus,maybe"])}
    page.get_by_label("Archive", exact=True).set_input_files(make_zip(tmp_path / "b.zip", files))
    press(page, "Upload and check")
    expect(page.get_by_text("There is no image no.png in the archive.").first).to_be_visible()
    assert_accessible(page)
    for name in ("Problems and warnings as CSV", "Report as JSON"):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert ImportJob.objects.get().public_id in download.value.suggested_filename
    press(page, "Discard this import")
    expect(page.get_by_text("The import of b.zip was discarded.")).to_be_visible()
    assert not ImportJob.objects.exists()
