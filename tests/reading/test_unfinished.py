"""Before a study is closed its coordinators see whom that cuts off, and before it is opened what the aided arm lacks."""

import pytest

from inference.aiding import choose_aid
from inference.services import plan_model
from readerstudy.reading.services import commit_readings
from readerstudy.reading.unfinished import unfinished_note
from readerstudy.studies.choices import DesignKind, Revision
from readerstudy.studies.services import lock_study, update_design, update_protocol, withdraw_reader
from tests.inference.factories import make_model, make_ready_study, run_all
from tests.reading.factories import begin, ids, item, open_study

EMAILS = ("reader@example.org", "second@example.org", "third@example.org")


@pytest.fixture
def study(admin, coordinator, reader_user, now):
    """One reader has answered all, one a case, one is withdrawn."""
    opened = open_study(admin=admin, coordinator=coordinator, now=now, cases=3, emails=EMAILS)
    first, second, third = (opened.enrolments.get(user__email=email) for email in EMAILS)
    for enrolment, cases in ((first, 3), (second, 1)):
        begin(opened, enrolment.user, now=now)
        answers = [item(position) for position in ids(enrolment)[:cases]]
        commit_readings(actor=enrolment.user, answers=answers, now=now)
    withdraw_reader(actor=coordinator, enrolment=third, reason="Ill.", now=now)
    return opened


def test_the_page_that_closes_says_who_is_not_done(client, study, coordinator):
    first, second, third = (study.enrolments.get(user__email=email).code for email in EMAILS)
    client.force_login(coordinator)
    text = client.get(f"/studies/{study.slug}/transition/").text
    assert f"{second}: 1 of 3" in " ".join(text.split())
    assert f"after the close: {first}" in " ".join(text.split())
    assert third not in text
    assert "could not go on" in text


def test_where_all_are_done_and_nobody_has_to_sign_nothing_is_said(study, coordinator, now):
    second = study.enrolments.get(user__email=EMAILS[1])
    answers = [item(position) for position in ids(second)[1:]]
    commit_readings(actor=second.user, answers=answers, now=now)
    note = unfinished_note(study)
    assert not note.reading
    assert set(note.unsigned) == {study.enrolments.get(user__email=one).code for one in EMAILS[:2]}
    type(study.conduct).objects.filter(study=study).update(asks_attestation=False)
    study.refresh_from_db()
    assert unfinished_note(type(study).objects.get(pk=study.pk)) is None


def test_the_page_that_opens_says_what_the_aided_arm_lacks(client, admin, coordinator, now):
    draft = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    update_design(actor=coordinator, study=draft, now=now, kind=DesignKind.CROSSOVER)
    update_protocol(actor=coordinator, study=draft, now=now, revision=Revision.NONE)
    model = make_model(admin=admin, now=now)
    plan_model(actor=coordinator, study=draft, model=model, planned=True, now=now)
    choose_aid(actor=coordinator, study=draft, artefact=model.artefacts.get(), now=now)
    locked = lock_study(actor=coordinator, study=draft, now=now)
    client.force_login(coordinator)
    page = f"/studies/{locked.slug}/transition/"
    assert "which has not scored every case" in client.get(page).text
    run_all(coordinator, model, locked, now)
    assert "which has not scored every case" not in client.get(page).text
