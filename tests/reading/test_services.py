"""Answers are stored once, in order, for oneself, or not at all."""

import threading
import uuid

import pytest
from django.db import IntegrityError, connection, connections

from readerstudy.core.canonical import sha256_of
from readerstudy.core.errors import Conflict, IdempotencyMismatch, InvalidInput, NotFound
from readerstudy.core.ids import new_public_id
from readerstudy.reading.choices import TimingQuality
from readerstudy.reading.models import Reading
from readerstudy.reading.order import order_state
from readerstudy.reading.rating import rating
from readerstudy.reading.selectors import (
    Progress,
    completeness,
    current_readings,
    positions_of,
    progress_of,
)
from readerstudy.reading.services import commit_reading, commit_readings
from readerstudy.studies.choices import Revision
from readerstudy.studies.models import StudyCase
from readerstudy.studies.services import close_study, update_protocol, withdraw_reader
from tests.conftest import make_user
from tests.reading.factories import BIOPSY, NONE, answer, begin, ids, item, open_study


def commit(enrolment, position_id, *, now, revise=False, attempt=None, **fields):
    return commit_reading(
        actor=enrolment.user,
        position_id=position_id,
        answer=answer(**fields),
        attempt=attempt or uuid.uuid4(),
        revise=revise,
        now=now,
    )


def test_the_next_case_is_stored_with_its_answer(enrolment, now):
    stored = commit(
        enrolment,
        ids(enrolment)[0],
        now=now,
        decision=NONE,
        confidence=4,
        milliseconds_to_decision=1234,
    )
    assert stored.created
    reading = Reading.objects.get()
    assert (reading.decision, reading.confidence, reading.version) == (NONE, 4, 1)
    assert (reading.milliseconds_to_decision, reading.received_at) == (1234, now)
    assert order_state(enrolment, now=now).next_unread.public_id == ids(enrolment)[1]


def test_a_case_further_on_is_refused_and_nothing_is_stored(enrolment, now):
    with pytest.raises(Conflict, match="not the next one"):
        commit(enrolment, ids(enrolment)[3], now=now)
    assert not Reading.objects.exists()


def test_another_readers_position_does_not_exist(study, enrolment, now):
    other = study.enrolments.exclude(pk=enrolment.pk).get()
    with pytest.raises(NotFound):
        commit(enrolment, ids(other)[0], now=now)
    assert not Reading.objects.exists()


def test_the_same_attempt_is_stored_once(enrolment, now):
    attempt, position = uuid.uuid4(), ids(enrolment)[0]
    first = commit(enrolment, position, now=now, attempt=attempt)
    again = commit(enrolment, position, now=now, attempt=attempt)
    assert (first.created, again.created) == (True, False)
    assert first.reading == again.reading
    assert Reading.objects.count() == 1


def test_a_repeat_is_answered_after_the_study_has_closed(study, enrolment, coordinator, now):
    attempt, position = uuid.uuid4(), ids(enrolment)[0]
    commit(enrolment, position, now=now, attempt=attempt)
    close_study(actor=coordinator, study=study, now=now)
    assert not commit(enrolment, position, now=now, attempt=attempt).created


def test_an_attempt_with_another_answer_is_refused(enrolment, now):
    attempt, position = uuid.uuid4(), ids(enrolment)[0]
    commit(enrolment, position, now=now, attempt=attempt, decision=BIOPSY)
    with pytest.raises(IdempotencyMismatch):
        commit(enrolment, position, now=now, attempt=attempt, decision=NONE)


def test_a_second_window_with_the_last_case_changes_nothing(enrolment, now):
    position = ids(enrolment)[0]
    commit(enrolment, position, now=now, decision=BIOPSY)
    with pytest.raises(Conflict, match="not the next one"):
        commit(enrolment, position, now=now, decision=NONE)
    assert Reading.objects.get().decision == BIOPSY


def test_the_last_answer_can_be_changed_as_a_new_version(study, enrolment, now):
    position = ids(enrolment)[0]
    commit(enrolment, position, now=now, decision=BIOPSY)
    changed = commit(enrolment, position, now=now, decision=NONE, revise=True)
    assert changed.reading.version == 2
    assert list(Reading.objects.order_by("version").values_list("decision", flat=True)) == [
        BIOPSY,
        NONE,
    ]
    assert current_readings(study).get().decision == NONE
    assert progress_of(enrolment).done == 1


