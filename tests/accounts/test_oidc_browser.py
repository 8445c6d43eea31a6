"""Signing in at a hospital in a browser, which holds every redirect after a form against the policy of contents."""

import pytest
from playwright.sync_api import expect

from readerstudy.accounts.models import User
from readerstudy.accounts.oidc import allauth_providers
from tests.accounts.oidc_provider import CLIENT, SECRET, running_provider
from tests.axe import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hospital(settings):
    with running_provider() as provider:
        known = {
            "id": "hospital", "name": "University Hospital A", "server_url": provider.url, "client_id": CLIENT,
            "secret": SECRET, "domains": ["hospital.example"], "creates": True,
        }  # fmt: skip
        settings.OIDC_PROVIDERS = [known]
        settings.SOCIALACCOUNT_PROVIDERS = allauth_providers(settings.OIDC_PROVIDERS)
        yield provider


def test_a_reader_signs_in_at_the_hospital_and_later_confirms_there(page, live_server, hospital):
    refused = []
    page.on("console", lambda one: refused.append(one.text) if "Content Security" in one.text else None)  # fmt: skip
    page.goto(f"{live_server.url}/account/sign-in/")
    page.get_by_role("button", name="Sign in at University Hospital A").click()
    expect(page.get_by_role("heading", name="My reading")).to_be_visible()
    assert User.objects.get().email == "ann@hospital.example"
    page.goto(f"{live_server.url}/account/again/?next=/account/tokens/")
    page.get_by_role("button", name="Sign in at University Hospital A").click()
    expect(page.get_by_role("heading", name="API tokens")).to_be_visible()
    assert refused == []


def test_the_page_that_leads_there_can_be_used_by_everybody(page, live_server, hospital):
    page.route(f"{hospital.url}/authorize**", lambda route: route.abort())
    page.goto(f"{live_server.url}/account/sign-in/")
    # What leads on by itself is taken out, so that the page can be looked at.
    page.route("**/account/hospital/hospital/", _without_refresh)
    page.get_by_role("button", name="Sign in at University Hospital A").click()
    expect(page.get_by_role("link", name="Go there now")).to_be_visible()
    assert_accessible(page)


def _without_refresh(route):
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('http-equiv="refresh"', 'name="was"'))
