"""Every page that leads on to where one came from leads to pages of this site and to no others."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import reverse

from tests.accounts.factors import code_of, give_app
from tests.conftest import PASSWORD

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "http:evil.example/",
    "https:///evil.example/",
    "/\t/evil.example/",
    " //evil.example/",
    "javascript:alert(1)//evil",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://evil.example\\@testserver/",
]
CONFIRM, AGAIN = "/account/confirm/", "/account/again/"


def led_to(response):
    """Where an answer leads, as a browser understands it."""
    assert response.status_code in {200, 302, 303}, response.status_code
    return response.headers.get("Location", "/")


def given(user):
    return {"username": user.email, "password": PASSWORD}


def sign_in(user, to):
    return Client().post(reverse("accounts:sign-in"), {**given(user), "next": to})


def sign_in_by_address(user, to):
    return Client().post(f"{reverse('accounts:sign-in')}?next={quoted(to)}", given(user))


def sign_in_while_signed_in(user, to):
    client = Client()
    client.force_login(user)
    return client.get(reverse("accounts:sign-in"), {"next": to})


def sign_in_with_a_code(user, to):
    give_app(user)
    client = Client()
    client.post(reverse("accounts:sign-in"), {**given(user), "next": to})
    return client.post("/account/second-factor/code/", {"code": code_of(), "next": to})


def sign_out(user, to):
    client = Client()
    client.force_login(user)
    return client.post(reverse("accounts:sign-out"), {"next": to})


def confirm(user, to):
    client = Client()
    client.force_login(user)
    return client.post(CONFIRM, {"password": PASSWORD, "next": to})


def change_the_language(user, to):
    return Client().post(reverse("set_language"), {"language": "de", "next": to})


def change_the_language_from_there(user, to):
    page = reverse("set_language")
    return Client().post(page, {"language": "de"}, headers={"referer": to.strip()})


def remove_an_app(user, to):
    give_app(user)
    client = Client()
    client.post(reverse("accounts:sign-in"), given(user))
    client.post("/account/second-factor/code/", {"code": code_of()})
    return client.post("/account/second-factor/app/remove/", {"next": to})


def quoted(to):
    from urllib.parse import quote

    return quote(to)


WAYS = [
    sign_in, sign_in_by_address, sign_in_while_signed_in, sign_in_with_a_code, sign_out, confirm, change_the_language,
    change_the_language_from_there, remove_an_app,
]  # fmt: skip


@pytest.mark.parametrize("to", ELSEWHERE)
@pytest.mark.parametrize("way", WAYS)
def test_nobody_is_led_to_another_site(reader_user, way, to):
    address = led_to(way(reader_user, to))
    assert address.startswith("/"), address
    assert address[1:2] not in {"/", "\\"}, address
    assert "evil" not in address.partition("?")[0]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_the_page_of_the_hospitals_hands_nothing_on_that_leads_away(reader_user, to):
    """What it hands on is checked where it is used, when the sign-in begins."""
    client = Client()
    client.force_login(reader_user)
    page = client.get(AGAIN, {"next": to}).content.decode()
    assert 'href="javascript' not in page
    assert 'href="//' not in page


def test_confirming_leads_back_to_the_page_that_asked(reader_user):
    client = Client()
    client.post(reverse("accounts:sign-in"), given(reader_user))
    session = client.session
    for one in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        one["at"] = time.time() - 3600
    session.save()
    asked = client.post("/account/second-factor/app/", {"code": "1"}).headers["Location"]
    assert asked.startswith(CONFIRM)
    # What was sent before is not taken up by a way on to another page.
    answer = client.post(CONFIRM, {"password": PASSWORD, "next": reverse("accounts:settings")})
    assert answer.headers["Location"] == reverse("accounts:settings")
