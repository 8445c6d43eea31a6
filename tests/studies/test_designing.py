"""A design is chosen in the draft, becomes rows at the lock, and is found wherever it was tampered with."""

from importlib import import_module

import pytest
from django.apps import apps

from readerstudy.core.audit import first_broken_event
from readerstudy.core.canonical import sha256_of
from readerstudy.core.csvio import write_table
from readerstudy.core.errors import Conflict, DomainError, InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Case
from readerstudy.studies import allocated, freezing, manifest, verifying
from readerstudy.studies.allocation import allocate
from readerstudy.studies.choices import ArmKind, DesignKind, RepeatWhen, Revision
from readerstudy.studies.deriving import panel_of
from readerstudy.studies.models import Design, Position, Session
from readerstudy.studies.order import ALGORITHM as ORDER_ALGORITHM
from readerstudy.studies.passes import ALGORITHM
from readerstudy.studies.readiness import missing_for_lock
from readerstudy.studies.selectors import lock_of
from readerstudy.studies.services import lock_study, open_study, update_design, update_protocol
from readerstudy.studies.verifying import faults_of, order_faults
from tests.studies.factories import invite, make_person, make_study
from tests.unguarded import unguarded

DESIGNS = {
    "unaided": {},
    "repeats in the session": {
        "repeat_percent": 25,
        "repeat_when": RepeatWhen.SAME_SESSION,
    },
    "repeats later": {"repeat_percent": 50},
    "sequential": {"kind": DesignKind.SEQUENTIAL, "aided_percent": 50},
    "crossover": {"kind": DesignKind.CROSSOVER},
    "crossover with repeats": {"kind": DesignKind.CROSSOVER, "repeat_percent": 25},
    "once": {"kind": DesignKind.ONCE, "batch_size": 2},
    "blocks": {"kind": DesignKind.BLOCKS, "blocks": 2},
}


@pytest.fixture
def draft(admin, coordinator, now):
    """Twelve cases, two of them of one patient, and four readers."""
    study = make_study(admin=admin, coordinator=coordinator, now=now, cases=12, readers=4)
    # In the sequential design no answer can be changed.
    update_protocol(actor=coordinator, study=study, now=now, revision=Revision.NONE)
    pair = Case.objects.filter(image_set=study.image_set)[:2]
    Case.objects.filter(pk__in=[case.pk for case in pair]).update(patient_ref="SMITH")
    return study


@pytest.fixture
def lock(coordinator, draft, now):
    """Locks the draft with a design."""

    def do(**design):
        update_design(actor=coordinator, study=draft, now=now, **design)
        return lock_study(actor=coordinator, study=draft, now=now)

    return do


def test_a_new_study_is_unaided(study):
    assert study.design.kind == DesignKind.UNAIDED
    assert study.design.options.sessions == 1
    assert study.design.washout_days == 28


@pytest.mark.parametrize(
    ("design", "arms"),
    [
        (DESIGNS["unaided"], ["unaided"]),
        (DESIGNS["repeats in the session"], ["unaided"]),
        (DESIGNS["repeats later"], ["unaided", "unaided"]),
        (DESIGNS["sequential"], [""]),
        (DESIGNS["crossover with repeats"], ["", "", "unaided"]),
    ],
)
def test_the_sessions_follow_the_design(coordinator, draft, now, design, arms):
    update_design(actor=coordinator, study=draft, now=now, **DESIGNS["crossover with repeats"])
    plain = {"kind": DesignKind.UNAIDED, "repeat_percent": 0, **design}
    update_design(actor=coordinator, study=draft, now=now, **plain)
    sessions = Session.objects.filter(study=draft).order_by("number")
    assert [one.arm for one in sessions] == arms
    assert [one.number for one in sessions] == list(range(1, len(arms) + 1))


