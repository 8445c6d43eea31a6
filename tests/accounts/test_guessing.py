"""What counts against guessing: one spelling of an address, one network, one count of passwords, until its time is over."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from readerstudy.accounts import recording
from readerstudy.accounts.addresses import counted_address
from readerstudy.accounts.models import User
from readerstudy.accounts.reauthentication import Confirmation, check_confirmation
from readerstudy.accounts.services import change_password, create_user
from readerstudy.accounts.throttle import (
    ATTEMPTS,
    CODES,
    CODES_OF_A_DAY,
    PASSWORDS,
    PASSWORDS_FROM,
    PASSWORDS_OF_A_DAY,
    Limit,
)
from readerstudy.core import background
from readerstudy.core.background import DEATHS_WITHIN
from readerstudy.core.errors import InvalidInput
from readerstudy.core.models import AuditEvent
from tests.accounts.factors import code_of, give_app
from tests.conftest import PASSWORD

# Each is another one in capitals, for Django's check of addresses and for PostgreSQL where case does not count.
ALIKE = ["adm\u0131n@example.org", "di\u017fk@example.org", "a\u017f@example.org"]


def sign_in(client, email, password=PASSWORD, **extra):
    given = {"username": email, "password": password}
    return client.post(reverse("accounts:sign-in"), given, **extra)


# --- Addresses of mail ------------------------------------------------------------------------------------


def test_an_account_is_looked_up_as_it_is_stored_and_by_no_other_spelling(admin):
    with CaptureQueriesContext(connection) as queries:
        assert User.objects.get_by_natural_key(" ADMIN@Example.org ") == admin
        with pytest.raises(User.DoesNotExist):
            User.objects.get_by_natural_key(ALIKE[0])
    conditions = [one["sql"].partition("WHERE")[2].upper() for one in queries]
    assert not [one for one in conditions if "LIKE" in one or "UPPER" in one]


@pytest.mark.parametrize("email", [*ALIKE, "ännchen@example.org"])
def test_no_account_gets_an_address_that_looks_like_another(db, now, email, monkeypatch):
    with pytest.raises(InvalidInput, match="letters without accents") as refusal:
        create_user(actor=None, email=email, name="A", role="reader", now=now)
    assert refusal.value.problems[0].field == "email"
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises((InvalidInput, CommandError)):
        call_command("createsuperuser", "--noinput", "--email", email, "--name", "A", verbosity=0)
    assert not User.objects.exists()


# --- Addresses of computers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_an_address_is_counted_with_its_network(address, counted):
    assert counted_address(RequestFactory().get("/", REMOTE_ADDR=address)) == counted


def test_another_address_of_the_same_network_has_no_limit_of_its_own(client, reader_user):
    for number in range(PASSWORDS_FROM.attempts):
        sign_in(client, f"{number}@example.org", "wrong", REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
    refused = sign_in(client, reader_user.email, REMOTE_ADDR="2001:db8:1:2::77")
    assert "Too many wrong passwords" in refused.content.decode()
    assert sign_in(client, reader_user.email, REMOTE_ADDR="2001:db8:1:9::77").status_code == 302


# --- Passwords of people who are signed in ----------------------------------------------------------------

GOOD = "a sentence that is long enough"


def change(client, password):
    given = {"old_password": password, "new_password": GOOD, "repeated": GOOD}
    return client.post(reverse("accounts:password"), given)


def confirm(client, password):
    return client.post("/account/confirm/", {"password": password})


@pytest.mark.parametrize("ask", [change, confirm])
def test_a_session_left_open_is_no_place_to_guess_the_password(client, reader_user, ask):
    client.force_login(reader_user)
    for _ in range(ATTEMPTS):
        assert "This is not your password." in ask(client, "wrong").content.decode()
    assert "Too many wrong passwords" in ask(client, PASSWORD).content.decode()
    assert "Too many wrong passwords" in sign_in(Client(), reader_user.email).content.decode()
    reader_user.refresh_from_db()
    assert reader_user.check_password(PASSWORD)


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_wrong_passwords_of_a_day_are_counted_wherever_one_is_asked_for(
    reader_user, now, is_confirmed
):
    def give(password):
        if is_confirmed:
            check_confirmation(actor=reader_user, given=Confirmation(password=password), now=now)
        else:
            change_password(actor=reader_user, old_password=password, new_password=GOOD, now=now)

    for _ in range(PASSWORDS_OF_A_DAY.attempts):
        PASSWORDS.forget(reader_user.email)
        with pytest.raises(InvalidInput, match="not your password"):
            give("wrong")
    PASSWORDS.forget(reader_user.email)
    # Not that five minutes will do: they would not.
    with pytest.raises(InvalidInput, match=r"in one day.* tomorrow"):
        give(PASSWORD)


def test_the_sign_in_says_what_helps_after_too_many_wrong_passwords_of_a_day(client, reader_user):
    for _ in range(ATTEMPTS):
        sign_in(client, reader_user.email, "wrong")
    assert "try again in five minutes" in sign_in(client, reader_user.email).content.decode()
    for _ in range(PASSWORDS_OF_A_DAY.attempts):
        PASSWORDS_OF_A_DAY.count(reader_user.email)
    refused = sign_in(client, reader_user.email).content.decode()
    assert "try again tomorrow" in refused
    assert "five minutes" not in refused


def test_the_right_password_forgets_the_wrong_ones(client, reader_user):
    client.force_login(reader_user)
    for _ in range(ATTEMPTS - 1):
        change(client, "wrong")
    assert change(client, PASSWORD).status_code == 302
    assert not PASSWORDS.is_reached(reader_user.email)
    assert PASSWORDS.count(reader_user.email) == 1


# --- How long it counts -----------------------------------------------------------------------------------

FILES = "django.core.cache.backends.filebased.FileBasedCache"
MEMORY = "django.core.cache.backends.locmem.LocMemCache"


@pytest.fixture(params=[FILES, MEMORY])
def later(request, settings, tmp_path, monkeypatch):
    """Moves the clock of the cache on by so many seconds, of the embedded installation's and of another one."""
    place = {"BACKEND": request.param, "LOCATION": str(tmp_path / "cache")}
    settings.CACHES = {"default": place}
    clock, moved = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: clock() + moved[0])

    def move(seconds):
        moved[0] = seconds

    return move


