"""The allocation in numbers and as a picture: the same before the lock and after it."""

import itertools

import pytest

from readerstudy.studies.allocated import allocation_of, stored_order
from readerstudy.studies.choices import ArmKind, DesignKind, RepeatWhen, Revision
from readerstudy.studies.flow import coverage_of
from readerstudy.studies.models import Study
from readerstudy.studies.picture import picture_of, words_of
from readerstudy.studies.services import lock_study, update_design, update_protocol
from tests.studies.factories import make_study
from tests.studies.test_designing import DESIGNS


@pytest.fixture
def draft(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now, cases=12, readers=4)
    update_protocol(actor=coordinator, study=study, now=now, revision=Revision.NONE)
    return study


def told(flow):
    return [
        (group.readers, [[words_of(part, flow.kind) for part in parts] for parts in group.sessions])
        for group in flow.groups
    ]


EXPECTED = {
    "unaided": [(4, [["12 cases unaided"]])],
    "repeats in the session": [(4, [["12 cases unaided", "3 cases again, unaided"]])],
    "repeats later": [(4, [["12 cases unaided"], ["6 cases again, unaided"]])],
    "sequential": [(4, [["6 cases unaided", "6 cases unaided, then aided"]])],
    "crossover with repeats": [
        (1, [first, [second, third], ["3 cases again, unaided"]])
        for first, second, third in [
            (
                ["6 cases aided · half 1", "6 cases unaided · half 2"],
                "6 cases unaided · half 1",
                "6 cases aided · half 2",
            ),
            (
                ["6 cases aided · half 2", "6 cases unaided · half 1"],
                "6 cases unaided · half 2",
                "6 cases aided · half 1",
            ),
            (
                ["6 cases unaided · half 1", "6 cases aided · half 2"],
                "6 cases aided · half 1",
                "6 cases unaided · half 2",
            ),
            (
                ["6 cases unaided · half 2", "6 cases aided · half 1"],
                "6 cases aided · half 2",
                "6 cases unaided · half 1",
            ),
        ]
    ],
    "once": [(4, [["6 cases unaided", "6 cases aided"]])],
    "blocks": [
        (2, [["6 cases unaided · block 1"]]),
        (2, [["6 cases unaided · block 2"]]),
    ],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_readers_with_the_same_sessions_are_counted_together(coordinator, draft, now, name):
    update_design(actor=coordinator, study=draft, now=now, **DESIGNS[name])
    flow = allocation_of(Study.objects.get(pk=draft.pk)).flow
    assert sorted(told(flow)) == sorted(EXPECTED[name])
    assert (flow.readers, flow.cases) == (4, 12)


@pytest.mark.parametrize("name", DESIGNS)
def test_what_a_draft_shows_is_what_the_lock_stores(coordinator, draft, now, name):
    update_design(actor=coordinator, study=draft, now=now, **DESIGNS[name])
    before = allocation_of(Study.objects.get(pk=draft.pk))
    locked = lock_study(actor=coordinator, study=draft, now=now)
    after = allocation_of(Study.objects.get(pk=locked.pk))
    # The cases have other names after the lock, so that which cases are whose differs, but no number does.
    assert after.flow == before.flow
    assert (before.is_stored, after.is_stored) == (False, True)


def test_the_coverage_tells_a_case_that_nobody_reads():
    counts = [("unaided", 3), ("unaided", 4), ("sequential", 1)]
    unaided, sequential = coverage_of(counts, cases=2)
    assert (unaided.arm, unaided.fewest, unaided.most) == (ArmKind.UNAIDED, 3, 4)
    assert (sequential.arm, sequential.fewest, sequential.most) == (ArmKind.SEQUENTIAL, 0, 1)


def test_eight_readers_are_supposed_while_nobody_is_invited(study):
    allocation = allocation_of(study)
    assert allocation.is_supposed
    assert told(allocation.flow) == [(8, [["4 cases unaided"]])]


def test_a_large_draft_is_not_worked_out_on_the_page(study, monkeypatch):
    monkeypatch.setattr("readerstudy.studies.allocated.MOST_ROWS", 31)
    assert allocation_of(study).flow is None


def test_boxes_lie_in_the_picture_and_no_two_rows_overlap(coordinator, draft, now):
    update_design(
        actor=coordinator, study=draft, now=now, kind=DesignKind.CROSSOVER, repeat_percent=25
    )
    flow = allocation_of(Study.objects.get(pk=draft.pk)).flow
    picture = picture_of(flow, washout_days=28)
    for box in picture.boxes:
        assert 0 <= box.x < box.x + box.width <= picture.width
        assert 0 <= box.y < box.y + box.height <= picture.height
    readers = sorted((box.y, box.y + box.height) for box in picture.boxes if box.x == 0)
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(readers))
    assert [word.text for word in picture.words if word.text.startswith("≥")] == ["≥ 28 days"] * 2


def test_the_stored_order_is_that_of_the_positions(coordinator, draft, now):
    update_design(
        actor=coordinator,
        study=draft,
        now=now,
        repeat_percent=25,
        repeat_when=RepeatWhen.SAME_SESSION,
    )
    study = lock_study(actor=coordinator, study=draft, now=now)
    rows = list(stored_order(study))
    assert len(rows) == 4 * 15
    repeats = [row for row in rows if row[6] is not None]
    assert len(repeats) == 4 * 3
    first = {(row[0], row[1], row[2]): row[3] for row in rows}
    assert all(first[row[0], row[6], row[7]] == row[3] for row in repeats)
