"""A large archive in Chromium: in pieces, over a line that breaks, paused, and continued after the page was closed."""

import pytest
from playwright.sync_api import expect

from readerstudy.images.models import ImageSet
from readerstudy.intake.models import ChunkedUpload, ImportJob
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.intake.archives import good_zip

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIECE = 500


@pytest.fixture
def form(page, live_server, admin, monkeypatch, tmp_path):
    """The page of uploads with an archive of several pieces chosen, and how to open it again."""
    for place in ("chunks", "chunk_api", "views"):
        monkeypatch.setattr(f"readerstudy.intake.{place}.PIECE_BYTES", PIECE)
    good_zip(tmp_path / "photos.zip")
    assert (tmp_path / "photos.zip").stat().st_size > 3 * PIECE
    sign_in(page, live_server.url, admin)

    def opened():
        page.goto(f"{live_server.url}/import/")
        page.get_by_label("Archive", exact=True).set_input_files(tmp_path / "photos.zip")
        return page

    opened.content = (tmp_path / "photos.zip").read_bytes()
    return opened


def pieces_through(page, count):
    """Lets so many pieces through; the line is dead after them. Gives what brings it back."""
    seen = []

    def handle(route):
        if route.request.method != "PUT" or len(seen) < count:
            seen.append(route.request.method)
            route.continue_()
        else:
            route.abort()

    page.route("**/api/v1/uploads/**", handle)
    return lambda: page.unroute("**/api/v1/uploads/**")


def submit(page):
    page.get_by_role("button", name="Upload and check").press("Enter")


def assert_imported(page, content):
    # A line that was lost is tried again after 1, 2, 4 … seconds.
    expect(page.get_by_role("heading", name="photos.zip")).to_be_visible(timeout=20_000)
    with ImportJob.objects.get().archive.open("rb") as stored:
        assert stored.read() == content
    assert not ChunkedUpload.objects.exists()


def test_a_line_that_breaks_costs_nothing_but_time(form):
    page = form()
    mend = pieces_through(page, 2)
    submit(page)
    expect(page.get_by_text("The connection is lost.")).to_be_visible()
    assert_accessible(page)
    mend()
    assert_imported(page, form.content)


def test_after_the_page_was_closed_it_goes_on_where_it_stopped(form):
    page = form()
    pieces_through(page, 2)
    submit(page)
    expect(page.get_by_text("The connection is lost.")).to_be_visible()
    received = ChunkedUpload.objects.get().received
    assert received > 0
    page.once("dialog", lambda dialog: dialog.accept())
    page.unroute("**/api/v1/uploads/**")
    offsets = []
    page.on("request", lambda one: offsets.append(one.url) if one.method == "PUT" else None)
    submit(form())
    assert_imported(page, form.content)
    assert f"offset={received}" in offsets[0]


def set_latency(line, milliseconds):
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": milliseconds,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        },
    )


def test_an_upload_is_paused_and_goes_on(form):
    page = form()
    line = page.context.new_cdp_session(page)
    set_latency(line, 200)
    submit(page)
    pause = page.get_by_role("button", name="Pause")
    pause.press("Enter")
    expect(page.get_by_text("Paused. You may close the page")).to_be_visible()
    # What was on its way when the line was cut may still have come.
    page.wait_for_timeout(600)
    before = ChunkedUpload.objects.get().received
    page.wait_for_timeout(600)
    assert ChunkedUpload.objects.get().received == before < len(form.content)
    set_latency(line, 0)
    go_on = page.get_by_role("button", name="Go on")
    assert_accessible(page)
    go_on.press("Enter")
    expect(page.get_by_text("Paused. You may close the page")).to_be_hidden()
    assert_imported(page, form.content)


def test_a_taken_name_is_told_before_anything_is_sent(form, admin, now):
    ImageSet.objects.create(
        name="Ward", source_name="a", source_sha256="0", created_by=admin, created_at=now
    )
    page = form()
    name = page.get_by_label("Name of the image set")
    name.fill("Ward")
    submit(page)
    expect(page.get_by_text("There is already an image set with the name Ward.")).to_be_visible()
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    assert not ChunkedUpload.objects.exists()
    name.fill("Ward two")
    submit(page)
    assert_imported(page, form.content)
    assert ImportJob.objects.get().name == "Ward two"


def test_an_unfinished_upload_is_told_of_and_brings_its_name_along(form):
    page = form()
    page.get_by_label("Name of the image set").fill("Ward")
    pieces_through(page, 2)
    submit(page)
    expect(page.get_by_text("The connection is lost.")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.unroute("**/api/v1/uploads/**")
    page = form()
    expect(page.get_by_text("have come (image set Ward)")).to_be_visible()
    expect(page.get_by_label("Name of the image set")).to_have_value("Ward")
    assert_accessible(page)


def test_a_refusal_is_told_beside_the_button(form, settings):
    settings.IMPORT_MAX_ARCHIVE_BYTES = 100
    page = form()
    submit(page)
    expect(page.locator("[data-upload-panel] [role=status]")).to_contain_text(
        "from 1 to 100 are read"
    )
    expect(page.get_by_role("button", name="Upload and check")).to_be_enabled()
    assert not ChunkedUpload.objects.exists()
