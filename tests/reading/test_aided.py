"""The sequential and the aided arm as their readers and the staff see them."""

import uuid

import pytest

from readerstudy.core.errors import Conflict
from readerstudy.reading.matrix import matrix_of
from readerstudy.reading.models import Reading
from readerstudy.reading.selectors import (
    aided_readings,
    completeness,
    primary_readings,
    progress_of,
)
from readerstudy.reading.services import commit_reading
from readerstudy.studies.choices import ArmKind, DesignKind, StudyState
from readerstudy.studies.services import withdraw_reader
from tests.inference.factories import make_ready_study
from tests.reading.aided import lock_aided, open_aided
from tests.reading.factories import BIOPSY, NONE, answer, begin
from tests.unguarded import unguarded

API = "/api/v1/enrolments/{}/next-position/"


@pytest.fixture
def reader_in(admin, coordinator, now):
    """A function: the begun enrolment of the one reader of a study with this design."""

    def make(**design):
        study = make_ready_study(admin=admin, coordinator=coordinator, now=now, cases=6)
        common = {"admin": admin, "coordinator": coordinator, "now": now}
        opened = open_aided(study, **common, design=design)
        assert opened.state == StudyState.READING
        return begin(opened, opened.enrolments.get().user, now=now)

    return make


@pytest.fixture
def sequential(reader_in):
    """Every second case aided after its unaided answer, in 6 cases of which each is read by the one reader."""
    enrolment = reader_in(kind=DesignKind.SEQUENTIAL, aided_percent=100)
    first, second, *_ = enrolment.positions.order_by("number")
    with unguarded():
        type(first).objects.filter(pk=second.pk).update(arm=ArmKind.UNAIDED)
    return enrolment


def ids(enrolment):
    return list(
        enrolment.positions.order_by("session__number", "number").values_list(
            "public_id", flat=True
        )
    )


def commit(enrolment, position, now, **fields):
    return commit_reading(
        actor=enrolment.user,
        position_id=position,
        answer=answer(**fields),
        attempt=uuid.uuid4(),
        now=now,
    )


def next_of(client, enrolment):
    client.force_login(enrolment.user)
    return client.get(API.format(enrolment.public_id)).json()


def test_who_takes_no_part_any_more_is_told_nothing_of_the_network(
    client, sequential, coordinator, now
):
    first, *_ = ids(sequential)
    commit(sequential, first, now, decision=NONE, confidence=2)
    assert next_of(client, sequential)["next"]["aid"]
    withdraw_reader(actor=coordinator, enrolment=sequential, now=now)
    assert set(next_of(client, sequential)["next"]) == {"id", "number", "image_url"}


def test_whoever_looks_before_the_scores_are_there_finds_a_page(client, admin, coordinator, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now, cases=6)
    common = {"admin": admin, "coordinator": coordinator, "now": now}
    locked = lock_aided(study, **common, design={"kind": DesignKind.ONCE, "batch_size": 1})
    enrolment = begin(locked, locked.enrolments.get().user, now=now)
    with unguarded():
        enrolment.positions.update(arm=ArmKind.AIDED)
    assert set(next_of(client, enrolment)["next"]) == {"id", "number", "image_url"}
    assert client.get(f"/reading/{enrolment.public_id}/read/").status_code in {200, 302}


def test_what_follows_an_answer_is_told_only_after_it(client, sequential, now):
    first, second, third, *_ = ids(sequential)
    before = next_of(client, sequential)
    assert set(before["next"]) == {"id", "number", "image_url"}
    assert before["ahead"] == []
    assert [one["id"] for one in before["images_ahead"]][:2] == [second, third]
    commit(sequential, first, now, decision=NONE, confidence=2)
    after = next_of(client, sequential)
    assert (after["next"]["id"], after["next"]["level"], after["done"]) == (first, 2, 0)
    assert after["next"]["aid"]["heading"] == "The CNN on this case"
    assert after["next"]["first_answer"].endswith(", confidence 2 of 5")
    commit(sequential, first, now, level=2)
    assert next_of(client, sequential)["next"] == {
        "id": second,
        "number": 2,
        "image_url": f"/reading/image/{second}/",
    }
    commit(sequential, second, now)
    assert next_of(client, sequential)["next"]["id"] == third


