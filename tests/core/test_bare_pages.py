"""What Django would answer with a bare page is a page of ours."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.german import DE

ADDRESSES = [
    reverse("intake:confirm", args=["abcdefghjkmnpqrstvwxyz0123"]),
    reverse("intake:pause", args=["abcdefghjkmnpqrstvwxyz0123"]),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_of_a_button_opened_as_a_page_says_so(client, admin, address):
    client.force_login(admin)
    response = client.get(address)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    page = response.content.decode()
    assert "takes what a button sends and is no page" in page
    assert reverse("core:home") in page


def test_a_form_without_its_token_is_refused_on_a_page_of_ours(admin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    response = client.post(ADDRESSES[0])
    page = response.content.decode()
    assert response.status_code == 403
    assert "This form is out of date" in page
    assert "DEBUG" not in page


def test_both_say_so_in_the_language_of_the_page(admin):
    client = Client(enforce_csrf_checks=True, headers=DE)
    client.force_login(admin)
    assert "ist keine Seite" in client.get(ADDRESSES[0]).content.decode()
    assert "Dieses Formular ist veraltet" in client.post(ADDRESSES[0]).content.decode()


def test_the_api_keeps_its_own_answers(client, admin):
    client.force_login(admin)
    response = client.delete("/api/v1/imports/")
    assert response.status_code == 405
    assert response.headers["Content-Type"].startswith("application/json")