def test_a_change_is_audited_and_no_change_is_not(coordinator, study, now):
    update_design(actor=coordinator, study=study, now=now, kind=DesignKind.BLOCKS, blocks=3)
    update_design(actor=coordinator, study=study, now=now, kind=DesignKind.BLOCKS)
    event = AuditEvent.objects.get(verb="study.design_changed")
    assert event.data == {"blocks": 3, "kind": "blocks"}
    assert first_broken_event() is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"washout_days": 0}, "washout_days"),
        ({"washout_days": "many"}, "washout_days"),
        ({"aided_percent": 101}, "aided_percent"),
        ({"batch_size": 0}, "batch_size"),
        ({"blocks": 1}, "blocks"),
        ({"repeat_percent": -1}, "repeat_percent"),
        ({"kind": "random"}, "kind"),
        ({"repeat_when": "never"}, "repeat_when"),
        ({"seed": "00"}, "seed"),
        ({"algorithm": "mine"}, "algorithm"),
        ({"repeat_percent": 51, "repeat_when": RepeatWhen.SAME_SESSION}, "repeat_percent"),
        (
            {
                "kind": DesignKind.CROSSOVER,
                "repeat_percent": 5,
                "repeat_when": RepeatWhen.SAME_SESSION,
            },
            "repeat_when",
        ),
        (
            {"kind": DesignKind.SEQUENTIAL, "aided_percent": 100, "repeat_percent": 5},
            "repeat_percent",
        ),
    ],
)
def test_what_cannot_be_names_its_field_and_changes_nothing(coordinator, study, now, fields, field):
    before = Design.objects.filter(study=study).values().get()
    with pytest.raises(DomainError) as refused:
        update_design(actor=coordinator, study=study, now=now, **fields)
    assert {problem.field for problem in refused.value.problems} == {field}
    assert Design.objects.filter(study=study).values().get() == before
    assert Session.objects.filter(study=study).count() == 1


def test_only_coordinators_choose_and_only_in_a_draft(coordinator, admin, draft, now):
    for actor in (admin, make_person("stranger@example.org", "coordinator")):
        with pytest.raises(NotAllowed):
            update_design(actor=actor, study=draft, now=now, blocks=3)
    lock_study(actor=coordinator, study=draft, now=now)
    with pytest.raises(Conflict) as refused:
        update_design(actor=coordinator, study=draft, now=now, blocks=3)
    assert refused.value.code == "not_a_draft"


@pytest.mark.parametrize(
    ("design", "code"),
    [
        ({"kind": DesignKind.BLOCKS, "blocks": 5}, "empty_blocks"),
        ({"kind": DesignKind.SEQUENTIAL, "aided_percent": 10}, "cases_never_aided"),
    ],
)
def test_a_design_that_the_readers_cannot_carry_is_not_locked(
    coordinator, draft, now, design, code
):
    update_design(actor=coordinator, study=draft, now=now, **design)
    draft.refresh_from_db()
    assert [problem.code for problem in missing_for_lock(draft)] == [code]
    with pytest.raises(Conflict) as refused:
        lock_study(actor=coordinator, study=draft, now=now)
    assert refused.value.code == code


@pytest.mark.parametrize("name", DESIGNS)
def test_the_lock_stores_the_rows_of_the_allocation(lock, name):
    study = lock(**DESIGNS[name])
    options, panel = study.design.options, panel_of(study)
    assert len(panel.readers) == 4
    assert sorted(filter(None, panel.patients.values())) == [1, 1]
    for enrolment in study.enrolments.all():
        stored = enrolment.positions.order_by("session__number", "number").values_list(
            "session__number",
            "number",
            "study_case__public_id",
            "arm",
            "block",
            "repeat_of__session__number",
            "repeat_of__number",
        )
        derived = [
            (row.session, row.place, row.case, row.arm, row.block, *(row.repeat_of or (None, None)))
            for row in allocate(options, panel, enrolment.code)
        ]
        assert list(stored) == derived
    assert faults_of(study, with_files=False) == []


@pytest.mark.parametrize("name", DESIGNS)
def test_a_late_reader_has_rows_that_are_verified_and_changes_no_others(
    lock, coordinator, now, name
):
    study = lock(**DESIGNS[name])
    before = list(Position.objects.order_by("pk").values())
    late = invite(study, coordinator=coordinator, now=now, email="late@example.org")
    assert late.positions.exists()
    assert list(Position.objects.exclude(enrolment=late).order_by("pk").values()) == before
    assert faults_of(study, with_files=False) == []
    with unguarded():
        Position.objects.filter(pk=late.positions.first().pk).update(block=9)
    [fault] = order_faults(study)
    assert f"The block of {late.code} in session 1 is not the derived one from place 1 on" in fault


def test_cases_of_one_patient_are_no_neighbours_in_any_stored_order(lock):
    study = lock()
    for enrolment in study.enrolments.all():
        places = enrolment.positions.exclude(study_case__patient=None).values_list(
            "number", flat=True
        )
        first, second = sorted(places)
        assert second - first > 1


def test_the_manifest_holds_the_design_and_the_patients_without_names(lock):
    study = lock(**DESIGNS["crossover with repeats"])
    manifest = lock_of(study).manifest
    assert manifest["design"] == {
        "kind": "crossover",
        "washout_days": 28,
        "aided_percent": 50,
        "batch_size": 10,
        "blocks": 2,
        "repeat_percent": 25,
        "repeat_when": "later_session",
    }
    assert manifest["order"]["algorithm"] == ALGORITHM
    assert sorted(one["patient"] for one in manifest["cases"] if one["patient"]) == [1, 1]
    assert "SMITH" not in str(manifest)


