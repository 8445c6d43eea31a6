"""The trail is verified while people read: what they store meanwhile is no fault, and no reason to wait."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from readerstudy.accounts.models import Consent
from readerstudy.core import verifying
from readerstudy.core.checkpoints import write_checkpoint
from readerstudy.core.evidence import erasing
from readerstudy.core.models import AuditEvent
from readerstudy.core.rows_checked import RowsChecked
from readerstudy.core.snapshot import one_view
from readerstudy.core.verifying import verify_trail
from readerstudy.reading.models import Reading
from readerstudy.reading.services import commit_readings
from tests.reading.factories import begin, ids, item, open_study

# Without a transaction around the test: another connection sees what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(work):
    """Done over a connection of its own, as by another process, and committed."""

    def run():
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(run).result()


@pytest.fixture
def enrolment(admin, coordinator, reader_user, now):
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=4)
    enrolment = begin(study, reader_user, now=now)
    commit_readings(actor=reader_user, answers=[item(ids(enrolment)[0])], now=now)
    return enrolment


@pytest.fixture
def answer(enrolment, now):
    """Stores the answer to the second case."""
    place = ids(enrolment)[1]
    return lambda: commit_readings(actor=enrolment.user, answers=[item(place)], now=now)


@pytest.fixture
def after_the_events(monkeypatch):
    """Has something done once the chain was followed, and before the last rows are looked at."""

    def do(work):
        check = RowsChecked.check_waiting

        def late(rows):
            elsewhere(work)
            check(rows)

        monkeypatch.setattr(RowsChecked, "check_waiting", late)

    return do


def test_an_answer_that_is_stored_meanwhile_is_no_fault(answer, after_the_events, now):
    events = AuditEvent.objects.count()

    def work():
        answer()
        assert write_checkpoint(now=now)

    after_the_events(work)
    found = verify_trail()
    assert (found.faults, found.events) == ((), events)
    assert Reading.objects.count() == 2


def test_an_answer_that_is_erased_meanwhile_is_no_fault(
    enrolment, coordinator, now, after_the_events
):
    def erase():
        study_id = enrolment.study.public_id
        with erasing(
            actor=coordinator, subject=enrolment, reason="Asked for.", now=now, study_id=study_id
        ) as erasure:
            erasure.erase(Reading.objects.all())
            erasure.change(Consent.objects.all(), text="")

    after_the_events(erase)
    assert verify_trail().faults == ()
    assert not Reading.objects.exists()


def test_what_a_room_compares_is_of_the_same_moment(answer, monkeypatch):
    def faults():
        before = Reading.objects.count()
        elsewhere(answer)
        return [] if Reading.objects.count() == before else ["It moved."]

    monkeypatch.setattr(verifying, "_further", {"a room": faults})
    assert verify_trail().faults == ()


def _slip_in():
    row = Reading.objects.order_by("pk").last()
    row.pk, row.attempt, row.version, row.public_id = None, "1" * 32, 9, "m" * 26
    Reading.objects.bulk_create([row])


def test_a_row_in_no_event_still_is_a_fault(answer, after_the_events):
    elsewhere(_slip_in)
    after_the_events(answer)
    [fault] = verify_trail().faults
    assert fault.startswith("1 rows of reading.Reading stand in no event of the trail")


def test_only_rows_in_no_event_are_tied_afterwards(answer, after_the_events, capsys):
    _slip_in()
    after_the_events(answer)
    call_command("bind_evidence")
    assert "reading.Reading: 1 rows are tied" in capsys.readouterr().out


def test_transactions_are_as_before_once_the_view_is_over(enrolment, answer):
    mode = getattr(connection, "transaction_mode", None)
    connection.close()
    with one_view():
        assert Reading.objects.count() == 1
        elsewhere(answer)
        assert Reading.objects.count() == 1
    assert Reading.objects.count() == 2
    assert getattr(connection, "transaction_mode", None) == mode


def test_a_view_within_a_transaction_is_that_of_the_transaction(enrolment):
    with transaction.atomic(), one_view():
        assert Reading.objects.count() == 1
