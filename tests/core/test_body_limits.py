"""What is too large is refused before a byte of it is read, at every address and whoever sends it."""

import io

import pytest
from django.conf import settings as configured
from django.test import Client, RequestFactory
from django.urls import reverse

from readerstudy.accounts.api_tokens import make_api_token
from readerstudy.core.body_limits import BodyLimitMiddleware
from readerstudy.core.clock import now as current_time
from tests.core.test_browser_rules import addresses

KINDS = ("application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded")
MIB = 2**20
LARGE = configured.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
# Where files come in, with one byte more than their makers' limits, and who may send them.
FILES = {
    "intake:upload": "admin",
    "intake:manifest": "admin",
    "inference:model-upload": "admin",
    "inference:artefact-upload": "admin",
    "inference:scores-upload": "coordinator",
    "finished:upload": "coordinator",
    "finished:scores": "coordinator",
    "api:import-list": "admin",
    "api:import-manifest": "admin",
    "api:model-run-scores": "coordinator",
}
ARGUMENTS = {
    "intake:manifest": ["none"],
    "inference:artefact-upload": ["none"],
    "inference:scores-upload": ["none"],
    "finished:scores": ["none"],
    "api:import-manifest": ["none"],
}


class Unread(io.RawIOBase):
    """What nobody may read."""

    was_read = False

    def readable(self):
        return True

    def readinto(self, _buffer):
        Unread.was_read = True
        return 0


@pytest.fixture(autouse=True)
def _unread():
    Unread.was_read = False


def send(client, address, size, *, method="POST", kind=KINDS[1], **headers):
    """A request that says how large it is, and the answer to it."""
    said = {"CONTENT_LENGTH": str(size), "CONTENT_TYPE": kind, "wsgi.input": Unread()}
    return client.generic(method, address, headers=headers, **said)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_with_the_token_of_a_form_fills_no_disk(client, db, kind):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("accounts:sign-in"))
    response = send(client, reverse("accounts:sign-in"), 60 * 2**30, kind=kind)
    assert (response.status_code, Unread.was_read) == (413, False)
    assert "This is too large: at most 5 MB are taken here." in response.content.decode()


@pytest.mark.parametrize("role", ["admin", "coordinator", "reader_user"])
def test_no_address_reads_what_is_beyond_its_limit(client, request, role):
    client.force_login(request.getfixturevalue(role))
    largest = 2 * configured.IMPORT_MAX_ARCHIVE_BYTES
    for address in addresses():
        for method in ("POST", "PUT"):
            response = send(client, address, largest, method=method)
            assert response.status_code == 413, address
    assert not Unread.was_read


def test_addresses_that_take_no_files_take_little_of_anybody(client, admin):
    client.force_login(admin)
    taking = {reverse(name, args=ARGUMENTS.get(name)) for name in FILES}
    refused = {one for one in addresses() if send(client, one, LARGE).status_code == 413}
    assert set(addresses()) - refused == taking


@pytest.mark.parametrize("name", FILES)
def test_files_are_taken_of_those_who_may_send_them(request, name):
    address = reverse(name, args=ARGUMENTS.get(name))
    users = {role: request.getfixturevalue(role) for role in ("admin", "coordinator", "reader_user")}  # fmt: skip
    may = {"admin": {"admin"}, "coordinator": {"admin", "coordinator"}}[FILES[name]]
    for role, user in users.items():
        client = Client()
        client.force_login(user)
        assert (send(client, address, LARGE).status_code == 413) == (role not in may), role
    assert send(Client(), address, LARGE).status_code == 413


def test_the_api_refuses_in_its_own_words(client, reader_user):
    client.force_login(reader_user)
    response = send(client, reverse("api:reading-list"), LARGE, kind=KINDS[0])
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert not Unread.was_read


def test_a_token_is_asked_for_by_the_api_and_counts_for_nothing_on_pages(client, admin):
    scopes = ["images:write"]
    _token, secret = make_api_token(actor=admin, name="x", scopes=scopes, days=1, now=current_time())  # fmt: skip
    listed = reverse("api:import-list")
    right = send(client, listed, LARGE, authorization=f"Bearer {secret}")
    assert right.status_code == 400
    Unread.was_read = False
    wrong = send(client, listed, LARGE, authorization="Bearer rs_nonsense")
    assert (wrong.status_code, Unread.was_read) == (401, False)
    page = send(client, reverse("intake:upload"), LARGE, authorization=f"Bearer {secret}")
    assert (page.status_code, Unread.was_read) == (413, False)


@pytest.mark.parametrize("said", ["", "x", "-1", "²", "9" * 5_000])
def test_a_length_is_read_as_django_reads_it(said):
    request = RequestFactory().post("/", CONTENT_LENGTH=said)
    middleware = BodyLimitMiddleware(lambda _request: None)
    assert middleware.process_view(request, lambda _request: None, (), {}) is None
    # Nor does Django read anything then.
    assert request.read() == b""


@pytest.mark.parametrize("said", ["9" * 30, f"{'0' * 40}{LARGE}", f"+{LARGE}", f" {LARGE} "])
def test_no_spelling_of_a_length_gets_past(client, db, said):
    assert send(client, reverse("accounts:sign-in"), said).status_code == 413
    assert not Unread.was_read
