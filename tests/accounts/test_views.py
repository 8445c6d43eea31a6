import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from readerstudy.accounts.models import User
from readerstudy.accounts.services import create_user, invite_person
from readerstudy.accounts.throttle import ATTEMPTS, PASSWORDS_FROM, WRONG_LINKS
from readerstudy.core.clock import now as current_time
from readerstudy.core.models import AuditEvent

PASSWORD = "correct horse battery"
GOOD = "a sentence that is long enough"
SENTENCE = "This mail address and password do not belong together."


@pytest.fixture(autouse=True)
def _no_failures_of_other_tests():
    cache.clear()


def sign_in(client, email, password=PASSWORD, **fields):
    return client.post(
        reverse("accounts:sign-in"), {"username": email, "password": password, **fields}
    )


@pytest.fixture
def token(coordinator):
    _user, token = invite_person(
        actor=coordinator, email="nora@example.org", name="Nora", language="de", now=current_time()
    )
    return token


def accept(client, token, first=GOOD, second=GOOD):
    address = reverse("accounts:accept", args=[token])
    return client.post(address, {"password": first, "repeated": second})


@pytest.mark.parametrize("email", ["reader@example.org", "READER@Example.org"])
def test_people_sign_in_with_their_address_in_any_case(client, reader_user, email):
    response = sign_in(client, email)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(reader_user.pk)
    assert AuditEvent.objects.filter(verb="account.signed_in", actor=reader_user).count() == 1


def test_one_sentence_answers_every_wrong_sign_in(client, reader_user, now):
    create_user(actor=None, email="open@example.org", name="O", role="reader", now=now)
    User.objects.create(email="gone@example.org", name="G", is_active=False)
    gone = User.objects.get(email="gone@example.org")
    gone.set_password(PASSWORD)
    gone.save()
    tries = [
        ("reader@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("open@example.org", PASSWORD),
        ("gone@example.org", PASSWORD),
    ]
    pages = []
    for email, password in tries:
        response = sign_in(client, email, password)
        assert response.status_code == 400
        assert SENTENCE in response.content.decode()
        pages.append(response.content.decode().count("errorlist"))
    assert len(set(pages)) == 1
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_costs_a_hash_as_a_known_one_does(client, reader_user, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: hashed.append(password) or encode(self, password, salt),
    )
    counts = []
    for email in ("reader@example.org", "nobody@example.org"):
        hashed.clear()
        sign_in(client, email, "wrong")
        counts.append(len(hashed))
    assert counts == [1, 1]


def test_too_many_wrong_passwords_stop_the_right_one_too_for_known_and_unknown(client, reader_user):
    for email in ("reader@example.org", "nobody@example.org"):
        for _ in range(ATTEMPTS):
            assert SENTENCE in sign_in(client, email, "wrong").content.decode()
        page = sign_in(client, email.upper()).content.decode()
        assert "Too many wrong passwords" in page
    assert "_auth_user_id" not in client.session


def test_the_right_password_forgets_the_wrong_ones(client, reader_user):
    for _ in range(3):
        for _ in range(ATTEMPTS - 1):
            sign_in(client, reader_user.email, "wrong")
        assert sign_in(client, reader_user.email).status_code == 302


def test_signing_in_brings_the_persons_language(client, reader_user):
    User.objects.update(language="de")
    response = sign_in(client, reader_user.email)
    assert response.cookies["django_language"].value == "de"
    assert client.get(reverse("accounts:settings")).headers["Content-Language"] == "de"


def test_signing_in_leads_to_the_page_that_was_asked_for_but_never_to_another_site(
    client, reader_user
):
    there = reverse("accounts:settings")
    assert sign_in(client, reader_user.email, next=there).url == there
    client.logout()
    assert "evil" not in sign_in(client, reader_user.email, next="https://evil.example/").url


def test_signing_out_needs_a_post(client, reader_user):
    client.force_login(reader_user)
    assert client.get(reverse("accounts:sign-out")).status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post(reverse("accounts:sign-out")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_an_invited_person_chooses_a_password_and_is_in(client, token):
    page = client.get(reverse("accounts:accept", args=[token]))
    assert "Nora" in page.content.decode()
    [first] = re.findall(r"<input[^>]* autofocus[^>]*>", page.content.decode())
    assert 'name="password"' in first
    assert "no-store" in page.headers["Cache-Control"]

    response = accept(client, token)
    assert response.status_code == 302
    assert response.cookies["django_language"].value == "de"
    nora = User.objects.get(email="nora@example.org")
    assert client.session["_auth_user_id"] == str(nora.pk)
    assert nora.check_password(GOOD)


@pytest.mark.parametrize(
    ("passwords", "field", "message"),
    [
        (("short", "short"), "password", "too short"),
        (("wnthkqzrvbx", "wnthkqzrvbx"), "password", "at least 12 characters"),
        (("q1w2e3r4t5y6", "q1w2e3r4t5y6"), "password", "too common"),
        (("nora@example.org", "nora@example.org"), "password", "too similar"),
        ((GOOD, GOOD + "x"), "repeated", "differ"),
        (("", ""), "password", "required"),
    ],
)
def test_a_password_that_will_not_do_is_told_at_its_field(client, token, passwords, field, message):
    response = accept(client, token, *passwords)
    page = response.content.decode()
    assert response.status_code == 400
    assert message in " ".join(response.context["form"].errors[field])
    assert f'id="id_{field}_error"' in page
    assert 'aria-invalid="true"' in page
    assert not User.objects.get(email="nora@example.org").has_usable_password()


def test_a_link_that_is_used_expired_or_unknown_is_explained(client, coordinator, token):
    accept(client, token)
    client.logout()
    used = client.get(reverse("accounts:accept", args=[token]))
    assert (used.status_code, "already been used" in used.content.decode()) == (409, True)

    _user, old = invite_person(
        actor=coordinator,
        email="old@example.org",
        name="Old",
        now=current_time() - timedelta(hours=73),
    )
    expired = accept(client, old)
    assert (expired.status_code, "expired" in expired.content.decode()) == (409, True)

    unknown = client.get(reverse("accounts:accept", args=["x" * 40]))
    assert (unknown.status_code, "no such invitation" in unknown.content.decode()) == (404, True)


def test_settings_are_saved_and_the_language_follows(client, reader_user):
    client.force_login(reader_user)
    response = client.post(reverse("accounts:settings"), {"name": "Rhea R.", "language": "de"})
    assert response.status_code == 302
    assert response.cookies["django_language"].value == "de"
    reader_user.refresh_from_db()
    assert (reader_user.name, reader_user.language) == ("Rhea R.", "de")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "", "language": "en"}, "name"),
        ({"name": "R", "language": "fr"}, "language"),
        ({"name": "\x00", "language": "en"}, "name"),
    ],
)
def test_settings_that_cannot_be_are_told_at_their_field(client, reader_user, given, field):
    client.force_login(reader_user)
    response = client.post(reverse("accounts:settings"), given)
    assert response.status_code == 400
    assert field in response.context["form"].errors
    reader_user.refresh_from_db()
    assert reader_user.name == "Rhea Reader"


