"""`/metrics`: who may ask, and what it tells."""

import pytest
from django.test import override_settings
from prometheus_client.parser import text_string_to_metric_families

from readerstudy.core.audit import record_event
from readerstudy.core.checkpoints import write_checkpoint
from readerstudy.operations.models import DeadLetter
from readerstudy.operations.workers import hear_of

LABELS = ("kind", "state", "queue", "view", "method", "status")
TOKEN = {"authorization": "Bearer good"}


@pytest.fixture(autouse=True)
def _token(settings):
    settings.METRICS_TOKEN = "good"


def figures(client):
    text = client.get("/metrics", headers=TOKEN).text
    return {
        (sample.name, *(sample.labels[one] for one in LABELS if one in sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("headers", "allowed", "status"),
    [
        (TOKEN, [], 200),
        ({"authorization": "Bearer bad"}, [], 404),
        ({}, [], 404),
        ({}, ["127.0.0.0/8"], 200),
        ({}, ["10.0.0.0/8"], 404),
        ({"x-forwarded-for": "127.0.0.1"}, ["127.0.0.0/8"], 404),
        ({**TOKEN, "host": "10.0.0.7:8000"}, [], 200),
    ],
    ids=["token", "wrong", "nobody", "network", "elsewhere", "through a proxy", "by address"],
)
def test_only_who_may_ask_sees_that_there_are_figures(  # noqa: PLR0917 (fixtures)
    client, db, settings, headers, allowed, status
):
    settings.METRICS_ALLOWED = allowed
    response = client.get("/metrics", headers=headers)
    assert response.status_code == status
    if status == 404:
        assert "readerstudy_" not in response.text


def test_without_a_token_nobody_gets_in_with_an_empty_one(client, db, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_the_figures_tell_of_work_workers_and_the_audit_trail(client, queued, admin, now):
    DeadLetter.objects.create(task="a_task", reason="It failed.", parked_at=now)
    hear_of("celery@one", "gpu")
    write_checkpoint(now=now)
    record_event(actor=admin, verb="a.test", subject=admin, now=now)
    found = figures(client)
    assert found["readerstudy_work", "model_run", "queued"] == 1
    assert found["readerstudy_oldest_unfinished_seconds", "model_run"] > 0
    assert found["readerstudy_oldest_unfinished_seconds", "import"] == 0
    assert found["readerstudy_dead_letters",] == 1
    assert found["readerstudy_workers",] == 1
    assert found["readerstudy_answers_total",] == 0
    assert found["readerstudy_audit_events_after_checkpoint",] == 1
    assert found["readerstudy_audit_checkpoint_age_seconds",] > 0


def test_where_no_checkpoint_was_ever_written_their_age_is_that_of_the_trail(client, admin, now):
    assert ("readerstudy_audit_checkpoint_age_seconds",) not in figures(client)
    record_event(actor=admin, verb="a.test", subject=admin, now=now)
    found = figures(client)
    assert found["readerstudy_audit_events_after_checkpoint",] == 1
    assert found["readerstudy_audit_checkpoint_age_seconds",] > 0


def test_requests_are_counted_by_view_and_never_by_address(client, db):
    client.get("/account/sign-in/?token=abc")
    client.get("/no/such/page/abc")
    found = figures(client)
    name = "readerstudy_request_seconds_count"
    assert found[name, "accounts:sign-in", "GET", "200"] >= 1
    assert found[name, "-", "GET", "404"] >= 1
    assert not any("abc" in label for key in found for label in key)


@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_a_queue_that_does_not_answer_is_left_out(client, db):
    from readerstudy.celery import app

    before = app.conf.broker_url, app.conf.broker_read_url, app.conf.broker_write_url
    nowhere = "redis://127.0.0.1:1/0"
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = nowhere
    try:
        found = figures(client)
    finally:
        app.conf.broker_url, app.conf.broker_read_url, app.conf.broker_write_url = before
    assert not any(key[0] == "readerstudy_queue_messages" for key in found)
    assert ("readerstudy_workers",) in found
