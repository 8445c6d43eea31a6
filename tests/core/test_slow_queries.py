"""A slow query is logged with its page and its shape; no value of it ever is."""

import logging

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection, connections
from django.http import HttpResponse
from django.urls import resolve, reverse

from readerstudy.accounts.models import User
from readerstudy.core import slow_queries
from readerstudy.core.slow_queries import SlowQueryMiddleware, fingerprint_of, shape_of

SECRET = "somebody@example.org"


@pytest.fixture
def slow_clock(monkeypatch):
    """Every query takes 0.7 s by this clock."""
    ticks = iter(number * 0.7 for number in range(100))
    monkeypatch.setattr(slow_queries, "perf_counter", lambda: next(ticks))


def asked(rf, view, settings, name="studies:list"):
    """What the middleware does of a request for a page of this name."""
    settings.SLOW_QUERY_MS = 500
    request = rf.get(reverse(name))
    request.resolver_match = resolve(request.path) if name else None
    return SlowQueryMiddleware(view)(request)


def by_mail(_request):
    list(User.objects.filter(email=SECRET, role__in=["reader", "admin"]))
    return HttpResponse()


def test_a_slow_query_is_logged_with_its_page_and_without_values(
    rf, db, settings, slow_clock, caplog
):
    asked(rf, by_mail, settings)
    (record,) = caplog.records
    assert (record.page, record.milliseconds) == ("studies:list", 700)
    assert record.levelno == logging.WARNING
    told = record.getMessage()
    assert told.startswith("A query of the page studies:list took 700 ms (")
    assert 'FROM "accounts_user" WHERE' in told
    assert record.fingerprint in told
    assert SECRET not in told
    assert "reader" not in told


def test_a_query_that_fails_slowly_is_logged_too(rf, db, settings, slow_clock, caplog):
    def failing(_request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM no_such_table WHERE name = 'SECRET'")

    with pytest.raises(Exception, match="no_such"):
        asked(rf, failing, settings)
    assert "SECRET" not in caplog.text
    assert "no_such_table WHERE name = ?" in caplog.text


def test_quick_queries_are_not_logged_and_nothing_is_watched_afterwards(rf, db, settings, caplog):
    asked(rf, by_mail, settings)
    assert caplog.records == []
    assert [one.execute_wrappers for one in connections.all()] == [[]]


def test_the_signed_in_site_runs_with_it(client, coordinator, settings, slow_clock, caplog):
    settings.SLOW_QUERY_MS = 1
    client.force_login(coordinator)
    caplog.clear()
    assert client.get(reverse("studies:list")).status_code == 200
    # The session is asked for before the page is known.
    assert {record.page for record in caplog.records} == {"-", "studies:list"}


def test_it_is_not_there_where_it_is_switched_off(settings):
    settings.SLOW_QUERY_MS = 0
    with pytest.raises(MiddlewareNotUsed):
        SlowQueryMiddleware(by_mail)


@pytest.mark.parametrize(
    ("sql", "shape"),
    [
        ("SELECT  a FROM t\n WHERE b = 'it''s' LIMIT 21", "SELECT a FROM t WHERE b = ? LIMIT ?"),
        ("WHERE a IN (%s, %s, %s) AND b = %s", "WHERE a IN (…) AND b = %s"),
        ("WHERE a IN (1, -2.5)", "WHERE a IN (…)"),
        ('SELECT "t1"."c2" FROM "x_2" AS T3', 'SELECT "t1"."c2" FROM "x_2" AS T3'),
    ],
)
def test_a_shape_has_no_values(sql, shape):
    assert shape_of(sql) == shape


def test_queries_of_the_same_shape_have_the_same_fingerprint():
    first, second = (shape_of(f"SELECT a WHERE b IN ({many})") for many in ("%s, %s", "1, 2, 3"))
    assert fingerprint_of(first) == fingerprint_of(second)
    assert fingerprint_of(first) != fingerprint_of(shape_of("SELECT b"))
