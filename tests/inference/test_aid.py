"""What readers of an aided arm are shown: chosen in a draft, locked, there before the reading, and never too early."""

import uuid

import pytest
from django.urls import reverse

from inference.aid import aid_for, shown
from inference.aiding import choose_aid, drop_aid
from inference.choices import AidForm
from inference.models import Aid, Score
from inference.services import plan_model
from readerstudy.core.errors import Conflict, InvalidInput, NotFound
from readerstudy.reading.services import commit_reading
from readerstudy.studies.choices import ArmKind, DesignKind, Revision
from readerstudy.studies.designing import update_design
from readerstudy.studies.models import Position, Study
from readerstudy.studies.readiness import missing_for_lock
from readerstudy.studies.services import (
    copy_study,
    lock_study,
    open_study,
    update_protocol,
)
from readerstudy.studies.verifying import faults_of
from tests.inference.factories import make_model, make_ready_study, run_all
from tests.reading.factories import answer, begin
from tests.studies.factories import make_person
from tests.unguarded import unguarded


@pytest.fixture
def model(admin, now):
    return make_model(admin=admin, now=now)


@pytest.fixture
def draft(admin, coordinator, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now, cases=4)
    update_design(
        actor=coordinator, study=study, now=now, kind=DesignKind.SEQUENTIAL, aided_percent=100
    )
    update_protocol(actor=coordinator, study=study, now=now, revision=Revision.NONE)
    return study


@pytest.fixture
def planned(draft, model, coordinator, now):
    plan_model(actor=coordinator, study=draft, model=model, planned=True, now=now)
    return draft


@pytest.fixture
def chosen(planned, model, coordinator, now):
    choose_aid(actor=coordinator, study=planned, artefact=model.artefacts.get(), now=now)
    return planned


@pytest.fixture
def opened(chosen, model, coordinator, now):
    lock_study(actor=coordinator, study=chosen, now=now)
    run_all(coordinator, model, chosen, now)
    return open_study(actor=coordinator, study=chosen, now=now)


@pytest.fixture
def reader(opened, now):
    return begin(opened, opened.enrolments.get().user, now=now)


def first_of(enrolment):
    return enrolment.positions.order_by("number").first().public_id


def commit(enrolment, position, now, **fields):
    attempt = uuid.uuid4()
    return commit_reading(
        actor=enrolment.user,
        position_id=position,
        answer=answer(**fields),
        attempt=attempt,
        now=now,
    )


# --- Choosing and locking ---------------------------------------------------------------------------------


def test_an_aided_arm_without_an_aid_is_not_locked(planned, coordinator, now):
    with pytest.raises(Conflict, match="choose on the page of the model runs"):
        lock_study(actor=coordinator, study=planned, now=now)


def test_a_draft_tells_long_before_the_lock_that_the_aid_is_missing(
    planned, model, coordinator, client, now
):
    client.force_login(coordinator)
    overview = reverse("studies:detail", args=[planned.slug])
    assert [one.code for one in missing_for_lock(Study.objects.get())] == ["no_aid"]
    assert "choose on the page of the model runs" in client.get(overview).content.decode()
    choose_aid(actor=coordinator, study=planned, artefact=model.artefacts.get(), now=now)
    assert missing_for_lock(Study.objects.get()) == []
    assert "choose on the page of the model runs" not in client.get(overview).content.decode()


def test_only_a_planned_model_can_be_the_aid(draft, model, coordinator, now):
    with pytest.raises(InvalidInput) as caught:
        choose_aid(actor=coordinator, study=draft, artefact=model.artefacts.get(), now=now)
    assert caught.value.field == "artefact"
    assert not Aid.objects.exists()


@pytest.mark.parametrize("threshold", [None, -0.1, 1.1, float("nan")])
def test_a_word_needs_a_threshold(planned, model, coordinator, now, threshold):
    artefact = model.artefacts.get()
    with pytest.raises(InvalidInput) as caught:
        choose_aid(
            actor=coordinator,
            study=planned,
            artefact=artefact,
            now=now,
            form="word",
            threshold=threshold,
        )
    assert caught.value.field == "threshold"
    assert not Aid.objects.exists()


def test_a_model_that_aids_stays_planned(chosen, model, coordinator, now):
    with pytest.raises(Conflict, match="shown scores of Small CNN"):
        plan_model(actor=coordinator, study=chosen, model=model, planned=False, now=now)
    drop_aid(actor=coordinator, study=chosen, now=now)
    plan_model(actor=coordinator, study=chosen, model=model, planned=False, now=now)
    assert not chosen.planned_models.exists()


