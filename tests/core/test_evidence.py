"""The database itself refuses to change or delete evidence. These tests run on SQLite and, as a whole, on PostgreSQL."""

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from readerstudy.accounts.models import Consent
from readerstudy.core import triggers
from readerstudy.core.errors import InvalidInput
from readerstudy.core.evidence import erasing, guards
from readerstudy.core.models import AppendOnlyError, AppendOnlyModel, AuditEvent, ErasureGate
from readerstudy.core.verifying import verify_trail
from readerstudy.images.services import delete_image_set
from readerstudy.reading.models import Reading
from readerstudy.reading.services import commit_readings
from readerstudy.studies.models import Position, StudyCase
from readerstudy.truth.models import ReferenceStandard
from tests.images.factories import make_image_set
from tests.reading.factories import begin, ids, item, open_study
from tests.truth.factories import record_truth
from tests.unguarded import overwrite, plain, unguarded

IS_POSTGRESQL = connection.vendor == "postgresql"


def execute(sql, *values):
    """As the application's own database role, with the triggers in their places."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def refused(sql, *values):
    with pytest.raises(DatabaseError, match="are evidence"):
        execute(sql, *values)


@pytest.fixture
def enrolment(admin, coordinator, reader_user, now):
    """A reader who has answered two cases, one of them twice."""
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=4)
    enrolment = begin(study, reader_user, now=now)
    places = ids(enrolment)
    commit_readings(actor=reader_user, answers=[item(one) for one in places[:2]], now=now)
    commit_readings(actor=reader_user, answers=[item(places[1])], revise=True, now=now)
    return enrolment


def test_every_append_only_table_has_its_triggers(db):
    guarded = {guard.model for guard in guards()}
    appended = {one for one in apps.get_models() if issubclass(one, AppendOnlyModel)}
    assert appended <= guarded
    kinds = ("update", "delete", "truncate") if IS_POSTGRESQL else ("update", "delete")
    names = {f"evidence_{one.table}_{kind}" for one in guards() for kind in kinds}
    assert set(triggers._found(connection)) == names
    assert triggers.faults(connection) == []


def test_rows_of_evidence_are_neither_changed_nor_deleted(enrolment):
    for table in ("reading_reading", "studies_position", "studies_transition", "core_auditevent"):
        refused(f"UPDATE {table} SET id = id + 1000")  # noqa: S608 (our own)
        refused(f"DELETE FROM {table}")  # noqa: S608 (our own)
        if IS_POSTGRESQL:
            refused(f"TRUNCATE {table} CASCADE")
    refused("UPDATE reading_reading SET confidence = 5 WHERE version = 1")
    assert Reading.objects.count() == 3


def test_what_pushes_a_row_out_counts_as_deleting_or_changing_it(enrolment):
    reading = Reading.objects.first()
    if IS_POSTGRESQL:
        refused("INSERT INTO core_auditevent SELECT * FROM core_auditevent LIMIT 1 ON CONFLICT (id) DO UPDATE SET verb = 'x'")  # fmt: skip
    else:
        refused("INSERT OR REPLACE INTO core_auditevent SELECT * FROM core_auditevent LIMIT 1")
    with pytest.raises(DatabaseError, match="are evidence"), transaction.atomic():
        Reading.objects.bulk_create([reading], update_conflicts=True, unique_fields=["id"], update_fields=["confidence"])  # fmt: skip


def test_of_a_case_the_withdrawal_changes_and_nothing_else(enrolment, now):
    assert StudyCase.objects.filter(pk=StudyCase.objects.first().pk).update(withdrawn_at=now) == 1
    with pytest.raises(DatabaseError, match="are evidence"), transaction.atomic():
        StudyCase.objects.update(patient=3)
    with pytest.raises(DatabaseError, match="are evidence"), transaction.atomic():
        Position.objects.filter(number=4).delete()


def test_truth_goes_with_its_image_set_until_a_study_has_frozen_it(admin, enrolment, now):
    other = make_image_set(admin=admin, now=now, cases=2, name="In no study")
    record_truth(admin=admin, image_set=other, now=now)
    refused("DELETE FROM truth_referencestandard WHERE case_id IN (SELECT case_id FROM studies_studycase)")  # fmt: skip
    refused("UPDATE truth_referencestandard SET diagnosis = 'x'")
    delete_image_set(actor=admin, image_set=other, now=now)
    assert ReferenceStandard.objects.count() == 4


# --- Erasing ----------------------------------------------------------------------------------------------


def erased(enrolment, coordinator, now, reason="The reader asked for it."):
    study_id = enrolment.study.public_id
    return erasing(actor=coordinator, subject=enrolment, reason=reason, now=now, study_id=study_id)


def test_evidence_is_erased_through_the_gate_alone_and_the_trail_tells_of_it(
    enrolment, coordinator, now
):
    consent = Consent.objects.get(user=enrolment.user)
    with erased(enrolment, coordinator, now) as erasure:
        assert erasure.erase(Reading.objects.filter(position__enrolment=enrolment)) == 3
        assert erasure.change(Consent.objects.filter(pk=consent.pk), text="") == 1
    assert not Reading.objects.exists()
    assert not ErasureGate.objects.exists()
    event = AuditEvent.objects.get(verb="evidence.erased")
    assert len(event.data["erased"]["reading.Reading"]) == 3
    assert event.data["reason"] == "The reader asked for it."
    assert verify_trail().faults == ()
    refused("DELETE FROM accounts_consent")
    with pytest.raises(AppendOnlyError):
        Consent.objects.update(text="x")


def test_what_was_erased_does_not_come_back_and_what_was_changed_stays(enrolment, coordinator, now):
    consent = Consent.objects.get(user=enrolment.user)
    kept = Reading.objects.order_by("pk").last()
    with erased(enrolment, coordinator, now) as erasure:
        erasure.erase(Reading.objects.filter(pk=kept.pk))
        erasure.change(Consent.objects.all(), text="")
    Reading.objects.bulk_create([kept])
    overwrite("UPDATE accounts_consent SET text = 'agreed to more'")
    first, second = sorted(verify_trail(further=False).faults)
    assert f"Row {consent.pk} of accounts.Consent is not what" in first
    assert f"Row {kept.pk} of reading.Reading was erased" in second


def test_the_gate_needs_a_reason_and_closes_whatever_happens(enrolment, coordinator, now):
    with pytest.raises(InvalidInput, match="needs a reason"), erased(enrolment, coordinator, now, " "):  # fmt: skip
        pass
    with pytest.raises(RuntimeError), erased(enrolment, coordinator, now) as erasure:
        erasure.erase(Reading.objects.filter(version=2))
        raise RuntimeError
    assert Reading.objects.count() == 3
    assert not ErasureGate.objects.exists()
    with pytest.raises(AppendOnlyError):
        Reading.objects.all().delete()


def test_the_trail_itself_is_not_erased(enrolment, coordinator, now):
    with (
        pytest.raises(AppendOnlyError),
        erased(enrolment, coordinator, now) as erasure,
    ):
        erasure.erase(AuditEvent.objects.all())
    with (
        pytest.raises(DatabaseError, match="core_auditevent are evidence"),
        erased(enrolment, coordinator, now),
    ):
        execute("DELETE FROM core_auditevent")


# --- Triggers that are gone -------------------------------------------------------------------------------


def warnings_of_the_check():
    return [one.msg for one in run_checks(databases=["default"]) if one.id == "readerstudy.W002"]


def test_a_trigger_that_was_dropped_is_named_and_made_again(db):
    assert warnings_of_the_check() == []
    on = " ON reading_reading" if IS_POSTGRESQL else ""
    execute(f"DROP TRIGGER evidence_reading_reading_delete{on}")
    [sentence] = warnings_of_the_check()
    assert "evidence_reading_reading_delete of the table reading_reading is missing" in sentence
    with pytest.raises(CommandError, match="evidence_reading_reading_delete"):
        call_command("verify_audit")
    call_command("migrate", verbosity=0)
    assert warnings_of_the_check() == []
    call_command("verify_audit")


def test_a_trigger_that_refuses_nothing_any_more_is_named(db):
    name = "evidence_core_auditevent_update"
    if IS_POSTGRESQL:
        execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")  # fmt: skip
        execute("ALTER TABLE reading_reading DISABLE TRIGGER evidence_reading_reading_update")
    else:
        execute(f"DROP TRIGGER {name}")
        execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON core_auditevent BEGIN SELECT 1; END")
        execute("DROP TRIGGER evidence_reading_reading_update")  # it cannot be switched off
    named = " ".join(triggers.faults(connection))
    assert name in named
    assert "evidence_reading_reading_update" in named
    assert triggers.install(connection) == 2
    assert triggers.faults(connection) == []


def test_the_triggers_are_there_again_after_a_thief(enrolment):
    with unguarded():
        plain(Reading.objects.all()).update(zooms=7)
    assert triggers.faults(connection) == []
    refused("UPDATE reading_reading SET zooms = 8")


def test_a_key_that_is_none_is_named(settings):
    for key in ("", "short", settings.SECRET_KEY):
        settings.AUDIT_KEY = key
        assert [one.id for one in run_checks(tags=["security"]) if one.id == "readerstudy.E001"]


# --- Rows and the trail -----------------------------------------------------------------------------------


def faults():
    return " ".join(verify_trail(further=False).faults)


def test_an_answer_that_was_changed_removed_or_added_is_found(enrolment, now):
    assert faults() == ""
    first, *_, last = Reading.objects.order_by("pk")
    overwrite("UPDATE reading_reading SET confidence = 1 + confidence %% 5 WHERE id = %s", first.pk)
    assert faults() == f"Row {first.pk} of reading.Reading is not what event {_event(first)} tells of it: it was changed."  # fmt: skip
    overwrite("DELETE FROM reading_reading WHERE id = %s", last.pk)
    assert f"Row {last.pk} of reading.Reading, which event {_event(last)} tells of, was removed." in faults()  # fmt: skip
    first.pk, first.attempt, first.version = None, "0" * 32, 9
    first.public_id = "n" * 26
    Reading.objects.bulk_create([first])
    assert f"1 rows of reading.Reading stand in no event of the trail, the first is row {first.pk}" in faults()  # fmt: skip


def _event(reading):
    for event in AuditEvent.objects.filter(verb="readings.stored"):
        if any(key == reading.pk for _label, key, _hash in event.data["evidence"]):
            return event.sequence
    return None


def test_other_rows_that_the_trail_tells_of_are_compared_too(enrolment):
    overwrite("UPDATE studies_transition SET reason = 'none'")
    overwrite("UPDATE studies_protocolversion SET reason = 'none'")
    assert "of studies.Transition is not what" in faults()
    assert "of studies.ProtocolVersion is not what" in faults()


def test_rows_of_a_version_before_are_tied_to_the_trail_by_a_command(enrolment, now, capsys):
    row = Reading.objects.order_by("pk").last()
    row.pk, row.attempt, row.version, row.public_id = None, "1" * 32, 9, "m" * 26
    Reading.objects.bulk_create([row])
    assert "bind_evidence" in faults()
    call_command("bind_evidence")
    assert "reading.Reading: 1 rows are tied" in capsys.readouterr().out
    assert faults() == ""
    overwrite("UPDATE core_auditevent SET verb = 'x' WHERE sequence = 1")
    with pytest.raises(CommandError, match="Event 1"):
        call_command("bind_evidence")


def test_an_event_of_answers_tells_nothing_of_what_they_say(enrolment):
    event = AuditEvent.objects.filter(verb="readings.stored").first()
    assert set(event.data) == {"code", "answers", "evidence"}
    assert [answer[1:] for answer in event.data["answers"]] == [[1, 1], [1, 1]]
    row = Reading.objects.order_by("pk").first()
    assert row.decision not in str(event.data)


def test_a_role_gets_no_more_than_it_needs(capsys):
    call_command("evidence_grants", "readerstudy_web")
    lines = capsys.readouterr().out.splitlines()
    assert "REVOKE UPDATE, DELETE, TRUNCATE ON core_auditevent FROM readerstudy_web;" in lines
    assert "REVOKE DELETE, TRUNCATE ON studies_studycase FROM readerstudy_web;" in lines
    assert "REVOKE INSERT, UPDATE, DELETE ON core_erasuregate FROM readerstudy_web;" in lines
    with pytest.raises(CommandError, match="is no name of a role"):
        call_command("evidence_grants", "x; DROP TABLE y")
