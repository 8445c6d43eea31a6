"""Logs name processes, views and ids, and nobody."""

import json
import logging
import sys

import pytest

from readerstudy.core.logs import JsonFormatter, ScrubbedFormatter, request_id, scrub


def record(message="hello", *args, name="readerstudy.x", exc_info=None, **extra):
    made = logging.LogRecord(name, logging.INFO, __file__, 1, message, args, exc_info)
    made.__dict__.update(extra)
    return made


def told(*args, **kwargs):
    return json.loads(JsonFormatter().format(record(*args, **kwargs)))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("to ada.miller+x@example.org now", "to (mail) now"),
        ("from 192.168.17.45 port 5", "from 192.168.17.0_24 port 5"),
        ("from 2001:db8:12:34::1", "from 2001:db8:12::_48"),
        ("at 127.0.0.1:8000", "at 127.0.0.1:8000"),
        ("GET /reading/?case=melanoma HTTP", "GET /reading/?… HTTP"),
        ("token " + "aB3_" * 11, "token (token)"),
        ("Key (email)=(ada@x.org) exists", "Key (email)=(…) exists"),
        ("at 12:30:45 of 1.31.1", "at 12:30:45 of 1.31.1"),
    ],
    ids=["mail", "ipv4", "ipv6", "loopback", "query", "token", "row", "time"],
)
def test_a_line_is_cleaned(text, clean):
    assert scrub(text) == clean


def test_a_public_id_stays_readable():
    assert scrub("run bcdfghjkmnpqrstvwxz2345678 done") == "run bcdfghjkmnpqrstvwxz2345678 done"


def test_a_line_has_a_closed_list_of_fields():
    line = told(
        "request", view="reading:home", status=200, milliseconds=1.5, request="<Mrs Miller>"
    )
    assert line.keys() == {
        "time", "level", "logger", "message", "process", "view", "status", "milliseconds",
    }  # fmt: skip


def test_an_exception_is_told_by_its_kind_and_place_alone():
    try:
        int("Mrs Miller, born 1950")
    except ValueError:
        line = told("it failed", exc_info=sys.exc_info())
    assert line["exception"]["type"] == "builtins.ValueError"
    assert line["exception"]["frames"][0].startswith("test_logs.py:")
    assert "Miller" not in json.dumps(line)


def test_what_celery_says_of_a_failed_task_leaves_its_message_out():
    args = {"name": "a_task", "id": "1", "description": "raised unexpected", "exc": "Miller", "traceback": "x"}  # fmt: skip
    line = told("Task %(name)s[%(id)s] %(description)s: %(exc)s\n%(traceback)s", args)
    assert line["message"] == "Task a_task [1] raised unexpected"


def test_a_path_that_does_not_exist_is_not_written(client, db, caplog):
    client.get("/account/invitation/secret-token/no-such-page")
    lines = [JsonFormatter().format(one) for one in caplog.records if one.name == "django.request"]
    assert lines
    assert "secret-token" not in "".join(lines)


def test_people_get_a_line_that_is_cleaned_too():
    text = ScrubbedFormatter("%(message)s").format(record("sent to %s", "ada@example.org"))
    assert text == "sent to (mail)"


def test_an_answer_bears_the_id_of_its_request_and_so_does_its_line(client, db, caplog):
    caplog.set_level("INFO", "readerstudy.access")
    given = client.get("/account/sign-in/", headers={"X-Request-ID": "abc-12345678"})
    assert given["X-Request-ID"] == "abc-12345678"
    forged = client.get("/account/sign-in/?next=/x", headers={"X-Request-ID": 'x"}\n{"y'})
    assert len(forged["X-Request-ID"]) == 24
    assert forged["X-Request-ID"] != client.get("/account/sign-in/")["X-Request-ID"]
    lines = [json.loads(JsonFormatter().format(one)) for one in caplog.records if one.name == "readerstudy.access"]  # fmt: skip
    assert {(line["view"], line["method"], line["status"]) for line in lines} == {
        ("accounts:sign-in", "GET", 200)
    }
    assert "next" not in json.dumps(lines)
    assert request_id.get() == ""


def test_a_task_bears_the_id_of_the_request_that_asked_for_it():
    from celery.app.task import Context

    from readerstudy.core.request_log import send_request_id_along, take_request_id

    class Task:
        request = Context(request_id="abc-12345678")

    headers = {}
    token = request_id.set("abc-12345678")
    send_request_id_along(headers=headers)
    request_id.reset(token)
    assert headers == {"request_id": "abc-12345678"}
    take_request_id(task=Task)
    assert json.loads(JsonFormatter().format(record()))["request_id"] == "abc-12345678"
    request_id.set("")