def test_an_answer_before_the_last_cannot_be_changed(enrolment, now):
    first, second = ids(enrolment)[:2]
    commit(enrolment, first, now=now)
    commit(enrolment, second, now=now)
    with pytest.raises(Conflict, match="no longer be changed"):
        commit(enrolment, first, now=now, revise=True)


def test_where_the_protocol_allows_no_change_there_is_none(admin, coordinator, reader_user, now):
    def forbid(study):
        update_protocol(actor=coordinator, study=study, now=now, revision=Revision.NONE)

    study = open_study(admin=admin, coordinator=coordinator, now=now, before_lock=forbid)
    enrolment = begin(study, reader_user, now=now)
    position = ids(enrolment)[0]
    commit(enrolment, position, now=now)
    with pytest.raises(Conflict, match="no longer be changed"):
        commit(enrolment, position, now=now, revise=True)


@pytest.mark.parametrize("confidence", [None, 0, 6, -1])
def test_confidence_must_be_on_the_scale(enrolment, now, confidence):
    with pytest.raises(InvalidInput, match="from 1 to 5"):
        commit(enrolment, ids(enrolment)[0], now=now, confidence=confidence)
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    "field", ["milliseconds_to_decision", "milliseconds_to_commit", "milliseconds_hidden", "zooms"]
)
def test_a_negative_measure_is_refused(enrolment, now, field):
    with pytest.raises(InvalidInput) as refused:
        commit(enrolment, ids(enrolment)[0], now=now, **{field: -1})
    assert refused.value.field == field


def test_without_consent_nothing_is_stored(study, reader_user, now):
    enrolment = study.enrolments.get(user=reader_user)
    with pytest.raises(Conflict, match="begin the study first"):
        commit(enrolment, ids(enrolment)[0], now=now)


def test_a_closed_study_takes_no_answer(study, enrolment, coordinator, now):
    close_study(actor=coordinator, study=study, now=now)
    with pytest.raises(Conflict, match="not open"):
        commit(enrolment, ids(enrolment)[0], now=now)


def test_a_withdrawn_reader_cannot_answer_and_is_left_out(study, enrolment, coordinator, now):
    commit(enrolment, ids(enrolment)[0], now=now)
    withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)
    with pytest.raises(Conflict):
        commit(enrolment, ids(enrolment)[1], now=now)
    assert Reading.objects.count() == 1
    assert not current_readings(study).exists()


def test_many_answers_are_stored_together_in_few_queries(
    enrolment, now, django_assert_max_num_queries
):
    batch = [item(position) for position in ids(enrolment)]
    with django_assert_max_num_queries(14):
        commits = commit_readings(actor=enrolment.user, answers=batch, now=now)
    assert [c.reading.attempt for c in commits] == [
        attempt for _position, _answer, attempt in batch
    ]
    assert progress_of(enrolment).is_complete


def test_one_wrong_answer_among_many_stores_none(enrolment, now):
    batch = [item(position) for position in ids(enrolment)]
    batch[7] = item(ids(enrolment)[7], confidence=9)
    with pytest.raises(InvalidInput):
        commit_readings(actor=enrolment.user, answers=batch, now=now)
    assert not Reading.objects.exists()


def test_a_batch_sent_again_goes_on_where_it_stopped(enrolment, now):
    batch = [item(position) for position in ids(enrolment)]
    commit_readings(actor=enrolment.user, answers=batch[:5], now=now)
    commits = commit_readings(actor=enrolment.user, answers=batch, now=now)
    assert [c.created for c in commits] == [False] * 5 + [True] * 7
    assert Reading.objects.count() == 12


def test_an_attempt_twice_in_one_batch_is_stored_once(enrolment, now):
    first = item(ids(enrolment)[0])
    commits = commit_readings(actor=enrolment.user, answers=[first, first], now=now)
    assert commits[0].reading == commits[1].reading
    assert Reading.objects.count() == 1


