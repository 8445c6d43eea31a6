"""A file of data is sent to people who have shown in the last minutes who they are, and to nobody else."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from readerstudy.accounts import adapters
from tests.conftest import PASSWORD
from tests.signed_in import just_signed_in

OWN = "/privacy/my-data.zip"
FILE = "/account/file/"


def led_to(response):
    assert response.status_code == 302
    return response.headers["Location"]


@pytest.fixture
def later(monkeypatch):
    """The clock of the limit, set on to where it is no longer a few minutes ago."""

    def set_on(settings):
        clock = adapters.time.time
        monkeypatch.setattr(
            adapters.time, "time", lambda: clock() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
        )

    return set_on


def test_who_signed_in_a_moment_ago_gets_the_file(client, reader_user):
    just_signed_in(client, reader_user)
    assert client.get(OWN).headers["Content-Type"] == "application/zip"


def test_who_did_so_a_while_ago_shows_first_that_it_is_they(client, reader_user, settings, later):
    just_signed_in(client, reader_user)
    later(settings)
    page = led_to(client.get(OWN))
    assert page == f"{FILE}?{urlencode({'next': OWN})}"
    asked = led_to(client.get(page))
    assert asked == f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}"
    refused = client.post(asked, {"password": "not the password"})
    assert refused.status_code != 302
    assert led_to(client.get(OWN)) == page
    assert led_to(client.post(asked, {"password": PASSWORD, "next": page})) == page
    assert f'href="{OWN}"' in client.get(page).content.decode()
    assert client.get(OWN).headers["Content-Type"] == "application/zip"


@pytest.mark.parametrize(
    "address",
    [
        "/audit/export.csv", "/studies/nothing/audit/export.pdf", "/reading/nothing/my-data.json",
        "/truth/nothing/reference-standard.csv", "/results/analysis/nothing/document.json",
    ],
)  # fmt: skip
def test_whether_there_is_a_file_is_told_to_nobody_who_has_not(client, reader_user, address):
    client.force_login(reader_user)
    assert led_to(client.get(address)).startswith(FILE)
    just_signed_in(client, reader_user)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("elsewhere", ["", "https://evil.example/", "//evil.example", "/\\evil.example"])  # fmt: skip
def test_the_page_leads_nowhere_else(client, reader_user, elsewhere):
    just_signed_in(client, reader_user)
    assert led_to(client.get(FILE, {"next": elsewhere})) == "/"
