"""What a passkey opens, and what it does not: another site's, a replayed answer, one without a PIN, somebody else's."""

import json
import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tests.accounts.passkeys import ADD, CONFIRM, SIGN_IN, Passkey, asked, give_passkey, send
from tests.conftest import PASSWORD

HERE, CODES = "/account/session/", "/account/second-factor/code/"
PHISHING = "https://testserver.evil.example"


def signed_in(user, client=None):
    client = client or Client()
    given = {"username": user.email, "password": PASSWORD}
    client.post(reverse("accounts:sign-in"), given)
    return client


def long_ago(client):
    """The sign-in of this session was an hour ago."""
    session = client.session
    for one in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        one["at"] = time.time() - 3600
    session.save()


def who(client):
    return client.get(HERE).json()["user"]


@pytest.fixture
def passkey(reader_user):
    return give_passkey(signed_in(reader_user))


def test_a_passkey_signs_in(passkey, reader_user):
    client = Client()
    send(client, SIGN_IN, passkey.shown(asked(client, SIGN_IN)))
    assert who(client) == reader_user.public_id


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": PHISHING},
        {"origin": "http://testserver"},
        {"host": "evil.example"},
        {"verifies": False},
        {"handle": ""},
        {"handle": "enp6enp6enp6enp6eg"},
    ],
    ids=str,
)
def test_what_another_site_or_a_found_key_says_signs_nobody_in(passkey, lie):
    client = Client()
    response = send(client, SIGN_IN, passkey.shown(asked(client, SIGN_IN), **lie))
    assert response.status_code == 302
    assert who(client) == ""


def test_an_answer_is_to_one_question_and_is_taken_once(passkey, reader_user):
    client, other = Client(), Client()
    answer = passkey.shown(asked(client, SIGN_IN))
    asked(other, SIGN_IN)
    send(other, SIGN_IN, answer)
    assert who(other) == ""
    send(client, SIGN_IN, answer)
    assert who(client) == reader_user.public_id
    client.post(reverse("accounts:sign-out"))
    send(client, SIGN_IN, answer)
    assert who(client) == ""


def test_a_key_of_ones_own_opens_nobody_elses_account(passkey, coordinator, reader_user):
    own = give_passkey(signed_in(coordinator))
    client = Client()
    send(client, SIGN_IN, own.shown(asked(client, SIGN_IN), handle=passkey.handle))
    assert who(client) == ""
    own.id = passkey.id
    send(client, SIGN_IN, own.shown(asked(client, SIGN_IN), handle=passkey.handle))
    assert who(client) == ""


@pytest.mark.parametrize("verifies", [True, False])
def test_beside_the_password_the_device_asks_who_one_is(passkey, reader_user, verifies):
    client = signed_in(reader_user)
    assert who(client) == ""
    send(client, CODES, passkey.shown(asked(client, CODES), verifies=verifies))
    assert (who(client) == reader_user.public_id) == verifies


@pytest.mark.parametrize("verifies", [True, False])
def test_a_key_left_in_the_computer_confirms_nothing_by_itself(passkey, reader_user, verifies):
    client = signed_in(reader_user)
    send(client, CODES, passkey.shown(asked(client, CODES)))
    long_ago(client)
    assert client.get(ADD).headers["Location"].startswith("/account/confirm/")
    send(client, CONFIRM, passkey.shown(asked(client, CONFIRM), verifies=verifies))
    assert (client.get(ADD).status_code == 200) == verifies


def test_nobody_confirms_with_somebody_elses_passkey(passkey, coordinator):
    client = signed_in(coordinator)
    give_passkey(client)
    long_ago(client)
    send(client, CONFIRM, passkey.shown(asked(client, CONFIRM)))
    assert client.get(ADD).status_code == 302


@pytest.mark.parametrize("lie", [{"origin": PHISHING}, {"verifies": False}], ids=str)
def test_no_passkey_is_made_for_another_site_or_without_a_pin(reader_user, lie):
    client = signed_in(reader_user)
    send(client, ADD, Passkey().made(asked(client, ADD), **lie), name="Key")
    assert not Authenticator.objects.exists()


def test_a_passkey_is_neither_made_nor_removed_in_a_session_left_open(reader_user):
    client = signed_in(reader_user)
    give_passkey(client)
    key = Authenticator.objects.get(type="webauthn")
    options = asked(client, ADD)
    long_ago(client)
    for address, fields in ((ADD, {"credential": json.dumps(Passkey().made(options))}), (f"/account/second-factor/passkeys/{key.pk}/remove/", {})):  # fmt: skip
        response = client.post(address, {**fields, "next": "/", "name": "x"}, secure=True)
        assert response.headers["Location"].startswith("/account/confirm/"), address
    assert Authenticator.objects.filter(type="webauthn").get() == key


def without(said, *path):
    """The same without a part of it."""
    said = json.loads(json.dumps(said))
    part = said
    for name in path[:-1]:
        part = part[name]
    del part[path[-1]]
    return json.dumps(said)


def nonsense(right):
    """What no authenticator says, and what one says with a part left out or exchanged."""
    yield from ["", "x", "[]", "{}", "null", "1", "1" * 5_000, "[" * 50_000, '{"response": null}']
    yield from [without(right, "rawId"), without(right, "response"), without(right, "response", "clientDataJSON")]  # fmt: skip
    yield json.dumps({**right, "clientExtensionResults": "x"})
    yield json.dumps({**right, "rawId": "A"})
    for name in right["response"]:
        yield json.dumps({**right, "response": {**right["response"], name: "e30"}})
        yield json.dumps({**right, "response": {**right["response"], name: 7}})


def test_nonsense_at_the_sign_in_is_refused_and_nothing_fails(passkey):
    client = Client()
    for said in nonsense(passkey.shown(asked(client, SIGN_IN))):
        asked(client, SIGN_IN)
        assert client.post(SIGN_IN, {"credential": said}, secure=True).status_code == 302, said[:80]
        assert who(client) == ""


def test_nor_does_anything_fail_further_in(passkey, reader_user):
    client = signed_in(reader_user)
    for said in list(nonsense(passkey.shown(asked(client, CODES))))[:8]:
        assert client.post(CODES, {"credential": said}, secure=True).status_code == 200
    send(client, CODES, passkey.shown(asked(client, CODES)))
    for said in nonsense(Passkey().made(asked(client, ADD))):
        response = client.post(ADD, {"credential": said, "name": "x"}, secure=True)
        assert response.status_code == 200, said[:80]
    assert Authenticator.objects.filter(type="webauthn").count() == 1
