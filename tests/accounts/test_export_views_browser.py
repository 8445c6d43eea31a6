"""The way to a file of data in a browser: a link, the question who one is, and the file."""

import re
from pathlib import Path

import pytest
from django.conf import settings as of_site
from playwright.sync_api import expect

from tests.axe import assert_accessible
from tests.conftest import PASSWORD, sign_in

GATED = re.compile(r"truth:file|(csv|html|pdf)_address|results:document|privacy:my-data-file|reading:data|\{\{ address \}\}")  # fmt: skip


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_file_of_data_is_had_by_way_of_the_password(page, live_server, reader_user, settings):
    sign_in(page, live_server.url, reader_user)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    lasts, settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT, 0
    page.goto(f"{live_server.url}/privacy/my-data/")
    page.get_by_role("link", name="Download my data").click()
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = lasts
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your file")).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").press("Enter")
    assert download.value.suggested_filename == "my-data.zip"


def test_no_link_to_such_a_file_saves_the_question_under_its_name():
    pages = Path(of_site.BASE_DIR, "templates").rglob("*.html")
    links = [link for page in pages for link in re.findall(r"<a [^>]*>", page.read_text("utf-8")) if GATED.search(link)]  # fmt: skip
    assert len(links) > len(["truth", "csv", "html", "pdf", "dashboard", "votes", "my", "own"])
    assert [link for link in links if "download>" in link] == []
