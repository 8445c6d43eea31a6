"""A copied study asks the same of nobody yet: no reader, no answer, a seed and an address of its own."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from readerstudy.accounts.choices import SiteRole
from readerstudy.core.errors import InvalidInput, InvalidInputs, NotAllowed
from readerstudy.core.models import AppendOnlyError, AuditEvent
from readerstudy.images.models import ImageSet
from readerstudy.studies import hooks
from readerstudy.studies.asking import asked_of
from readerstudy.studies.choices import QuestionKind, StudyState
from readerstudy.studies.manifest import protocol_texts
from readerstudy.studies.models import Protocol, Study, StudyCopy
from readerstudy.studies.question_drafts import Asked
from readerstudy.studies.services import (
    copy_study,
    set_institutions,
    set_questions,
    set_rank_groups,
    update_design,
    update_protocol,
)
from tests.german import DE, english_in
from tests.studies.factories import advance, make_person
from tests.studies.pages import page, text


@pytest.fixture
def source(coordinator, study_with_readers, now):
    """A study in reading whose every part differs from what a new study has."""
    study = study_with_readers
    update_protocol(
        actor=coordinator,
        study=study,
        now=now,
        question_en="Is this lesion malignant?",
        confidence_levels=3,
        revision="none" if study.protocol.revision != "none" else "last",
    )
    set_rank_groups(
        actor=coordinator,
        study=study,
        names=["Resident", "Attending", "Professor"],
        now=now,
    )
    set_institutions(
        actor=coordinator,
        study=study,
        names=["University Hospital A", "Practice B"],
        now=now,
    )
    return advance(study, "reading", coordinator=coordinator, now=now)


def names(rows):
    return [row.name for row in rows]


def test_all_that_is_asked_and_told_is_copied(source, coordinator, now):
    copy = copy_study(actor=coordinator, source=source, title="Second panel", now=now)
    kept, made = (protocol_texts(Protocol.objects.get(study=one)) for one in (source, copy))
    assert made == kept
    assert made["question_en"] == "Is this lesion malignant?"
    assert names(copy.rank_groups.all()) == ["Resident", "Attending", "Professor"]
    assert names(copy.institutions.all()) == ["Practice B", "University Hospital A"]
    assert (copy.image_set, copy.summary) == (source.image_set, source.summary)


def test_the_design_and_its_sessions_are_copied(study, coordinator, now):
    update_design(actor=coordinator, study=study, now=now, kind="crossover", washout_days=14)
    copy = copy_study(actor=coordinator, source=study, title="Two sessions", now=now)
    assert (copy.design.kind, copy.design.washout_days) == ("crossover", 14)
    kept, made = (list(one.sessions.values_list("number", "arm")) for one in (study, copy))
    assert made == kept
    assert len(made) == 2


def test_the_further_questions_are_copied(study, coordinator, now):
    asked = [
        Asked(kind=QuestionKind.SINGLE, text_en="Diagnosis?", text_de="Diagnose?", options=(("Nevus", "Nävus"), ("Other", "Andere"))),
        Asked(kind=QuestionKind.TEXT, text_en="Why?", text_de="Warum?", is_required=False),
    ]  # fmt: skip
    set_questions(actor=coordinator, study=study, questions=asked, now=now)
    copy = copy_study(actor=coordinator, source=study, title="The same questions", now=now)
    assert asked_of(copy) == asked
    assert copy.questions.count() == study.questions.count() == 2


def test_no_reader_no_seed_no_address_and_no_state_is_copied(source, coordinator, now):
    copy = copy_study(actor=coordinator, source=source, title=source.title, now=now)
    assert copy.state == StudyState.DRAFT
    assert copy.slug == f"{source.slug}-2"
    assert copy.seed != source.seed
    assert not copy.enrolments.exists()
    assert not copy.study_cases.exists()
    assert not copy.versions.exists()
    assert [one.user for one in copy.members.all()] == [coordinator]
    source.refresh_from_db()
    assert source.state == StudyState.READING
    assert source.enrolments.count() == 3


def test_a_copy_says_where_it_comes_from(source, coordinator, now):
    copy = copy_study(actor=coordinator, source=source, title="Second panel", now=now)
    assert copy.copied_from.source == source
    event = AuditEvent.objects.get(verb="study.copied")
    assert (event.subject_id, event.data) == (copy.public_id, {"source": source.public_id})
    with pytest.raises(AppendOnlyError):
        StudyCopy.objects.update(source=copy)
    with transaction.atomic(), pytest.raises(IntegrityError, match="a_study_is_no_copy_of_itself"):
        StudyCopy.objects.create(study=source, source=source)


def test_only_coordinators_of_the_study_copy_it(source, admin, now):
    stranger = make_person("stranger@example.org", SiteRole.COORDINATOR)
    for person in (admin, stranger, source.enrolments.first().user):
        with pytest.raises(NotAllowed):
            copy_study(actor=person, source=source, title="Mine", now=now)
    assert Study.objects.count() == 1


def test_what_cannot_be_copied_leaves_nothing_behind(source, coordinator, now):
    with pytest.raises(InvalidInputs) as refused:
        copy_study(actor=coordinator, source=source, title=" ", now=now)
    assert [problem.field for problem in refused.value.problems] == ["title"]
    ImageSet.objects.update(is_training_set=True)
    with pytest.raises(InvalidInput, match="is a training set"):
        copy_study(actor=coordinator, source=source, title="Second panel", now=now)
    assert Study.objects.count() == 1


def test_a_room_that_refuses_undoes_the_copy(source, coordinator, now):
    def refuse(**_given):
        raise InvalidInput("This room has no place for it.")

    hooks.register_copied(refuse)
    with pytest.raises(InvalidInput, match="no place"):
        copy_study(actor=coordinator, source=source, title="Second panel", now=now)
    assert Study.objects.count() == 1
    assert not AuditEvent.objects.filter(verb="study.copied").exists()


def test_the_page_copies_a_study_and_the_draft_names_its_source(signed_in, source):
    assert page("copy", source) in text(signed_in.get(page("detail", source)))
    form = signed_in.get(page("copy", source)).context["form"]
    assert form.initial["title"] == "Copy of Three readers"
    response = signed_in.post(page("copy", source), {"title": "Second panel"})
    assert response.headers["Location"] == reverse("studies:protocol", args=["second-panel"])
    shown = text(signed_in.get(reverse("studies:detail", args=["second-panel"])))
    assert f'<a href="{page("detail", source)}">Three readers</a>' in shown


def test_a_copy_without_a_title_is_not_made(signed_in, source):
    response = signed_in.post(page("copy", source), {"title": ""})
    assert response.status_code == 400
    assert "title" in response.context["form"].errors
    assert Study.objects.count() == 1


def test_the_source_is_not_named_to_those_who_do_not_oversee_it(
    client, signed_in, source, coordinator, now
):
    copy = copy_study(actor=coordinator, source=source, title="Second panel", now=now)
    other = make_person("other@example.org", SiteRole.COORDINATOR)
    copy.members.create(user=other, role="coordinator")
    client.force_login(other)
    shown = text(client.get(page("detail", copy)))
    assert "a study that you do not oversee" in shown
    assert page("detail", source) not in shown


def test_the_page_is_german_for_germans(signed_in, source):
    assert english_in(text(signed_in.get(page("copy", source), headers=DE))) == []


def test_the_api_copies_a_study(client, signed_in, source, admin):
    address = reverse("api:study-copies", args=[source.slug])
    made = signed_in.post(address, {"title": "Second panel"}, content_type="application/json")
    assert made.status_code == 201
    assert (made.json()["slug"], made.json()["state"]) == ("second-panel", "draft")
    assert made.json()["readers"] == 0
    refused = signed_in.post(address, {}, content_type="application/json")
    assert refused.status_code == 400
    for person in (admin, source.enrolments.first().user):
        client.force_login(person)
        answer = client.post(address, {"title": "Mine"}, content_type="application/json")
        assert answer.status_code == 404
    assert Study.objects.count() == 2
