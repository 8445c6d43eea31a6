"""What is away for the moment is told as such, to people and to programs; what is our own fault is not excused."""

import errno

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError as QueueError
from redis._parsers.base import BaseParser
from redis.exceptions import ConnectionError as RedisConnectionError

from readerstudy.core import outages
from readerstudy.core.queue import send
from readerstudy.images import api as images_api
from readerstudy.images import views as images_views

FULL = OSError(errno.ENOSPC, "No space left on device")


def caused(error, cause):
    error.__cause__ = cause
    return error


def sqlite_fault(name):
    fault = Exception("fault")
    fault.sqlite_errorname = name
    return caused(OperationalError("fault"), fault)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (caused(OperationalError("gone"), psycopg.errors.AdminShutdown()), 503),
        (InterfaceError("connection already closed"), 503),
        (QueueError("refused"), 503),
        (RedisConnectionError("refused"), 503),
        (BaseParser.parse_error("OOM command not allowed when used memory > 'maxmemory'."), 503),
        (BaseParser.parse_error("MISCONF Errors writing to the AOF file: No space left"), 503),
        (BaseParser.parse_error("READONLY You can't write against a read only replica."), 503),
        (BaseParser.parse_error("ERR unknown command 'INCRR'"), 500),
        (BaseParser.parse_error("WRONGTYPE Operation against a key of another kind"), 500),
        (sqlite_fault("SQLITE_BUSY"), 503),
        (caused(RuntimeError("while saving"), OperationalError("gone")), 503),
        (FULL, 507),
        (sqlite_fault("SQLITE_ERROR"), 500),
        (ProgrammingError("no such column"), 500),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (ZeroDivisionError(), 500),
        (None, 500),
    ],
)
def test_the_machine_is_told_from_the_program(error, status):
    assert outages.status_of(error) == status


@pytest.fixture
def broken(monkeypatch, admin):
    """A client whose requests for image sets end with this error."""

    def with_error(error):
        def fail(*_arguments):
            raise error

        for module in (images_api, images_views):
            monkeypatch.setattr(module, "image_sets_visible_to", fail)
        client = Client(raise_request_exception=False)
        client.force_login(admin)
        return client

    return with_error


def test_a_program_is_told_to_come_again(broken):
    response = broken(OperationalError("gone")).get("/api/v1/image-sets/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    body = response.json()
    assert (body["code"], body["problems"]) == ("unavailable", [])
    assert "Try again" in body["message"]


def test_a_program_is_told_of_a_full_disk_and_of_a_fault(broken):
    full = broken(FULL).get("/api/v1/image-sets/")
    assert (full.status_code, full.json()["code"]) == (507, "disk_full")
    fault = broken(ZeroDivisionError()).get("/api/v1/image-sets/")
    assert (fault.status_code, fault.json()["code"]) == (500, "server_error")
    assert "ZeroDivision" not in fault.content.decode()


def test_a_person_gets_a_page_that_needs_no_database(broken, django_assert_num_queries):
    client = broken(OperationalError("gone"))
    response = client.get(reverse("images:list"))
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Try again in a few seconds" in response.content.decode()
    assert "safe" in response.content.decode()


def test_a_fault_of_the_program_is_a_page_as_before(broken):
    response = broken(ZeroDivisionError()).get(reverse("images:list"))
    assert response.status_code == 500
    assert "Something went wrong here" in response.content.decode()


def test_a_session_that_cannot_be_read_is_an_outage_too(admin, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(admin)

    def gone(*_arguments, **_named):
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", gone)
        response = client.get("/api/v1/studies/")
    assert response.status_code == 503
    assert response.json()["code"] == "unavailable"


class Task:
    name = "some.task"

    def __init__(self, error=None):
        self.error, self.sent = error, []

    def apply_async(self, args, kwargs):
        if self.error:
            raise self.error
        self.sent.append((args, kwargs))


def test_work_that_cannot_be_sent_waits_in_its_row(caplog):
    task = Task(QueueError("Connection refused"))
    assert send(task, run_id=3) is False
    assert "some.task waits for the queue" in caplog.text


def test_work_is_sent_and_faults_of_the_work_itself_are_not_hidden():
    task = Task()
    assert send(task, run_id=3) is True
    assert task.sent == [((), {"run_id": 3})]
    with pytest.raises(ValueError, match="bug"):
        send(Task(ValueError("bug")))


def test_a_queue_that_is_lost_between_two_steps_of_the_library_is_away_too(caplog):
    """As Kombu fails whose connection went away: it asks what is None for something."""
    fails = compile("None.client", "/lib/site-packages/kombu/transport/redis.py", "eval")

    class Lost(Task):
        def apply_async(self, *_message):
            eval(fails)  # noqa: S307 (written above)

    assert send(Lost(), run_id=3) is False
    assert "some.task waits for the queue" in caplog.text


def test_what_can_be_done_without_hides_no_fault_of_the_program():
    for error in (RedisConnectionError("refused"), OperationalError("gone"), FULL):
        with outages.done_without():
            raise error
    with pytest.raises(ZeroDivisionError), outages.done_without():
        raise ZeroDivisionError
