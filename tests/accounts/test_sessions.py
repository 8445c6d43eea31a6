"""Where a person is signed in, and the end of it."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from readerstudy.accounts.password_reset import reset_password
from readerstudy.accounts.second_factor import reset_second_factor
from readerstudy.accounts.sessions import network_of
from readerstudy.core.clock import now as current_time
from readerstudy.core.models import AuditEvent
from readerstudy.privacy.erasing import erase_person
from tests.accounts.factors import code_of, give_app
from tests.conftest import PASSWORD

HERE, LIST = "/account/session/", "/account/sessions/"
CODES = "/account/second-factor/code/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _no_failures_of_other_tests():
    cache.clear()


def signed_in(user, address="203.0.113.77"):
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": FIREFOX})
    given = {"username": user.email, "password": PASSWORD}
    assert client.post(reverse("account_login"), given).status_code == 302
    return client


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48")],
)
def test_of_an_address_its_network_is_stored_and_shown(reader_user, address, network):
    client = signed_in(reader_user, address)
    page = client.get(LIST).content.decode()
    assert network_of(address) == network
    assert network in page
    assert address not in page
    assert UserSession.objects.get().ip == network.partition("/")[0]
    assert "Firefox · Linux" in page
    assert "This one" in page


def test_buttons_that_end_a_session_say_which(reader_user):
    signed_in(reader_user)
    page = signed_in(reader_user).get(LIST).content.decode()
    assert 'End<span class="visually-hidden">: Firefox · Linux, 2' in page


def test_one_session_is_ended_and_the_others_go_on(reader_user):
    here, there, third = (signed_in(reader_user) for _ in range(3))
    key = UserSession.objects.get(session_key=there.session.session_key).pk
    assert here.post(reverse("accounts:session-end", args=[key])).status_code == 302
    assert [one.get(HERE).status_code for one in (here, there, third)] == [200, 401, 200]
    assert AuditEvent.objects.filter(verb="account.sessions_ended").count() == 1


def test_all_others_are_ended_at_once(reader_user):
    here, there, third = (signed_in(reader_user) for _ in range(3))
    assert here.post(reverse("accounts:sessions-end-others")).status_code == 302
    assert [one.get(HERE).status_code for one in (here, there, third)] == [200, 401, 401]
    assert here.get(LIST).content.decode().count("Firefox") == 1


def unlisted(user):
    """Signed in by a way that no list knows of."""
    client = Client()
    client.force_login(user)
    return client


def test_sessions_that_are_on_no_list_are_ended_too_and_nobody_elses(reader_user, coordinator):
    here, there, theirs = signed_in(reader_user), unlisted(reader_user), unlisted(coordinator)
    here.post(reverse("accounts:sessions-end-others"))
    assert [one.get(HERE).status_code for one in (here, there, theirs)] == [200, 401, 200]
    assert AuditEvent.objects.get(verb="account.sessions_ended").data == {"sessions": 1}


def test_a_reset_of_the_factor_ends_sessions_that_are_on_no_list(reader_user, coordinator, now):
    mine, theirs = unlisted(reader_user), unlisted(coordinator)
    reset_second_factor(actor=None, email=reader_user.email, reason="Lost", now=now)
    assert [one.get(HERE).status_code for one in (mine, theirs)] == [401, 200]


@pytest.mark.parametrize("way", ["change", "reset"])
def test_a_new_password_leaves_no_row_of_other_sessions(reader_user, now, way):
    here, _there = signed_in(reader_user), unlisted(reader_user)
    new = "a sentence that is long enough"
    if way == "change":
        given = {"old_password": PASSWORD, "new_password": new, "repeated": new}
        here.post(reverse("accounts:password"), given)
        assert list(keys()) == [here.session.session_key]
    else:
        reader_user.refresh_from_db()
        token = default_token_generator.make_token(reader_user)
        reset_password(public_id=reader_user.public_id, token=token, password=new, now=now)
        assert not keys()


def keys():
    return Session.objects.values_list("session_key", flat=True)


def test_nobody_ends_somebody_elses(reader_user, coordinator):
    theirs, mine = signed_in(coordinator), signed_in(reader_user)
    key = UserSession.objects.get(user=coordinator).pk
    assert mine.post(reverse("accounts:session-end", args=[key])).status_code == 404
    assert theirs.get(HERE).status_code == 200
    assert mine.get(LIST).content.decode().count("Firefox") == 1


def test_a_new_password_ends_all_others_and_this_one_stays_listed(reader_user):
    here, there = signed_in(reader_user), signed_in(reader_user)
    new = "a sentence that is long enough"
    given = {"old_password": PASSWORD, "new_password": new, "repeated": new}
    assert here.post(reverse("accounts:password"), given).status_code == 302
    assert [one.get(HERE).status_code for one in (here, there)] == [200, 401]
    assert here.get(LIST).content.decode().count("Firefox") == 1


# --- Half-finished sign-ins -------------------------------------------------------------------------------

NEW = "a sentence that is long enough"


def halfway(user):
    """Somebody has given the password, and owes the code."""
    client = Client()
    given = {"username": user.email, "password": PASSWORD}
    assert client.post(reverse("account_login"), given).headers["Location"] == CODES
    return client


def end_all(here, user):
    here.post(reverse("accounts:sessions-end-others"))


def choose_a_password(here, user):
    given = {"old_password": PASSWORD, "new_password": NEW, "repeated": NEW}
    here.post(reverse("accounts:password"), given)


def reset_by_mail(_here, user):
    user.refresh_from_db()
    token = default_token_generator.make_token(user)
    reset_password(public_id=user.public_id, token=token, password=NEW, now=current_time())


@pytest.mark.parametrize("end", [end_all, choose_a_password, reset_by_mail])
def test_a_sign_in_that_owes_the_code_ends_with_the_sessions(reader_user, coordinator, end):
    here = signed_in(reader_user)
    give_app(reader_user)
    give_app(coordinator)
    there, theirs = halfway(reader_user), halfway(coordinator)
    assert there.get(CODES).status_code == 200
    end(here, reader_user)
    assert there.post(CODES, {"code": code_of()}).headers["Location"] == reverse("account_login")
    assert there.post(HERE, {"code": code_of()}).json()["again"] is True
    assert there.get(HERE).status_code == 401
    assert theirs.post(CODES, {"code": code_of()}).status_code == 302
    assert theirs.get(HERE).status_code == 200


def test_it_ends_in_a_browser_where_somebody_else_is_signed_in_too(reader_user, coordinator):
    here, there = signed_in(reader_user), signed_in(coordinator)
    give_app(reader_user)
    asked = there.post(HERE, {"username": reader_user.email, "password": PASSWORD})
    assert asked.status_code == 202
    end_all(here, reader_user)
    assert there.post(HERE, {"code": code_of()}).json()["again"] is True
    assert there.get(HERE).status_code == 401


def test_an_erased_person_leaves_no_sign_in_that_owes_a_code(reader_user, admin, now):
    give_app(reader_user)
    halfway(reader_user)
    halfway_of_admin = halfway(give_app(admin).user)
    given = {"typed": reader_user.name, "reason": "request"}
    erase_person(actor=admin, user=reader_user, now=now, **given)
    assert list(keys()) == [halfway_of_admin.session.session_key]