def test_the_unaided_answer_is_never_changed(sequential, now):
    first, second, *_ = ids(sequential)
    commit(sequential, first, now, decision=NONE)
    for position in (first, second):
        with pytest.raises(Conflict):
            commit(sequential, position, now)
    commit(sequential, first, now, level=2)
    with pytest.raises(Conflict):
        commit(sequential, first, now, level=1)
    assert list(Reading.objects.order_by("pk").values_list("decision", flat=True)) == [NONE, BIOPSY]


def test_an_unaided_case_has_no_second_answer(sequential, now):
    first, second, *_ = ids(sequential)
    commit(sequential, first, now)
    commit(sequential, first, now, level=2)
    with pytest.raises(Exception, match="answered once"):
        commit(sequential, second, now, level=2)
    assert Reading.objects.count() == 2


def test_a_case_is_done_with_its_last_answer_of_its_own_arm(sequential, now):
    first, second, *_ = ids(sequential)
    study = sequential.study
    done = []
    for position, level in ((first, 1), (first, 2), (second, 1)):
        commit(sequential, position, now, level=level)
        done.append((progress_of(sequential).done, completeness(study)[0].done))
    assert done == [(0, 0), (1, 1), (2, 2)]


def test_in_the_matrix_a_case_is_answered_with_its_last_answer(sequential, now):
    first, second, *_ = ids(sequential)
    answered = []
    for position, level in ((first, 1), (first, 2), (second, 1)):
        commit(sequential, position, now, level=level)
        answered.append(len(matrix_of(sequential.study).answered))
    assert answered == [0, 1, 2]


def test_results_tell_unaided_from_aided(sequential, now):
    first, second, *_ = ids(sequential)
    commit(sequential, first, now, decision=NONE)
    commit(sequential, first, now, decision=BIOPSY, level=2, milliseconds_aid_shown=1234)
    commit(sequential, second, now, decision=NONE)
    unaided, aided = primary_readings(sequential.study), aided_readings(sequential.study)
    assert [one.position.public_id for one in unaided.order_by("pk")] == [first, second]
    assert [(one.decision, one.milliseconds_aid_shown) for one in aided] == [(BIOPSY, 1234)]


def test_in_the_aided_arm_the_aid_comes_with_the_case_and_none_ahead(client, reader_in, now):
    enrolment = reader_in(kind=DesignKind.ONCE, batch_size=1)
    arms = list(enrolment.positions.order_by("number").values_list("arm", flat=True))
    for position, arm in zip(ids(enrolment), arms, strict=True):
        told = next_of(client, enrolment)
        assert ("aid" in told["next"]) == (arm == ArmKind.AIDED)
        assert all(set(one) == {"id", "number", "image_url"} for one in told["images_ahead"])
        assert not any("aid" in one for one in told["ahead"])
        commit(enrolment, position, now)
    assert {one.position.arm for one in aided_readings(enrolment.study)} == {ArmKind.AIDED}
    assert aided_readings(enrolment.study).count() == primary_readings(enrolment.study).count() == 3


def test_the_page_without_scripts_shows_the_aid_and_takes_the_answer(client, sequential, now):
    first = ids(sequential)[0]
    client.force_login(sequential.user)
    address = f"/reading/{sequential.public_id}/read/"
    assert 'id="aid" aria-live="polite" aria-labelledby="aid-title" data-form="" hidden' in page(
        client, address
    )
    commit(sequential, first, now)
    content = page(client, address)
    assert 'data-form="number">' in content
    assert 'name="level" value="2"' in content
    fields = {
        "position": first,
        "level": "2",
        "attempt": str(uuid.uuid4()),
        "decision": BIOPSY,
        "confidence": "4",
    }
    assert client.post(address, fields).status_code == 302
    assert Reading.objects.filter(level=2).get().confidence == 4


def page(client, address):
    return " ".join(client.get(address).content.decode().split())