@pytest.mark.parametrize("name", ["sequential", "crossover", "once"])
def test_a_design_with_an_aided_arm_stores_aided_positions(lock, name):
    lock(**DESIGNS[name])
    assert Position.objects.exclude(arm=ArmKind.UNAIDED).exists()


def test_a_sequential_design_is_locked_once_no_answer_can_be_changed(lock, coordinator, draft, now):
    update_protocol(actor=coordinator, study=draft, now=now, revision=Revision.LAST)
    with pytest.raises(Conflict, match="no answer can be changed") as refused:
        lock(**DESIGNS["sequential"])
    assert refused.value.code == "sequential_and_changes"
    update_protocol(actor=coordinator, study=draft, now=now, revision=Revision.NONE)
    assert lock(**DESIGNS["sequential"]).state == "locked"


@pytest.mark.parametrize("name", DESIGNS)
def test_a_locked_design_is_opened_where_no_other_room_objects(lock, coordinator, now, name):
    assert open_study(actor=coordinator, study=lock(**DESIGNS[name]), now=now).state == "reading"


def test_an_unknown_algorithm_is_told(lock):
    study = lock()
    Design.objects.update(algorithm="allocation-2")
    study.refresh_from_db()
    assert list(order_faults(study)) == ["No version of the allocation is called allocation-2."]


def test_an_unknown_field_is_named(coordinator, study, now):
    with pytest.raises(InvalidInput, match="The design has no field arms"):
        update_design(actor=coordinator, study=study, now=now, arms=2)


def test_a_withdrawn_case_leaves_all_others_in_their_places(lock, now):
    study = lock(**DESIGNS["repeats in the session"])
    before = list(Position.objects.order_by("pk").values())
    case = study.study_cases.first()
    case.withdrawn_at, case.withdrawal_reason = now, "Taken twice."
    case.save()
    assert list(Position.objects.order_by("pk").values()) == before
    assert faults_of(study, with_files=False) == []


def test_studies_from_before_are_given_the_design_that_they_had(admin, coordinator, lock, now):
    locked = lock()
    draft = make_study(admin=admin, coordinator=coordinator, now=now, title="Draft")
    Design.objects.all().delete()
    migration = import_module("readerstudy.studies.migrations.0003_designs_of_studies")
    for _ in range(2):
        migration.give_designs(apps, None)
    kinds = dict(Design.objects.values_list("study", "kind"))
    assert kinds == {locked.pk: "unaided", draft.pk: "unaided"}
    algorithms = dict(Design.objects.values_list("study", "algorithm"))
    assert algorithms == {locked.pk: ORDER_ALGORITHM, draft.pk: ALGORITHM}


@pytest.fixture
def one_at_a_time(monkeypatch):
    """Readers come one after the other where they come by the hundred otherwise."""
    for module in (allocated, freezing, manifest, verifying):
        monkeypatch.setattr(module, "_READERS_AT_ONCE", 1)


@pytest.mark.parametrize("name", DESIGNS)
def test_orders_are_the_same_however_many_readers_are_in_memory_at_once(lock, one_at_a_time, name):
    study = lock(**DESIGNS[name])
    rows = Position.objects.filter(enrolment__study=study).values_list(*manifest._COLUMNS)
    assert lock_of(study).manifest["order"]["sha256"] == sha256_of(sorted(map(list, rows)))
    assert faults_of(study, with_files=False) == []
    listed = list(allocated.stored_order(study))
    assert len(listed) == len(rows)
    assert listed == sorted(listed, key=lambda row: row[:3])
    with unguarded():
        last = Position.objects.order_by("enrolment__code", "session__number", "number").last()
        Position.objects.filter(pk=last.pk).update(block=9)
    [fault] = order_faults(study)
    assert "The block of" in fault
    assert any(one.startswith("order.sha256") for one in faults_of(study, with_files=False))


def test_the_order_as_a_file_is_sent_as_it_is_read(client, lock, coordinator):
    study = lock()
    client.force_login(coordinator)
    response = client.get(f"/studies/{study.slug}/order.csv")
    assert response.streaming
    table = write_table(allocated.ORDER_COLUMNS, allocated.stored_order(study))
    assert b"".join(response).decode() == table
    assert table.count("\r\n") == 1 + 4 * 12
