"""Of a large study nothing is counted twice, and what is kept tells what counting anew would tell."""

import dataclasses

import numpy as np
import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisConnectionError

from readerstudy.core.audit import record_event
from readerstudy.core.evidence import erasing
from readerstudy.core.models import AuditEvent, AuditHead
from readerstudy.reading.messaging import reply
from readerstudy.reading.models import Reading
from readerstudy.reading.quality import DEFAULTS
from readerstudy.reading.services import commit_reading, commit_readings
from readerstudy.reading.sign_rules import set_thresholds, thresholds_of
from readerstudy.reading.tallies import NAME, tallies_of
from readerstudy.studies import kept
from readerstudy.studies.kept import key_of
from readerstudy.studies.models import StudyCase
from readerstudy.studies.services import withdraw_reader
from tests.reading.factories import begin, ids, item


@pytest.fixture
def counted(monkeypatch):
    """Whose answers were counted, look by look; every study is a large one."""
    seen = []

    def noted(readers, count):
        seen.append(sorted(readers))
        return counted(readers, count)

    counted = kept._counted
    monkeypatch.setattr(kept, "KEPT_FROM", 0)
    monkeypatch.setattr(kept, "_counted", noted)
    return seen


@pytest.fixture
def second(study, now):
    other = study.enrolments.get(user__email="second@example.org")
    return begin(study, other.user, now=now)


def told(study):
    """Everything of every tally, as it is told now."""
    readers = sorted(study.enrolments.values_list("pk", flat=True))
    return {
        pk: [value.tolist() if isinstance(value, np.ndarray) else value for value in vars(one).values()]
        for pk, one in tallies_of(study, readers, fast_seconds=thresholds_of(study).fast_seconds).items()
    }  # fmt: skip


def anew(study):
    """The same without anything kept."""
    stored = cache.get(key_of(study, NAME))
    cache.clear()
    found = told(study)
    cache.set(key_of(study, NAME), stored)
    return found


def answer(enrolment, now, count=1):
    left = [one for one in ids(enrolment) if not _is_answered(enrolment, one)]
    commit_readings(actor=enrolment.user, answers=[item(one) for one in left[:count]], now=now)


def _is_answered(enrolment, position):
    return enrolment.positions.filter(public_id=position, readings__isnull=False).exists()


def test_only_who_has_answered_since_is_counted_again(study, enrolment, second, now, counted):
    answer(enrolment, now, 3)
    first = told(study)
    assert first[enrolment.pk][1] == 3
    assert told(study) == first
    answer(second, now, 2)
    assert told(study)[second.pk][1] == 2
    assert counted == [sorted([enrolment.pk, second.pk]), [], [second.pk]]
    assert told(study) == anew(study)


def test_a_change_of_an_answer_is_told(study, enrolment, second, now, counted):
    answer(enrolment, now, 2)
    told(study)
    last = ids(enrolment)[1]
    commit_reading(
        actor=enrolment.user, position_id=last, answer=dataclasses.replace(item(last)[1], confidence=1),
        attempt=item(last)[2], revise=True, now=now,
    )  # fmt: skip
    assert told(study) == anew(study)


def test_what_is_no_answer_counts_nobody_again(study, enrolment, second, coordinator, now, counted):  # noqa: PLR0917 (fixtures)
    told(study)
    reply(actor=coordinator, enrolment=enrolment, text="Hello.", link=str, now=now)
    told(study)
    assert counted[1:] == [[]]


def test_other_rules_a_withdrawn_case_and_an_unknown_event_count_all_again(  # noqa: PLR0917 (fixtures)
    study, enrolment, second, coordinator, now, counted
):
    everybody = sorted([enrolment.pk, second.pk])
    answer(enrolment, now, 3)
    told(study)
    rules = dataclasses.replace(DEFAULTS, fast_seconds=60.0)
    set_thresholds(actor=coordinator, study=study, thresholds=rules, now=now)
    assert told(study) == anew(study)
    case = enrolment.positions.get(public_id=ids(enrolment)[0]).study_case
    StudyCase.objects.filter(pk=case.pk).update(withdrawn_at=now)
    assert told(study)[enrolment.pk][:2] == [11, 2]
    record_event(actor=coordinator, verb="new.kind", subject=study, now=now, study_id=study.public_id)  # fmt: skip
    assert told(study) == anew(study)
    assert [one for one in counted if one == everybody] == [everybody] * len(counted)


def test_who_leaves_is_counted_again(study, enrolment, second, coordinator, now, counted):  # noqa: PLR0917 (fixtures)
    told(study)
    withdraw_reader(actor=coordinator, enrolment=second, now=now)
    told(study)
    assert counted[1:] == [[second.pk]]


def test_a_database_that_was_put_back_to_an_earlier_day_is_counted_anew(
    study, enrolment, second, now, counted
):
    before = AuditHead.objects.get()
    answer(enrolment, now, 3)
    before_that = told(study)
    # As a backup of before would leave it, but for the answers: the trail goes another way from there.
    with erasing(actor=None, subject=enrolment, reason="test", now=now, study_id=study.public_id) as erasure:  # fmt: skip
        erasure.erase(Reading.objects.all())
    AuditHead.objects.update(sequence=before.sequence, hash=before.hash)
    assert told(study)[enrolment.pk][1] == 0 != before_that[enrolment.pk][1]
    assert AuditEvent.objects.filter(sequence__gt=before.sequence).exists()


def test_without_a_cache_everybody_is_counted(study, enrolment, second, now, counted, monkeypatch):  # noqa: PLR0917 (fixtures)
    def away(*_arguments):
        raise RedisConnectionError

    monkeypatch.setattr(type(cache._connections["default"]), "get", away)
    monkeypatch.setattr(type(cache._connections["default"]), "set", away)
    answer(enrolment, now)
    assert told(study)[enrolment.pk][1] == 1


def test_a_few_readers_at_a_time_give_what_all_at_once_give(
    study, enrolment, second, now, monkeypatch
):
    answer(enrolment, now, 4)
    at_once = told(study)
    monkeypatch.setattr(kept, "READERS_AT_ONCE", 1)
    assert told(study) == at_once


def test_a_small_study_is_never_kept(study, enrolment, now):
    told(study)
    assert cache.get(key_of(study, NAME)) is None
