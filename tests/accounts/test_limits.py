"""How long a session lasts: half an hour without a request, twelve hours in any case."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase

from readerstudy.accounts import middleware
from readerstudy.accounts.limits import RESOLUTION, begin, is_over, note_activity

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
HERE = "/account/session/"


@pytest.fixture
def session(now):
    session = SessionBase()
    begin(session, now=now)
    return session


def test_a_session_ends_when_nothing_was_asked_for(session, now):
    almost = now + IDLE + timedelta(seconds=RESOLUTION)
    assert not is_over(session, now=almost)
    assert is_over(session, now=almost + timedelta(seconds=1))


def test_activity_lengthens_a_session_but_never_beyond_the_longest(session, now):
    moment = now
    while moment < now + LONGEST:
        moment += timedelta(minutes=20)
        note_activity(session, now=moment)
        assert is_over(session, now=moment) == (moment > now + LONGEST)
    assert is_over(session, now=now + LONGEST + timedelta(seconds=1))


def test_a_session_is_written_once_a_minute_at_most(session, now):
    session.modified = False
    note_activity(session, now=now + timedelta(seconds=RESOLUTION - 1))
    assert not session.modified
    note_activity(session, now=now + timedelta(seconds=RESOLUTION))
    assert session.modified


def test_a_session_from_before_there_were_limits_counts_from_its_next_request(now):
    session = SessionBase()
    assert not is_over(session, now=now)
    note_activity(session, now=now)
    assert is_over(session, now=now + LONGEST)


def test_who_was_idle_is_signed_out_and_who_was_not_is_not(client, reader_user, monkeypatch):
    client.force_login(reader_user)
    begun = middleware.now()
    for minutes, status in ((25, 200), (50, 200), (82, 401), (83, 401)):
        moment = begun + timedelta(minutes=minutes)
        monkeypatch.setattr(middleware, "now", lambda moment=moment: moment)
        assert client.get(HERE).status_code == status
    assert "_auth_user_id" not in client.session
