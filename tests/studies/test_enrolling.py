import re

import pytest

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.accounts.selectors import open_invitation
from readerstudy.accounts.services import give_consent
from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, NotAllowed, NotFound
from readerstudy.core.models import AuditEvent
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.codes import new_reader_code
from readerstudy.studies.models import Enrolment, Position
from readerstudy.studies.services import activate_enrolment, invite_again, withdraw_reader
from readerstudy.studies.verifying import order_faults
from tests.studies.factories import activate, advance, invite, make_person, make_study


def test_a_reader_is_enrolled_under_a_random_code(coordinator, study, now):
    enrolment = invite(study, coordinator=coordinator, now=now, email="Ann@example.org")

    assert re.fullmatch(r"R-[2-9BCDFGHJKMNPQRSTVWXZ]{4}", enrolment.code)
    assert enrolment.user.email == "ann@example.org"
    assert enrolment.state == EnrolmentState.INVITED
    assert not enrolment.positions.exists()


def test_a_code_that_is_taken_is_drawn_again():
    letters = iter("2222" + "2222" + "3333")
    code = new_reader_code(taken={"R-2222"}, choose=lambda _alphabet: next(letters))
    assert code == "R-3333"


def test_nobody_is_enrolled_twice(coordinator, study, now):
    invite(study, coordinator=coordinator, now=now, email="a@example.org")
    with pytest.raises(Conflict, match="already a reader"):
        invite(study, coordinator=coordinator, now=now, email="A@example.org")
    assert study.enrolments.count() == 1


def test_one_person_reads_in_two_studies_with_two_codes(admin, coordinator, study, now):
    other = make_study(admin=admin, coordinator=coordinator, now=now, title="Other")
    for one in (study, other):
        invite(one, coordinator=coordinator, now=now, email="a@example.org")
    assert User.objects.filter(role=SiteRole.READER).count() == 1
    assert len(set(Enrolment.objects.values_list("code", flat=True))) == 2


@pytest.mark.parametrize("years", [-1, 71])
def test_years_that_cannot_be_are_refused_and_make_no_account(coordinator, study, now, years):
    with pytest.raises(InvalidInput) as refusal:
        invite(
            study,
            coordinator=coordinator,
            now=now,
            email="a@example.org",
            years_of_experience=years,
        )
    assert refusal.value.field == "years_of_experience"
    assert not User.objects.filter(email="a@example.org").exists()


def test_a_bad_address_is_refused_and_makes_no_account(coordinator, study, now):
    with pytest.raises(InvalidInputs):
        invite(study, coordinator=coordinator, now=now, email="nobody")
    assert not study.enrolments.exists()


def test_groups_of_another_study_are_refused(admin, coordinator, study, now):
    other = make_study(admin=admin, coordinator=coordinator, now=now, title="Other")
    foreign = other.rank_groups.all()[0]
    with pytest.raises(InvalidInput, match="rank group is not one of this study"):
        invite(study, coordinator=coordinator, now=now, email="a@b.org", rank_group=foreign)


def test_a_late_reader_gets_an_order_that_the_seed_gives(coordinator, study_with_readers, now):
    reading = advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    late = invite(reading, coordinator=coordinator, now=now, email="late@example.org")

    assert late.positions.count() == 4
    assert list(order_faults(reading)) == []
    event = AuditEvent.objects.filter(verb="enrolment.created").last()
    assert event.data["late"] is True
    assert len(event.data["order_sha256"]) == 64
    assert reading.versions.count() == 1


@pytest.mark.parametrize("state", ["closed", "unblinded"])
def test_nobody_comes_or_goes_after_the_close(coordinator, study_with_readers, now, state):
    enrolment = study_with_readers.enrolments.first()
    closed = advance(study_with_readers, state, coordinator=coordinator, now=now)
    with pytest.raises(Conflict, match="closed"):
        invite(closed, coordinator=coordinator, now=now, email="late@example.org")
    with pytest.raises(Conflict, match="closed"):
        withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)
    with pytest.raises(Conflict, match="closed"):
        invite_again(actor=coordinator, enrolment=enrolment, now=now)


