"""What readers say of themselves, once, before the first case."""

import pytest
from django.db import IntegrityError, transaction

from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, NotFound
from readerstudy.core.models import AppendOnlyError
from readerstudy.reading.choices import ManagementDecision
from readerstudy.reading.conduct_choices import ProfileField
from readerstudy.reading.models import ReaderProfile, Reading
from readerstudy.reading.profiles import give_profile
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import EnrolmentState
from tests.reading.factories import begun_with, ids, item

ALL = {
    "board_certification": "certified",
    "years_in_dermatology": 12,
    "years_of_dermoscopy": 9,
    "skin_checks_per_week": 40,
    "ai_experience": "tried",
    "country": "Germany",
    "colour_vision": "normal",
    "conflict_of_interest": "",
    "prior_exposure": False,
}


@pytest.fixture
def wanting(admin, coordinator, reader_user, now):
    """A begun enrolment in a study that asks for these fields."""

    def make(fields=tuple(ALL), **conduct):
        conduct["profile_fields"] = list(fields)
        return begun_with(
            admin=admin, coordinator=coordinator, user=reader_user, now=now, **conduct
        )

    return make


def give(enrolment, now, **answers):
    return give_profile(
        actor=enrolment.user, enrolment=enrolment, language="en", now=now, **answers
    )


def test_every_field_can_be_asked_and_is_stored_apart_from_the_name(wanting, now):
    assert set(ALL) == set(ProfileField.values)
    profile = give(wanting(), now, **ALL)
    assert {name: getattr(profile, name) for name in ALL} == ALL
    columns = {field.name for field in ReaderProfile._meta.get_fields()}
    assert not columns & {"user", "name", "email"}


def test_a_profile_is_given_once_and_never_changed(wanting, now):
    enrolment = wanting(["country"])
    profile = give(enrolment, now, country="France")
    with pytest.raises(Conflict):
        give(enrolment, now, country="Italy")
    profile.country = "Italy"
    with pytest.raises(AppendOnlyError):
        profile.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReaderProfile.objects.create(enrolment=enrolment, language="en", given_at=now)


@pytest.mark.parametrize(
    ("answers", "field", "error"),
    [
        ({"years_in_dermatology": 71, "country": "Peru"}, "years_in_dermatology", InvalidInputs),
        ({"years_in_dermatology": 7}, "country", InvalidInput),
        ({"years_in_dermatology": 7, "country": ""}, "country", InvalidInput),
        ({"years_in_dermatology": 7, "country": "x" * 61}, "country", InvalidInputs),
        (
            {"years_in_dermatology": 7, "country": "Peru", "ai_experience": "none"},
            "ai_experience",
            InvalidInput,
        ),
    ],
)
def test_what_is_missing_unasked_or_impossible_is_refused(wanting, now, answers, field, error):
    enrolment = wanting(["years_in_dermatology", "country"])
    with pytest.raises(error) as refused:
        give(enrolment, now, **answers)
    assert refused.value.problems[0].field == field
    assert not ReaderProfile.objects.exists()


def test_nobody_gives_anothers_profile(wanting, now):
    enrolment = wanting(["country"])
    other = enrolment.study.enrolments.exclude(pk=enrolment.pk).get().user
    with pytest.raises(NotFound):
        give_profile(actor=other, enrolment=enrolment, language="en", now=now, country="Peru")


def test_a_study_that_asks_for_nothing_takes_no_profile(wanting, now):
    with pytest.raises(Conflict):
        give(wanting([]), now)


def test_without_the_profile_no_answer_is_taken(wanting, now):
    enrolment = wanting(["country"])
    with pytest.raises(Conflict) as refused:
        commit_readings(actor=enrolment.user, answers=[item(ids(enrolment)[0])], now=now)
    assert refused.value.code == "profile_missing"
    give(enrolment, now, country="Peru")
    commit_readings(actor=enrolment.user, answers=[item(ids(enrolment)[0])], now=now)
    assert Reading.objects.get().decision == ManagementDecision.BIOPSY


@pytest.mark.parametrize(
    ("rule", "state"),
    [("flag", EnrolmentState.ACTIVE), ("exclude", EnrolmentState.WITHDRAWN)],
)
def test_who_knows_photographs_is_marked_or_left_out_by_the_locked_rule(wanting, now, rule, state):
    enrolment = wanting(["prior_exposure"], prior_exposure=rule)
    give(enrolment, now, prior_exposure=True)
    enrolment.refresh_from_db()
    assert enrolment.state == state


def test_who_knows_none_reads_under_either_rule(wanting, now):
    enrolment = wanting(["prior_exposure"], prior_exposure="exclude")
    give(enrolment, now, prior_exposure=False)
    enrolment.refresh_from_db()
    assert enrolment.state == EnrolmentState.ACTIVE


def test_the_page_comes_between_consent_and_instructions(client, wanting):
    enrolment = wanting(["country", "prior_exposure"])
    client.force_login(enrolment.user)
    profile = f"/reading/{enrolment.public_id}/profile/"
    for page in ("instructions", "read"):
        response = client.get(f"/reading/{enrolment.public_id}/{page}/")
        assert response.headers["Location"] == profile
    text = client.get(profile).content.decode()
    assert "Country in which you work" in text
    assert "Colour vision" not in text
    response = client.post(profile, {"country": "Peru", "prior_exposure": "no"})
    assert response.headers["Location"].endswith("/instructions/")
    assert ReaderProfile.objects.get().prior_exposure is False
    assert client.get(profile).headers["Location"].endswith("/instructions/")


def test_who_is_left_out_is_told_why(client, wanting):
    enrolment = wanting(["prior_exposure"], prior_exposure="exclude")
    client.force_login(enrolment.user)
    address = f"/reading/{enrolment.public_id}/profile/"
    response = client.post(address, {"prior_exposure": "yes"}, follow=True)
    assert response.redirect_chain == [("/reading/", 302)]
    text = response.content.decode()
    assert "Readers who know photographs of this study already do not take part" in text
    assert "You have been withdrawn from this study." in text


def test_an_unanswered_question_is_named_and_nothing_stored(client, wanting):
    enrolment = wanting(["country", "prior_exposure"])
    client.force_login(enrolment.user)
    response = client.post(f"/reading/{enrolment.public_id}/profile/", {"country": "Peru"})
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.content.decode()
    assert not ReaderProfile.objects.exists()


def test_the_coordinator_sees_who_has_given_a_profile_and_who_knows_photographs(
    client, wanting, coordinator, now
):
    enrolment = wanting(["country", "prior_exposure"])
    client.force_login(coordinator)
    progress = f"/reading/progress/{enrolment.study.slug}/"
    assert "Knows photographs" not in client.get(progress).content.decode()
    give(enrolment, now, country="Liechtenstein", prior_exposure=True)
    text = client.get(progress).content.decode()
    assert "Knows photographs" in text
    assert "Liechtenstein" not in text
