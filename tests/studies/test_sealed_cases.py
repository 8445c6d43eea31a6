"""One set of cases in two studies: the truth is told by neither while the other is still read."""

import pytest

from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.studies import lifecycle
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.readiness import missing_for_lock
from readerstudy.studies.services import (
    appoint,
    close_study,
    lock_study,
    open_study,
    unblind_study,
)
from tests.conftest import make_user
from tests.studies.factories import advance, invite, make_study
from tests.truth.factories import record_truth


@pytest.fixture
def first(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now, title="First")
    record_truth(admin=admin, image_set=study.image_set, now=now)
    invite(study, coordinator=coordinator, now=now, email="ann@example.org")
    return study


@pytest.fixture
def second(first, admin, now):
    """Somebody else's study on the same cases."""
    other = make_user("coordinator", "other@example.org", "Otto Other")
    study = make_study(
        admin=admin, coordinator=other, now=now, title="Second", image_set=first.image_set
    )
    invite(study, coordinator=other, now=now, email="ben@example.org")
    return study, other


def closed(study, coordinator, now):
    return advance(study, "closed", coordinator=coordinator, now=now)


@pytest.mark.parametrize("state", ["locked", "reading"])
def test_a_study_is_not_unblinded_while_another_reads_the_same_cases(
    first, second, coordinator, now, state
):
    study, other = second
    advance(study, state, coordinator=other, now=now)
    done = closed(first, coordinator, now)
    with pytest.raises(Conflict, match="Another study on First is not closed yet"):
        unblind_study(actor=coordinator, study=done, reason="Done.", now=now)
    done.refresh_from_db()
    assert done.state == StudyState.CLOSED


def test_both_are_unblinded_once_both_are_closed(first, second, coordinator, now):
    study, other = second
    closed(study, other, now)
    done = closed(first, coordinator, now)
    assert (
        unblind_study(actor=coordinator, study=done, reason="Done.", now=now).state == "unblinded"
    )
    study.refresh_from_db()
    assert unblind_study(actor=other, study=study, reason="Done.", now=now).state == "unblinded"


def test_who_was_told_the_truth_reads_the_cases_in_no_other_study(first, second, coordinator, now):
    study, other = second
    invite(study, coordinator=other, now=now, email="ann@example.org")
    unblind_study(actor=coordinator, study=closed(first, coordinator, now), reason="Done.", now=now)
    assert [one.code for one in missing_for_lock(study)] == ["has_seen_truth"]
    with pytest.raises(Conflict, match="may know the truth"):
        lock_study(actor=other, study=study, now=now)
    third = make_study(
        admin=None, coordinator=other, now=now, title="Third", image_set=first.image_set
    )
    with pytest.raises(Conflict, match="has read these cases in a study"):
        invite(third, coordinator=other, now=now, email="ann@example.org")
    invite(third, coordinator=other, now=now, email="cleo@example.org")


def test_a_lock_waits_for_the_other_study_and_sees_what_it_told(
    first, second, coordinator, now, monkeypatch
):
    study, other = second
    invite(study, coordinator=other, now=now, email="ann@example.org")
    done = closed(first, coordinator, now)

    def held(_study):
        # The other one had the cases first; until it is through, whoever wants them waits.
        monkeypatch.undo()
        unblind_study(actor=coordinator, study=done, reason="Done.", now=now)

    monkeypatch.setattr(lifecycle, "hold_cases", held)
    with pytest.raises(Conflict, match="may know the truth"):
        lock_study(actor=other, study=study, now=now)


def test_a_truth_keeper_has_an_account_and_is_appointed_before_the_lock(first, coordinator, now):
    told = {"actor": coordinator, "study": first, "role": StudyRole.TRUTH_KEEPER, "now": now}
    with pytest.raises(InvalidInput, match="account that is in use"):
        appoint(email="made-up@example.org", name="Made Up", **told)
    assert not first.members.filter(role=StudyRole.TRUTH_KEEPER).exists()
    make_user("reader", "kim@example.org", "Kim Keeper")
    appoint(email="kim@example.org", **told)
    advance(first, "locked", coordinator=coordinator, now=now)
    first.refresh_from_db()
    make_user("reader", "late@example.org", "Late Keeper")
    with pytest.raises(Conflict, match="before the study is locked"):
        appoint(email="late@example.org", **{**told, "study": first})


def test_a_second_draft_shows_nobody_the_truth_until_the_first_is_closed(
    first, second, coordinator, now
):
    study, other = second
    make_user("reader", "late@example.org", "Late Keeper")
    told = {"email": "late@example.org", "role": StudyRole.TRUTH_KEEPER, "now": now}
    for step in (lock_study, open_study):
        step(actor=coordinator, study=first, now=now)
        with pytest.raises(Conflict, match="nobody is shown the truth of its cases"):
            appoint(actor=other, study=study, **told)
    assert not study.members.filter(role=StudyRole.TRUTH_KEEPER).exists()
    close_study(actor=coordinator, study=first, now=now)
    appoint(actor=other, study=study, **told)
