"""A passkey from set-up to sign-in, with the authenticator that Chromium pretends to have."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from readerstudy.accounts.models import User
from readerstudy.core.models import AuditEvent
from tests.axe import assert_accessible
from tests.conftest import make_user, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_passkey_is_made_confirms_and_signs_in(page, live_server):
    cache.clear()
    user = make_user("reader", "rhea@example.org", "Rhea Reader")
    refused = []
    page.on(
        "console", lambda one: refused.append(one.text) if "Content Security" in one.text else None
    )
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    url = live_server.url.replace("127.0.0.1", "localhost")

    sign_in(page, url, user)
    page.goto(f"{url}/account/second-factor/")
    assert_accessible(page)
    page.get_by_role("link", name="Add a passkey").click()
    assert_accessible(page)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert page.locator("li code").count() == 10
    assert_accessible(page)

    # Beside the password, as the second factor.
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/sign-in/")
    sign_in(page, url, user)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    # In place of the password.
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/sign-in/")
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert page.url.startswith(f"{url}/reading/")
    hows = [one.data["how"] for one in AuditEvent.objects.filter(verb="account.signed_in").order_by("sequence")]  # fmt: skip
    assert hows == [["password"], ["password", "webauthn"], ["webauthn"]]
    assert refused == []
    assert User.objects.get().last_login is not None