def test_a_new_password_keeps_this_session_and_ends_the_others(client, reader_user):
    from django.test import Client

    elsewhere = Client()
    for one in (client, elsewhere):
        one.force_login(reader_user)
    given = {"old_password": PASSWORD, "new_password": GOOD, "repeated": GOOD}
    assert client.post(reverse("accounts:password"), given).status_code == 302
    assert client.get(reverse("accounts:settings")).status_code == 200
    assert elsewhere.get(reverse("accounts:settings")).status_code == 302


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"old_password": "wrong"}, "old_password"),
        ({"new_password": "short", "repeated": "short"}, "new_password"),
        ({"repeated": "other"}, "repeated"),
    ],
)
def test_a_password_change_that_will_not_do_is_told_at_its_field(client, reader_user, given, field):
    client.force_login(reader_user)
    good = {"old_password": PASSWORD, "new_password": GOOD, "repeated": GOOD}
    response = client.post(reverse("accounts:password"), {**good, **given})
    assert response.status_code == 400
    assert field in response.context["form"].errors


@pytest.mark.parametrize("name", ["settings", "password"])
def test_strangers_are_sent_to_the_sign_in(client, db, name):
    response = client.get(reverse(f"accounts:{name}"))
    assert response.status_code == 302
    assert reverse("accounts:sign-in") in response.url


def test_pages_take_few_queries(client, reader_user, django_assert_max_num_queries):
    with django_assert_max_num_queries(0):
        assert client.get(reverse("accounts:sign-in")).status_code == 200
    client.force_login(reader_user)
    with django_assert_max_num_queries(3):
        assert client.get(reverse("accounts:settings")).status_code == 200


HERE = "/account/session/"


def sign_in_here(client, email, password=PASSWORD):
    return client.post(HERE, {"username": email, "password": password})


def test_the_session_says_who_is_signed_in_and_nothing_else(client, reader_user):
    nobody = client.get(HERE)
    assert (nobody.status_code, nobody.json()) == (401, {"user": ""})
    assert "csrftoken" in nobody.cookies
    client.force_login(reader_user)
    assert client.get(HERE).json() == {"user": reader_user.public_id}


def test_signing_in_without_leaving_the_page_is_audited_as_on_the_page(client, reader_user):
    response = sign_in_here(client, reader_user.email)
    assert (response.status_code, response.json()) == (200, {"user": reader_user.public_id})
    assert client.session["_auth_user_id"] == str(reader_user.pk)
    assert AuditEvent.objects.filter(verb="account.signed_in", actor=reader_user).count() == 1


def test_signing_in_without_leaving_the_page_is_throttled_as_the_page_is(client, reader_user):
    for _ in range(ATTEMPTS):
        response = sign_in_here(client, reader_user.email, "wrong")
        assert (response.status_code, response.json()["message"]) == (400, SENTENCE)
    assert "Too many" in sign_in_here(client, reader_user.email).json()["message"]
    assert sign_in(client, reader_user.email).status_code == 400
    assert "_auth_user_id" not in client.session


def test_signing_in_without_leaving_the_page_needs_the_token(reader_user):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in_here(strict, reader_user.email).status_code == 403
    token = strict.get(HERE).cookies["csrftoken"].value
    fields = {"username": reader_user.email, "password": PASSWORD}
    assert strict.post(HERE, fields, headers={"X-CSRFToken": token}).status_code == 200


def test_one_address_that_tries_many_accounts_is_shut_out_and_others_are_not(client, reader_user):
    for number in range(PASSWORDS_FROM.attempts):
        sign_in(client, f"n{number}@example.org", "x")
    assert "Too many wrong passwords" in sign_in(client, reader_user.email).content.decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, reader_user.email).status_code == 302


def test_links_of_invitations_that_are_guessed_shut_out_their_address(client, token):
    wrong = reverse("accounts:accept", args=["x" * 40])
    for _ in range(WRONG_LINKS.attempts):
        assert client.get(wrong).status_code == 404
    right = reverse("accounts:accept", args=[token])
    refused = client.get(right)
    assert refused.status_code == 429
    assert "Please open yours again in five minutes" in refused.content.decode()
    assert client.get(right, REMOTE_ADDR="192.0.2.7").status_code == 200
