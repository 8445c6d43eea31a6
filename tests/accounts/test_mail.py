"""Mails that are sent after a commit: whatever the mail server does, what is stored stays, and nobody waits for it long."""

import socket
import time

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from readerstudy.accounts.mail import MOST_FAILURES, mails_together, send_on_commit
from tests.core.production import read_settings


@pytest.fixture
def send(db, django_capture_on_commit_callbacks):
    def do():
        with django_capture_on_commit_callbacks(execute=True):
            send_on_commit(EmailMessage(subject="S", body="B", to=["reader@example.org"]))

    return do


@pytest.fixture
def failing(monkeypatch):
    """A mail server with which this goes wrong."""

    def do(error):
        def fail(*_arguments):
            raise error

        monkeypatch.setattr(EmailBackend, "send_messages", fail)

    return do


def test_a_silent_mail_server_is_waited_for_so_long_and_no_longer(settings, send, caplog):
    # It takes connections, as the kernel does for it, and never says a word.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.2
        begun = time.monotonic()
        send()
    assert time.monotonic() - begun < 5
    assert "A mail was not sent: SMTPServerDisconnected" in caplog.text


def test_the_limit_is_ten_seconds_unless_somebody_sets_another(monkeypatch, tmp_path):
    assert read_settings(monkeypatch, tmp_path)["EMAIL_TIMEOUT"] == 10
    assert read_settings(monkeypatch, tmp_path, EMAIL_TIMEOUT="3")["EMAIL_TIMEOUT"] == 3


def test_a_mail_server_that_fails_undoes_nothing(send, failing, caplog):
    failing(ConnectionRefusedError("reader@example.org"))
    send()
    assert "A mail was not sent: ConnectionRefusedError" in caplog.text
    assert "reader@example.org" not in caplog.text


def test_a_task_that_has_worked_long_enough_ends_at_a_mail_too(send, failing):
    failing(SoftTimeLimitExceeded())
    with pytest.raises(SoftTimeLimitExceeded):
        send()


@pytest.fixture
def send_many(db, django_capture_on_commit_callbacks):
    def do(count):
        with django_capture_on_commit_callbacks(execute=True), mails_together():
            for number in range(count):
                send_on_commit(EmailMessage(subject="S", body="B", to=[f"{number}@example.org"]))

    return do


class Line:
    """A mail server that refuses what it is told to; it counts how often it was opened and closed."""

    def __init__(self, monkeypatch, refuses):
        self.opened, self.closed, self.tried = 0, 0, []
        self._refuses, self._open = refuses, False
        for name in ("open", "close", "send_messages"):
            monkeypatch.setattr(EmailBackend, name, self._as_method(getattr(self, name)))

    @staticmethod
    def _as_method(do):
        return lambda _backend, *arguments: do(*arguments)

    def open(self):
        self.opened += not self._open
        self._open = True

    def close(self):
        self.closed += self._open
        self._open = False

    def send_messages(self, mails):
        self.tried += [one.to[0] for one in mails]
        if self._refuses(mails[0].to[0]):
            raise ConnectionResetError


def test_mails_together_use_one_connection(send_many, monkeypatch):
    line = Line(monkeypatch, refuses=lambda _address: False)
    send_many(30)
    assert (line.opened, line.closed, len(line.tried)) == (1, 1, 30)


def test_a_refused_mail_keeps_no_other_from_going_out(send_many, monkeypatch, caplog):
    line = Line(monkeypatch, refuses=lambda address: int(address.split("@")[0]) % 2)
    send_many(20)
    assert len(line.tried) == 20
    assert line.opened == line.closed
    assert caplog.text.count("A mail was not sent: ConnectionResetError") == 10


def test_a_mail_server_that_is_away_is_not_tried_for_every_mail(send_many, monkeypatch, caplog):
    line = Line(monkeypatch, refuses=lambda _address: True)
    send_many(100)
    assert len(line.tried) == MOST_FAILURES
    assert "95 mails were not tried" in caplog.text


def test_no_mail_goes_out_where_the_change_is_not_kept(db, django_capture_on_commit_callbacks):
    def fail():
        with mails_together():
            send_on_commit(EmailMessage(subject="S", body="B", to=["reader@example.org"]))
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        fail()
    assert mail.outbox == []
