"""Events that are recorded together: one chain, one hold of its head, and nothing where the change is not kept."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from readerstudy.core.audit import events_together, first_fault, record_event
from readerstudy.core.models import AuditEvent


def record(actor, now, *verbs):
    for verb in verbs:
        record_event(actor=actor, verb=verb, subject=actor, now=now)


def verbs_of_new():
    return list(AuditEvent.objects.order_by("sequence").values_list("verb", flat=True))


@pytest.fixture
def before(coordinator, now):
    record(coordinator, now, "first")
    return verbs_of_new()


def test_they_come_in_their_order_and_the_chain_holds(coordinator, now, before):
    with transaction.atomic(), events_together():
        record(coordinator, now, "one", "two")
        with events_together():
            record(coordinator, now, "three")
        record(coordinator, now, "four")
        assert verbs_of_new() == before
    record(coordinator, now, "five")
    assert verbs_of_new() == [*before, "one", "two", "three", "four", "five"]
    assert first_fault() is None


def test_the_head_is_held_once_however_many_there_are(coordinator, now, before):
    def statements(*verbs):
        with CaptureQueriesContext(connection) as queries, transaction.atomic(), events_together():
            record(coordinator, now, *verbs)
        return len(queries)

    assert statements("one") == statements(*map(str, range(50)))
    assert first_fault() is None


def test_nothing_is_recorded_of_what_failed(coordinator, now, before):
    def fail():
        with transaction.atomic(), events_together():
            record(coordinator, now, "one")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    record(coordinator, now, "two")
    assert verbs_of_new() == [*before, "two"]
    assert first_fault() is None


def test_nothing_to_record_asks_nothing(coordinator, before, django_assert_num_queries):
    with django_assert_num_queries(0), events_together():
        pass