def test_an_attempt_for_two_cases_of_one_batch_stores_none(enrolment, now):
    first, second = ids(enrolment)[:2]
    attempt = uuid.uuid4()
    batch = [(first, answer(), attempt), (second, answer(), attempt)]
    with pytest.raises(IdempotencyMismatch):
        commit_readings(actor=enrolment.user, answers=batch, now=now)
    assert not Reading.objects.exists()


def test_answers_of_two_studies_are_not_stored_together(
    enrolment, admin, coordinator, reader_user, now
):
    other = open_study(
        admin=admin, coordinator=coordinator, now=now, emails=(reader_user.email,), title="Second"
    )
    batch = [item(ids(enrolment)[0]), item(ids(begin(other, reader_user, now=now))[0])]
    with pytest.raises(InvalidInput, match="several studies"):
        commit_readings(actor=reader_user, answers=batch, now=now)
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "tlh"),
        ("input_device", "mind"),
        ("decision", "perhaps"),
        ("timing_quality", "perfect"),
    ],
)
def test_a_word_that_is_not_known_is_refused(enrolment, now, field, value):
    with pytest.raises(InvalidInput) as refused:
        commit(enrolment, ids(enrolment)[0], now=now, **{field: value})
    assert refused.value.field == field
    assert not Reading.objects.exists()


def test_the_flag_of_the_timing_is_part_of_the_answer_where_there_is_one(enrolment):
    position = ids(enrolment)[0]
    # What was stored before there was a flag: a repeat of it is still known as one.
    before = sha256_of(
        {
            "position": position,
            "decision": "biopsy / further treatment",
            "confidence": 3,
            "milliseconds_to_decision": None,
            "milliseconds_to_commit": None,
            "milliseconds_hidden": 0,
            "zooms": 0,
            "input_device": "",
            "language": "en",
        }
    )
    assert answer().body_sha256(position) == before
    assert answer(timing_quality=TimingQuality.OK).body_sha256(position) != before


def test_the_database_knows_the_flags_of_the_timing(enrolment, now):
    reading = commit(enrolment, ids(enrolment)[0], now=now).reading
    reading.pk, reading.version, reading.attempt = None, 2, uuid.uuid4()
    reading.public_id, reading.timing_quality = new_public_id(), "perfect"
    with pytest.raises(IntegrityError, match="timing_quality_is_known"):
        Reading.objects.bulk_create([reading])


def test_no_answers_are_no_commits(enrolment, now):
    assert commit_readings(actor=enrolment.user, answers=[], now=now) == []


def test_a_withdrawn_case_is_passed_over(enrolment, now):
    first, second = positions_of(enrolment)[:2]
    StudyCase.objects.filter(pk=first.study_case_id).update(withdrawn_at=now)
    assert order_state(enrolment, now=now).next_unread.pk == second.pk
    assert progress_of(enrolment) == Progress(done=0, total=11)
    commit(enrolment, second.public_id, now=now)


def test_completeness_counts_a_changed_answer_once(study, enrolment, now):
    position = ids(enrolment)[0]
    commit(enrolment, position, now=now)
    commit(enrolment, position, now=now, revise=True)
    rows = {row.enrolment.pk: row for row in completeness(study)}
    assert (rows[enrolment.pk].done, rows[enrolment.pk].total) == (1, 12)
    assert rows[enrolment.pk].last_at == now
    assert sum(row.done for row in rows.values()) == 1


def test_the_rating_is_strictly_monotone_from_sure_none_to_sure_biopsy():
    scale = [rating(NONE, c) for c in (5, 4, 3, 2, 1)] + [
        rating(BIOPSY, c) for c in (1, 2, 3, 4, 5)
    ]
    assert scale == sorted(set(scale))
    assert rating(BIOPSY, None) > rating(NONE, None)


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_the_same_moment_end_with_one_reading(admin, coordinator, now):
    user = make_user("reader", "twin@example.org", "Twin")
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=4, emails=(user.email,))
    enrolment = begin(study, user, now=now)
    position, outcomes = ids(enrolment)[0], []
    together = threading.Barrier(4)

    def window():
        together.wait()
        try:
            commit(enrolment, position, now=now)
            outcomes.append("stored")
        except Conflict:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=window) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["refused"] * 3 + ["stored"]
    assert Reading.objects.count() == 1
    assert connection.vendor in {"sqlite", "postgresql"}