def test_others_than_the_coordinators_invite_and_withdraw_nobody(
    admin, reader_user, study_with_readers, now
):
    stranger = make_person("stranger@example.org", SiteRole.COORDINATOR)
    enrolment = study_with_readers.enrolments.first()
    for actor in (admin, reader_user, stranger, enrolment.user):
        with pytest.raises(NotAllowed):
            invite(study_with_readers, coordinator=actor, now=now, email="x@example.org")
        with pytest.raises(NotAllowed):
            withdraw_reader(actor=actor, enrolment=enrolment, now=now)
        with pytest.raises(NotAllowed):
            invite_again(actor=actor, enrolment=enrolment, now=now)


def test_a_new_link_replaces_a_lost_one(coordinator, study_with_readers, now):
    enrolment = study_with_readers.enrolments.first()
    token = invite_again(actor=coordinator, enrolment=enrolment, now=now)
    assert open_invitation(token, now=now).user == enrolment.user


def test_readers_who_have_begun_are_not_invited_again(coordinator, study_with_readers, now):
    advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    enrolment = activate(study_with_readers.enrolments.first(), now=now)
    with pytest.raises(Conflict, match="active"):
        invite_again(actor=coordinator, enrolment=enrolment, now=now)


def test_consent_makes_a_reader_active(coordinator, study_with_readers, now):
    advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    enrolment = study_with_readers.enrolments.first()

    with pytest.raises(NotAllowed) as refusal:
        activate_enrolment(actor=enrolment.user, enrolment=enrolment, now=now)
    assert refusal.value.code == "consent_missing"

    assert activate(enrolment, now=now).state == EnrolmentState.ACTIVE
    assert activate(enrolment, now=now).state == EnrolmentState.ACTIVE
    assert AuditEvent.objects.filter(verb="enrolment.activated").count() == 1


def test_consent_to_another_study_or_text_does_not_count(coordinator, study_with_readers, now):
    study = advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    enrolment = study.enrolments.first()
    text = study.protocol.consent_de
    for scope, wording in (("other", text), (study.public_id, "Yes.")):
        give_consent(actor=enrolment.user, scope=scope, text=wording, language="de", now=now)
        with pytest.raises(NotAllowed):
            activate_enrolment(actor=enrolment.user, enrolment=enrolment, now=now)


def test_nobody_begins_for_somebody_else(coordinator, reader_user, study_with_readers, now):
    advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    enrolment = study_with_readers.enrolments.first()
    for actor in (coordinator, reader_user):
        with pytest.raises(NotFound):
            activate_enrolment(actor=actor, enrolment=enrolment, now=now)


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_nobody_begins_in_a_draft_or_after_the_close(coordinator, study_with_readers, now, state):
    if state == "closed":
        advance(study_with_readers, state, coordinator=coordinator, now=now)
    with pytest.raises(Conflict, match="not open"):
        activate(study_with_readers.enrolments.first(), now=now)


def test_of_a_reader_withdrawn_from_a_draft_nothing_remains(coordinator, study, now):
    enrolment = invite(study, coordinator=coordinator, now=now, email="a@example.org")
    withdraw_reader(actor=coordinator, enrolment=enrolment, reason="wrong group", now=now)

    assert not study.enrolments.exists()
    # What is said of a person can be erased later, and stands in no event.
    assert "wrong group" not in str(AuditEvent.objects.last().data)
    invite(study, coordinator=coordinator, now=now, email="a@example.org", group=1)


def test_a_reader_withdrawn_while_reading_keeps_row_and_order(coordinator, study_with_readers, now):
    advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    enrolment = activate(study_with_readers.enrolments.first(), now=now)

    withdrawn = withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)

    assert (withdrawn.state, withdrawn.withdrawn_at) == (EnrolmentState.WITHDRAWN, now)
    assert Position.objects.filter(enrolment=enrolment).count() == 4
    with pytest.raises(Conflict, match="already withdrawn"):
        withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)
    with pytest.raises(Conflict) as refusal:
        activate_enrolment(actor=enrolment.user, enrolment=enrolment, now=now)
    assert refusal.value.code == "withdrawn"
