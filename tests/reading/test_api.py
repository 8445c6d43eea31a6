"""The contract of the API that the reading screen lives on."""

import uuid

import pytest

from readerstudy.reading.models import Reading
from readerstudy.reading.selectors import PREFETCH
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import Revision
from readerstudy.studies.services import close_study, update_protocol
from tests.reading.factories import BIOPSY, NONE, begin, ids, item, open_study

URL = "/api/v1/readings/"


@pytest.fixture
def send(client, enrolment):
    client.force_login(enrolment.user)

    def sent(position, *, key=None, **fields):
        headers = {"Idempotency-Key": str(key or uuid.uuid4())}
        body = {"position": position, "decision": BIOPSY, "confidence": 3, **fields}
        return client.post(URL, body, content_type="application/json", headers=headers)

    return sent


def next_of(client, enrolment):
    return client.get(f"/api/v1/enrolments/{enrolment.public_id}/next-position/")


def test_a_commit_is_answered_with_the_next_case(send, enrolment):
    order = ids(enrolment)
    response = send(
        order[0],
        milliseconds_to_decision=900,
        milliseconds_to_commit=1500,
        input_device="keyboard",
        timing_quality="ok",
    )
    body = response.json()
    assert response.status_code == 201
    assert (body["position"], body["version"]) == (order[0], 1)
    assert (body["done"], body["total"]) == (1, 12)
    assert body["next"] == {
        "id": order[1],
        "number": 2,
        "image_url": f"/reading/image/{order[1]}/",
    }
    assert [position["id"] for position in body["ahead"]] == order[2 : 2 + PREFETCH]
    assert body["last"]["id"] == order[0]
    reading = Reading.objects.get()
    assert (reading.milliseconds_to_commit, reading.input_device) == (1500, "keyboard")
    assert reading.timing_quality == "ok"


def test_a_repeat_is_200_with_the_same_body(send, enrolment):
    key, position = uuid.uuid4(), ids(enrolment)[0]
    first, again = send(position, key=key), send(position, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    # Only the time that is left until a break goes on.
    assert {**first.json(), "pause_in": 0} == {**again.json(), "pause_in": 0}
    assert Reading.objects.count() == 1


def test_out_of_order_is_409_with_the_servers_next_position(send, enrolment):
    order = ids(enrolment)
    response = send(order[4])
    body = response.json()
    assert (response.status_code, body["code"]) == (409, "out_of_order")
    assert body["next"]["id"] == order[0]
    assert not Reading.objects.exists()


def test_another_readers_position_is_404_like_one_that_does_not_exist(send, study, enrolment):
    other = study.enrolments.exclude(pk=enrolment.pk).get()
    foreign, unknown = send(ids(other)[0]), send("0" * 26)
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json() == unknown.json()
    assert not Reading.objects.exists()


def test_a_key_with_another_answer_is_422(send, enrolment):
    key, position = uuid.uuid4(), ids(enrolment)[0]
    send(position, key=key)
    response = send(position, key=key, decision=NONE)
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_mismatch")
    assert Reading.objects.get().decision == BIOPSY


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confidence", 6),
        ("confidence", None),
        ("confidence", "sure"),
        ("decision", "perhaps"),
        ("decision", ""),
        ("zooms", -1),
        ("milliseconds_hidden", 2**40),
        ("input_device", "mind"),
        ("timing_quality", "perfect"),
        ("language", "tlh"),
        ("position", ""),
    ],
)
def test_a_value_off_its_scale_is_400_and_names_the_field(send, enrolment, field, value):
    response = send(**{"position": ids(enrolment)[0], field: value})
    assert response.status_code == 400
    assert [problem["field"] for problem in response.json()["problems"]] == [field]
    assert not Reading.objects.exists()


def test_without_a_key_nothing_is_stored(client, enrolment):
    client.force_login(enrolment.user)
    body = {"position": ids(enrolment)[0], "decision": BIOPSY, "confidence": 3}
    for headers in ({}, {"Idempotency-Key": "not a uuid"}):
        response = client.post(URL, body, content_type="application/json", headers=headers)
        assert (response.status_code, response.json()["code"]) == (400, "no_idempotency_key")
    assert not Reading.objects.exists()


def test_nobody_without_an_account_or_the_token_commits(client, enrolment):
    from django.test import Client

    position = ids(enrolment)[0]
    body = {"position": position, "decision": BIOPSY, "confidence": 3}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    assert client.post(URL, body, "application/json", headers=headers).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(enrolment.user)
    assert strict.post(URL, body, "application/json", headers=headers).status_code == 403
    assert not Reading.objects.exists()


def test_a_closed_study_is_409(send, study, enrolment, coordinator, now):
    close_study(actor=coordinator, study=study, now=now)
    response = send(ids(enrolment)[0])
    assert (response.status_code, response.json()["code"]) == (409, "study_not_open")


def test_a_revision_is_the_next_version(send, enrolment):
    first = ids(enrolment)[0]
    send(first)
    response = send(first, decision=NONE, revise=True)
    assert (response.status_code, response.json()["version"]) == (201, 2)
    assert response.json()["done"] == 1


def test_where_nothing_may_be_revised_no_last_position_is_told(
    client, admin, coordinator, reader_user, now
):
    study = open_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        before_lock=lambda draft: update_protocol(
            actor=coordinator, study=draft, now=now, revision=Revision.NONE
        ),
    )
    enrolment = begin(study, reader_user, now=now)
    commit_readings(actor=reader_user, answers=[item(ids(enrolment)[0])], now=now)
    client.force_login(reader_user)
    assert next_of(client, enrolment).json()["last"] is None


def test_the_next_position_is_where_the_reader_stopped(client, enrolment, now):
    order = ids(enrolment)
    client.force_login(enrolment.user)
    commit_readings(
        actor=enrolment.user, answers=[item(position) for position in order[:7]], now=now
    )
    body = next_of(client, enrolment).json()
    assert (body["done"], body["next"]["id"], body["next"]["number"]) == (7, order[7], 8)


def test_when_all_is_done_there_is_no_next_position(client, enrolment, now):
    client.force_login(enrolment.user)
    everything = [item(position) for position in ids(enrolment)]
    commit_readings(actor=enrolment.user, answers=everything, now=now)
    body = next_of(client, enrolment).json()
    assert (body["done"], body["next"], body["ahead"]) == (12, None, [])


def test_the_next_position_is_nobody_elses(client, study, enrolment, coordinator, admin):
    for user in (study.enrolments.exclude(pk=enrolment.pk).get().user, coordinator, admin):
        client.force_login(user)
        assert next_of(client, enrolment).status_code == 404


def test_a_commit_takes_few_queries(send, enrolment, django_assert_max_num_queries):
    with django_assert_max_num_queries(17):
        assert send(ids(enrolment)[0]).status_code == 201