def test_the_aid_is_part_of_the_lock(chosen, model, coordinator, now):
    lock_study(actor=coordinator, study=chosen, now=now)
    section = chosen.versions.get().manifest["sections"]["models"]
    assert section["aid"]["sha256"] == model.artefacts.get().sha256
    assert section["aid"]["form"] == "number"
    assert faults_of(Study.objects.get()) == []
    with pytest.raises(Conflict, match="is fixed"):
        choose_aid(actor=coordinator, study=chosen, artefact=model.artefacts.get(), now=now)
    Aid.objects.update(form="bar")
    assert any("something else" in fault for fault in faults_of(Study.objects.get()))


def test_a_second_look_or_changes_go_with_no_aided_arm(chosen, coordinator, now):
    update_protocol(actor=coordinator, study=chosen, now=now, has_second_level=True)
    with pytest.raises(Conflict, match="cannot be had together"):
        lock_study(actor=coordinator, study=chosen, now=now)
    update_protocol(
        actor=coordinator, study=chosen, now=now, has_second_level=False, revision=Revision.LAST
    )
    with pytest.raises(Conflict, match="no answer can be changed"):
        lock_study(actor=coordinator, study=chosen, now=now)


def test_a_copy_has_the_same_aid(chosen, coordinator, now):
    copy = copy_study(actor=coordinator, source=chosen, title="Again", now=now)
    assert copy.aid.artefact == chosen.aid.artefact


def test_the_study_opens_once_every_case_has_a_score(chosen, model, coordinator, now):
    lock_study(actor=coordinator, study=chosen, now=now)
    with pytest.raises(Conflict, match="has not scored every case"):
        open_study(actor=coordinator, study=chosen, now=now)
    run_all(coordinator, model, chosen, now)
    assert open_study(actor=coordinator, study=chosen, now=now).state == "reading"


# --- What is shown, and when ------------------------------------------------------------------------------


def test_nothing_is_shown_before_the_unaided_answer(reader, now):
    first = first_of(reader)
    with pytest.raises(NotFound):
        aid_for(first, language="en")
    commit(reader, first, now)
    score = Score.objects.get(study_case__positions__public_id=first)
    assert aid_for(first, language="en").text == f"{round(100 * score.value)} %"


def test_nothing_is_shown_for_an_unaided_position(reader, now):
    first = first_of(reader)
    commit(reader, first, now)
    with unguarded():
        Position.objects.filter(public_id=first).update(arm=ArmKind.UNAIDED)
    with pytest.raises(NotFound):
        aid_for(first, language="en")


def test_in_the_aided_arm_it_is_shown_at_once(reader):
    first = first_of(reader)
    with unguarded():
        Position.objects.filter(public_id=first).update(arm=ArmKind.AIDED)
    assert aid_for(first, language="de").heading == "Das CNN zu diesem Fall"


@pytest.mark.parametrize(
    ("form", "score", "text", "percent"),
    [
        (AidForm.NUMBER, 0.834, "83 %", None),
        (AidForm.BAR, 0.834, "", 83),
        (AidForm.WORD, 0.4, "suspicious", None),
        (AidForm.WORD, 0.3999, "not suspicious", None),
    ],
)
def test_a_score_is_shown_as_it_was_locked_and_no_more(form, score, text, percent):
    aid = Aid(form=form, threshold=0.4 if form == AidForm.WORD else None)
    found = shown(aid, score, language="en")
    assert (found.text, found.percent) == (text, percent)


# --- The page ---------------------------------------------------------------------------------------------


def test_the_page_saves_what_is_chosen_and_shows_examples(client, planned, model, coordinator):
    client.force_login(coordinator)
    address = f"/models/studies/{planned.slug}/aid/"
    fields = {
        "artefact": model.artefacts.get().public_id,
        "form": "word",
        "threshold": "0.5",
        **{name: name for name in ("label_en", "label_de", "above_en", "above_de")},
        "below_en": "fine",
        "below_de": "gut",
    }
    assert client.post(address, fields).status_code == 302
    page = client.get(address).content.decode()
    assert "fine" in page
    assert planned.aid.threshold == 0.5
    refused = client.post(address, {**fields, "threshold": "7"})
    assert refused.status_code == 400
    assert "from 0 to 1" in refused.content.decode()
    assert client.post(f"{address}drop/").status_code == 302
    assert not Aid.objects.exists()


@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_the_page_is_for_the_studys_staff(client, planned, reader_user, who):
    user = reader_user if who == "reader" else make_person("other@example.org", "coordinator")
    client.force_login(user)
    assert client.get(f"/models/studies/{planned.slug}/aid/").status_code == 404
    assert client.post(f"/models/studies/{planned.slug}/aid/drop/").status_code == 404
