"""A new password by mail, which tells nobody what accounts there are."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse

from readerstudy.accounts import tasks
from readerstudy.accounts.models import User
from readerstudy.accounts.password_reset import NOBODY
from readerstudy.accounts.throttle import RESETS_FROM, RESETS_OF, WRONG_LINKS
from readerstudy.core.models import AuditEvent
from tests.conftest import PASSWORD

GOOD = "a sentence that is long enough"
ASK = "/account/password/reset/"


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    """Asks for the mail, and lets the worker do what it is given."""

    def send(email, **extra):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(ASK, {"email": email}, **extra)

    return send


@pytest.fixture
def link(ask, reader_user, mailoutbox):
    ask(reader_user.email)
    return re.search(r"http://testserver(/\S+)", mailoutbox[-1].body)[1]


def test_on_a_server_the_link_leads_where_the_site_is_and_not_where_the_request_says(ask, reader_user, mailoutbox, settings):  # fmt: skip
    settings.HTTPS, settings.SITE_URL = True, "https://study.example.org/"
    ask(reader_user.email, headers={"host": "testserver:6666"})
    assert "https://study.example.org/account/password/reset/" in mailoutbox[-1].body
    assert "6666" not in mailoutbox[-1].body


def choose(client, link, password=GOOD, repeated=None):
    return client.post(link, {"password": password, "repeated": repeated or password})


def test_the_mail_brings_a_link_that_sets_a_password_once(client, link, reader_user):
    assert client.get(link).status_code == 200
    assert choose(client, link).headers["Location"] == reverse("accounts:sign-in")
    reader_user.refresh_from_db()
    assert reader_user.check_password(GOOD)
    assert "_auth_user_id" not in client.session
    again = choose(client, link, "another long sentence")
    assert (again.status_code, "does not open anything" in again.content.decode()) == (404, True)
    reader_user.refresh_from_db()
    assert reader_user.check_password(GOOD)
    verbs = list(AuditEvent.objects.order_by("sequence").values_list("verb", "actor"))
    assert verbs == [("account.reset_mailed", None), ("account.password_reset", reader_user.pk)]


def test_every_session_ends_with_the_new_password(client, link, reader_user):
    elsewhere = Client()
    elsewhere.force_login(reader_user)
    # Signing in with the old password uses up the link; here it is the session that is looked at.
    User.objects.update(last_login=None)
    assert choose(client, link).status_code == 302
    assert elsewhere.get(reverse("accounts:settings")).status_code == 302


def test_a_link_that_is_opened_where_one_is_signed_in_still_is_told_that_it_worked(
    client, link, reader_user
):
    client.force_login(reader_user)
    User.objects.update(last_login=None)
    page = client.post(link, {"password": GOOD, "repeated": GOOD}, follow=True)
    assert (page.status_code, "Please sign in with it." in page.content.decode()) == (200, True)


def test_the_mail_speaks_the_persons_language(ask, reader_user, mailoutbox):
    User.objects.update(language="de")
    ask(reader_user.email.upper())
    assert mailoutbox[0].to == [reader_user.email]
    assert "Guten Tag" in mailoutbox[0].body


def make_unlike(email, **fields):
    user = User(email=email, name="N", role="reader", **fields)
    user.set_unusable_password()
    user.save()


def test_nobody_learns_which_accounts_there_are(ask, reader_user, mailoutbox, monkeypatch):
    """The same page, the same queries, and one task for every address, known or not."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_unlike("invited@example.org")
    make_unlike("gone@example.org", is_active=False)
    queued = []
    monkeypatch.setattr(
        tasks.mail_reset_task, "delay_on_commit", lambda **given: queued.append(given["user_id"])
    )
    pages, queries = set(), set()
    for email in (
        "reader@example.org", "nobody@example.org", "invited@example.org", "gone@example.org"
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as context:
            response = ask(email)
        pages.add(
            (
                response.status_code,
                re.sub(r'value="[^"]{64}"|nonce="[^"]+"', "", response.content.decode()),
            )
        )
        queries.add(len(context))
    assert len(pages) == 1
    assert len(queries) == 1
    assert queued == [reader_user.pk, NOBODY, NOBODY, NOBODY]
    assert mailoutbox == []


def test_a_queued_task_for_nobody_does_nothing(db, mailoutbox):
    tasks.mail_reset_task(user_id=NOBODY, root="http://testserver/")
    assert mailoutbox == []
    assert not AuditEvent.objects.exists()


def test_few_mails_go_to_one_account_and_the_page_does_not_tell(ask, reader_user, mailoutbox):
    pages = [ask(reader_user.email).status_code for _ in range(RESETS_OF.attempts + 2)]
    assert set(pages) == {200}
    assert len(mailoutbox) == RESETS_OF.attempts


def test_one_address_asks_so_often_and_others_go_on(ask, db):
    for number in range(RESETS_FROM.attempts):
        assert ask(f"nobody{number}@example.org").status_code == 200
    refused = ask("nobody@example.org")
    assert (refused.status_code, "Too many mails" in refused.content.decode()) == (429, True)
    assert ask("nobody@example.org", REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.parametrize("given", ["", "nobody", "a@b@c"])
def test_what_is_no_address_is_told_at_its_field(client, db, given):
    response = client.post(ASK, {"email": given})
    assert response.status_code == 400
    assert "email" in response.context["form"].errors


@pytest.mark.parametrize("password", ["short", PASSWORD[:11], "reader@example.org"])
def test_a_password_that_will_not_do_leaves_the_link_open(client, link, password):
    response = choose(client, link, password)
    assert response.status_code == 400
    assert "password" in response.context["form"].errors
    assert choose(client, link).status_code == 302


def test_a_link_is_good_for_an_hour(client, reader_user, settings, monkeypatch):
    made = default_token_generator._now() - timedelta(seconds=3601)
    monkeypatch.setattr(default_token_generator, "_now", lambda: made)
    token = default_token_generator.make_token(reader_user)
    monkeypatch.undo()
    page = reverse("accounts:reset-choose", args=[reader_user.public_id, token])
    assert client.get(page).status_code == 404


def test_links_that_are_guessed_shut_out_their_address(client, link, reader_user):
    wrong = reverse("accounts:reset-choose", args=[reader_user.public_id, "abc-def"])
    for _ in range(WRONG_LINKS.attempts):
        assert client.get(wrong).status_code == 404
    refused = client.get(link)
    assert refused.status_code == 429
    assert "Please open yours again in five minutes" in refused.content.decode()
    assert client.get(link, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_mail_server_that_fails_tells_nothing(ask, reader_user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert ask(reader_user.email).status_code == 200