def test_a_limit_counts_from_the_first_try_until_its_time_is_over(later):
    limit = Limit("some", 3, 3600)
    assert [limit.count("a") for _ in range(2)] == [1, 2]
    later(1800)
    assert not limit.is_reached("a")
    assert limit.count("a") == 3
    later(3590)
    assert limit.is_reached("a")
    assert not limit.is_reached("b")
    assert limit.count("a") == 4
    later(3610)
    assert not limit.is_reached("a")
    assert limit.count("a") == 1


def test_what_is_forgotten_begins_anew(later):
    limit = Limit("some", 2, 3600)
    assert [limit.count("a") for _ in range(2)] == [1, 2]
    limit.forget("a")
    assert not limit.is_reached("a")
    later(600)
    assert limit.count("a") == 1


def test_the_trail_is_not_filled_again_after_five_minutes(later, db, now, monkeypatch):
    monkeypatch.setattr(recording, "MOST_OF_AN_ADDRESS", 2)
    for seconds in (0, 1, 400, 800):
        later(seconds)
        recording.record_failed_sign_in(credentials={"email": "x@example.org"}, now=now)
    assert AuditEvent.objects.count() == 2


def test_deaths_of_workers_count_for_their_hour(later):
    key = "begun:x"
    cache.add(key, 1, DEATHS_WITHIN)
    background._change(key, 1)
    later(400)
    assert cache.get(key) == 2


def test_many_who_try_at_once_are_all_counted():
    limit = Limit("some", 1000, 3600)
    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(lambda _: limit.count("a"), range(200)))
    assert sorted(counted) == list(range(1, 201))


def test_wrong_codes_of_a_day_are_counted_for_whoever_confirms(reader_user, now):
    give_app(reader_user)

    def give(code):
        check_confirmation(actor=reader_user, given=Confirmation(code=code), now=now)

    for _ in range(CODES_OF_A_DAY.attempts):
        CODES.forget(reader_user.public_id)
        with pytest.raises(InvalidInput, match="not right"):
            give("000000")
    CODES.forget(reader_user.public_id)
    with pytest.raises(InvalidInput, match="Too many wrong codes"):
        give(code_of())


def test_wrong_codes_of_a_day_are_counted_at_the_door(client, reader_user, later):
    """Ten in five minutes alone would be a million in less than a year, and three of a million are right."""
    give_app(reader_user)
    for number in range(110):
        later(301 * (number // 9))
        if number % 9 == 0:
            sign_in(client, reader_user.email)
        client.post("/account/second-factor/code/", {"code": "123"})
    answer = client.post("/account/second-factor/code/", {"code": code_of()})
    assert "Too many wrong codes" in answer.content.decode()
    later(25 * 3600)
    sign_in(client, reader_user.email)
    client.post("/account/second-factor/code/", {"code": code_of(at=time.time())})
    assert "_auth_user_id" in client.session
