"""Mails that are sent after a commit: whatever the mail server does, what is stored stays, and nobody waits for it long."""

import socket
import time

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from readerstudy.accounts.mail import send_on_commit
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
