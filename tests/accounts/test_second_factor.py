"""The second factor: set up, asked for, required, confirmed with, lost."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from readerstudy.accounts.api_tokens import make_api_token
from readerstudy.core.clock import now as current_time
from readerstudy.core.models import AuditEvent
from readerstudy.studies.services import close_study
from tests.accounts.factors import code_of, give_app
from tests.conftest import PASSWORD
from tests.reading.factories import open_study

CODE_PAGE, INDEX = "/account/second-factor/code/", "/account/second-factor/"
HERE = "/account/session/"


@pytest.fixture(autouse=True)
def _no_failures_of_other_tests():
    cache.clear()


def sign_in(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"username": user.email, "password": password})


def verbs():
    return list(AuditEvent.objects.order_by("sequence").values_list("verb", flat=True))


def test_an_app_is_set_up_with_its_code_and_brings_recovery_codes(client, coordinator, django_capture_on_commit_callbacks):  # fmt: skip
    sign_in(client, coordinator)
    page = client.get("/account/second-factor/app/").content.decode()
    [key] = re.findall(r"<code>([A-Z2-7]{32})</code>", page)
    # Drawn in the page: the policy of contents lets no image out of a data: address through.
    assert re.search(r'<svg[^>]* class="qr"', page)
    assert "data:image" not in page
    wrong = client.post("/account/second-factor/app/", {"code": "000000"})
    assert "This code is not right" in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/account/second-factor/app/", {"code": code_of(key)})
    assert done.headers["Location"] == "/account/second-factor/codes/"
    codes = re.findall(r"<code>(\d+)</code>", client.get(done.headers["Location"]).content.decode())
    assert len(set(codes)) == 10
    assert "cannot be shown again" in client.get(done.headers["Location"]).content.decode()
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert key not in stored
    assert verbs()[1:] == ["account.factor_added", "account.factor_added"]

    other = Client()
    assert sign_in(other, coordinator).headers["Location"] == CODE_PAGE
    assert other.post(CODE_PAGE, {"code": codes[0]}).status_code == 302
    assert "_auth_user_id" in other.session
    assert "9 are left." in other.get(INDEX).content.decode()
    third = Client()
    sign_in(third, coordinator)
    assert third.post(CODE_PAGE, {"code": codes[0]}).status_code == 200
    assert "_auth_user_id" not in third.session


def test_the_password_alone_opens_nothing(client, coordinator):
    give_app(coordinator)
    assert sign_in(client, coordinator).headers["Location"] == CODE_PAGE
    assert "_auth_user_id" not in client.session
    assert client.get("/studies/").status_code == 302
    assert client.get(HERE).status_code == 401
    assert "account.signed_in" not in verbs()
    page = client.get(CODE_PAGE).content.decode()
    assert "authenticator app" in page
    assert client.post(CODE_PAGE, {"code": code_of()}).status_code == 302
    assert client.get(HERE).status_code == 200
    event = AuditEvent.objects.get(verb="account.signed_in")
    assert event.data == {"how": ["password", "totp"]}


def test_a_code_is_taken_once(client, coordinator):
    give_app(coordinator)
    code = code_of()
    sign_in(client, coordinator)
    assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    again = Client()
    sign_in(again, coordinator)
    assert "used already" in again.post(CODE_PAGE, {"code": code}).content.decode()


@pytest.mark.parametrize("steps", [-10, 10])
def test_an_old_and_a_future_code_are_not_taken(client, coordinator, steps):
    give_app(coordinator)
    sign_in(client, coordinator)
    given = {"code": code_of(at=time.time() + 30 * steps)}
    assert client.post(CODE_PAGE, given).status_code == 200
    assert "_auth_user_id" not in client.session


def test_codes_are_not_guessed(client, coordinator):
    give_app(coordinator)
    sign_in(client, coordinator)
    for _ in range(10):
        client.post(CODE_PAGE, {"code": "123"})
    page = client.post(CODE_PAGE, {"code": code_of()}).content.decode()
    assert "Too many wrong codes" in page
    assert "_auth_user_id" not in client.session


def test_the_code_page_without_a_password_leads_to_the_sign_in(client, db):
    assert client.get(CODE_PAGE).headers["Location"] == reverse("account_login")


def test_over_the_case_the_code_is_asked_for_too(client, reader_user):
    give_app(reader_user)
    first = client.post(HERE, {"username": reader_user.email, "password": PASSWORD})
    assert (first.status_code, first.json()["needs"], first.json()["user"]) == (202, "code", "")
    wrong = client.post(HERE, {"code": "1"})
    assert (wrong.status_code, "not right" in wrong.json()["message"]) == (400, True)
    right = client.post(HERE, {"code": code_of()})
    assert (right.status_code, right.json()["user"]) == (200, reader_user.public_id)
    assert client.get(HERE).json()["user"] == reader_user.public_id
    assert Client().post(HERE, {"code": code_of()}).status_code == 400


# --- Required ---------------------------------------------------------------------------------------------


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_ROLES = ["coordinator", "admin"]


@pytest.mark.parametrize("role", ["admin", "coordinator"])
def test_who_must_have_one_gets_nowhere_without(client, request, required, role):
    from tests.crawl import addresses

    client.force_login(request.getfixturevalue(role))
    closed = [one for one in addresses() if not one.startswith(("/account/", "/i18n/"))]
    assert len(closed) > 40
    for address in closed:
        response = client.get(address)
        if address.startswith("/api/"):
            assert (response.status_code, response.json()["code"]) == (403, "second_factor_required"), address  # fmt: skip
        else:
            assert response.headers["Location"] == INDEX, address
    for name in ("settings", "password", "tokens", "sessions"):
        assert client.get(reverse(f"accounts:{name}")).headers["Location"] == INDEX
    assert "Your role needs a second factor" in client.get(INDEX).content.decode()
    assert client.post(reverse("accounts:sign-out")).status_code == 302


def test_with_a_factor_everything_is_open_and_asked_once(client, coordinator, required, django_assert_max_num_queries):  # fmt: skip
    give_app(coordinator)
    client.force_login(coordinator)
    assert client.get("/studies/").status_code == 200
    with django_assert_max_num_queries(2):
        client.get(reverse("accounts:settings"))


def test_readers_need_none(client, reader_user, required):
    client.force_login(reader_user)
    assert client.get("/reading/").status_code == 200


def test_a_token_of_somebody_without_is_refused(client, coordinator, settings):
    _token, secret = make_api_token(actor=coordinator, name="x", scopes=["studies:read"], days=1, now=current_time())  # fmt: skip
    listed, headers = reverse("api:study-list"), {"Authorization": f"Bearer {secret}"}
    assert client.get(listed, headers=headers).status_code == 200
    settings.SECOND_FACTOR_ROLES = ["coordinator"]
    response = client.get(listed, headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "second_factor_required")
    give_app(coordinator)
    assert client.get(listed, headers=headers).status_code == 200


def test_the_last_factor_stays_where_one_is_required(client, coordinator, required):
    app = give_app(coordinator)
    sign_in(client, coordinator)
    client.post(CODE_PAGE, {"code": code_of()})
    remove = "/account/second-factor/app/remove/"
    assert "Set up another one" in client.get(remove).content.decode()
    client.post(remove)
    assert Authenticator.objects.filter(pk=app.pk).exists()
    coordinator.role = "reader"
    coordinator.save()
    assert client.post(remove).headers["Location"] == INDEX
    assert not Authenticator.objects.exists()


def test_changes_ask_again_when_the_sign_in_is_long_ago(client, coordinator):
    client.force_login(coordinator)  # without a record of how
    asked = client.get("/account/second-factor/app/")
    assert asked.headers["Location"].startswith("/account/confirm/")
    wrong = client.post(asked.headers["Location"], {"password": "wrong"})
    assert "This is not your password." in wrong.content.decode()
    right = client.post(asked.headers["Location"], {"password": PASSWORD})
    assert right.headers["Location"] == "/account/second-factor/app/"
    assert client.get(right.headers["Location"]).status_code == 200


# --- Confirmation -----------------------------------------------------------------------------------------


@pytest.fixture
def closed(admin, coordinator, now):
    study = open_study(
        admin=admin, coordinator=coordinator, now=now, cases=2, emails=("r@example.org",)
    )
    return close_study(actor=coordinator, study=study, now=now)


@pytest.mark.parametrize("password", [True, False])
def test_a_code_confirms_in_place_of_the_password(client, coordinator, closed, password):
    give_app(coordinator)
    if not password:
        coordinator.set_unusable_password()
        coordinator.save()
    client.force_login(coordinator)
    page = reverse("studies:transition", args=[closed.slug])
    text = client.get(page).content.decode()
    assert ('name="password"' in text) == password
    wrong = client.post(page, {"to": "unblinded", "reason": "Done.", "code": "000000"})
    assert "code" in wrong.context["form"].errors
    right = client.post(page, {"to": "unblinded", "reason": "Done.", "code": code_of()})
    assert right.status_code == 302
    closed.refresh_from_db()
    assert closed.state == "unblinded"


def test_without_anything_of_ones_own_a_recent_sign_in_is_needed(client, coordinator, closed):
    coordinator.set_unusable_password()
    coordinator.save()
    client.force_login(coordinator)
    response = client.post(
        reverse("studies:transition", args=[closed.slug]), {"to": "unblinded", "reason": "Done."}
    )
    assert response.status_code == 400
    assert "confirm first" in response.content.decode()


# --- Lost -------------------------------------------------------------------------------------------------


def test_the_operator_lets_somebody_in_again(client, coordinator, capsys):
    give_app(coordinator)
    sign_in(client, coordinator)
    client.post(CODE_PAGE, {"code": code_of()})
    call_command("reset_second_factor", coordinator.email.upper(), "--reason", "Lost her telephone")
    assert "with the password alone" in capsys.readouterr().out
    assert not Authenticator.objects.exists()
    assert client.get(HERE).status_code == 401
    event = AuditEvent.objects.get(verb="account.factors_reset")
    assert (event.actor, event.data["reason"]) == (None, "Lost her telephone")
    assert sign_in(Client(), coordinator).headers["Location"] != CODE_PAGE


@pytest.mark.parametrize(("email", "reason", "words"), [("x@y.z", "Lost", "no account"), ("coordinator@example.org", " ", "Say why")])  # fmt: skip
def test_a_reset_that_cannot_be_says_why(coordinator, email, reason, words):
    give_app(coordinator)
    with pytest.raises(CommandError, match=words):
        call_command("reset_second_factor", email, "--reason", reason)
    assert Authenticator.objects.exists()
