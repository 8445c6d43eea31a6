"""An import is paused and goes on while a real worker is on it, from its page in Chromium."""

import pytest
from playwright.sync_api import expect

from tests.conftest import sign_in
from tests.intake.archives import make_zip, manifest, rows
from tests.intake.photographs import jpeg
from tests.site import running_site

pytestmark = pytest.mark.browser
ADMIN = """
from readerstudy.accounts.services import create_user
from readerstudy.core.clock import now
create_user(actor=None, email="admin@example.org", name="Ada", role="admin", password="correct horse battery", now=now())
print("null")
"""
STATE = """
import json
from readerstudy.intake.models import ImportJob
print(json.dumps(ImportJob.objects.get().state))
"""
COUNT = 60


def test_a_check_rests_where_it_was_paused_and_goes_on_to_its_end(page, tmp_path):
    photographs = {f"photo{n}.png": jpeg(n, 2000, 1500) for n in range(COUNT)}
    files = {"manifest.csv": manifest(rows(COUNT)), **photographs}
    archive = make_zip(tmp_path / "ward.zip", files)
    with running_site(tmp_path) as site:
        site.python(ADMIN)
        sign_in(page, site.url, "admin@example.org")
        page.goto(f"{site.url}/import/")
        page.get_by_label("Archive", exact=True).set_input_files(archive)
        page.get_by_role("button", name="Upload and check").click()
        # An upload of this size has a button of that name too.
        expect(page.get_by_role("heading", name="Import of ward.zip")).to_be_visible(timeout=30_000)
        page.get_by_role("button", name="Pause").click()
        resume = page.get_by_role("button", name="Go on")
        expect(resume).to_be_visible()
        expect(page.get_by_text("Paused")).to_be_visible()
        before = site.python(STATE)
        resume.click()
        confirm = page.get_by_role("button", name=f"Import {COUNT} images")
        expect(confirm).to_be_visible(timeout=60_000)
        after = site.python(STATE)
    assert (before, after) == ("uploaded", "planned")
