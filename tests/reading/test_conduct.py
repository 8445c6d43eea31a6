"""What surrounds the cases: chosen in the draft, fixed by the lock, verified after it."""

import pytest

from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.reading.conduct import conduct_of, conduct_texts, update_conduct, verify_conduct
from readerstudy.reading.models import Conduct
from readerstudy.studies.services import copy_study
from readerstudy.studies.verifying import faults_of
from tests.reading.factories import open_study
from tests.studies.factories import advance, invite, make_study
from tests.truth.factories import record_truth


@pytest.fixture
def draft(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    record_truth(admin=admin, image_set=study.image_set, now=now)
    invite(study, coordinator=coordinator, now=now, email="first@example.org")
    return study


def change(study, actor, now, **fields):
    return update_conduct(actor=actor, study=study, now=now, **fields)


def body(**fields):
    return {
        "prior_exposure": "flag",
        "break_after_cases": 40,
        "break_after_minutes": 20,
        "cases_per_day": 0,
        "minimum_width": 1024,
        "minimum_height": 700,
        "attestation_en": "I read them.",
        "attestation_de": "Ich habe sie befundet.",
        **fields,
    }


def test_a_new_study_offers_breaks_after_50_cases_or_25_minutes(draft):
    conduct = conduct_of(draft)
    assert (conduct.break_after_cases, conduct.break_after_minutes) == (50, 25)
    assert (conduct.profile_fields, conduct.cases_per_day) == ([], 0)


def test_a_copied_study_has_the_conduct_of_its_source(draft, coordinator, now):
    change(draft, coordinator, now, profile_fields=["country"], break_after_cases=7)
    copy = copy_study(actor=coordinator, source=draft, title="Again", now=now)
    assert conduct_texts(conduct_of(copy)) == conduct_texts(conduct_of(draft))
    assert conduct_of(copy).break_after_cases == 7


def test_a_change_is_stored_once_and_audited(draft, coordinator, now):
    for _ in range(2):
        change(draft, coordinator, now, profile_fields=["country", "board_certification"])
    assert Conduct.objects.get().profile_fields == ["board_certification", "country"]
    assert AuditEvent.objects.filter(verb="study.conduct_changed").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"break_after_cases": -1}, "break_after_cases"),
        ({"break_after_minutes": 1001}, "break_after_minutes"),
        ({"cases_per_day": "5"}, "cases_per_day"),
        ({"profile_fields": ["shoe_size"]}, "profile_fields"),
        ({"prior_exposure": "exclude"}, "prior_exposure"),
        ({"shoe_size": 43}, "shoe_size"),
        ({"attestation_de": "  "}, "attestation_de"),
    ],
)
def test_a_value_that_cannot_be_changes_nothing(draft, coordinator, now, fields, field):
    with pytest.raises(InvalidInput if field != "attestation_de" else Exception) as error:
        change(draft, coordinator, now, **fields)
    assert [problem.field for problem in error.value.problems] == [field]
    assert not Conduct.objects.exists()


def test_only_coordinators_change_it(draft, admin, now):
    with pytest.raises(NotAllowed):
        change(draft, admin, now, cases_per_day=9)


def test_the_lock_fixes_it_even_where_nobody_looked_at_it(draft, coordinator, now):
    study = advance(draft, "locked", coordinator=coordinator, now=now)
    section = study.versions.get().manifest["sections"]["conduct"]
    assert section["break_after_cases"] == 50
    assert section["attestation_en"].startswith("I read these cases myself")
    with pytest.raises(Conflict):
        change(study, coordinator, now, cases_per_day=9)
    assert faults_of(study, with_files=False) == []


def test_verification_finds_a_conduct_that_is_not_the_locked_one(draft, coordinator, now):
    study = advance(draft, "locked", coordinator=coordinator, now=now)
    Conduct.objects.update(cases_per_day=3)
    section = study.versions.get().manifest["sections"]["conduct"]
    assert list(verify_conduct(study, section)) == [
        "The conduct of the study is not as it was locked: cases_per_day."
    ]


def test_a_study_locked_before_there_was_any_asks_for_nothing(admin, coordinator, now):
    study = open_study(admin=admin, coordinator=coordinator, now=now)
    Conduct.objects.all().delete()
    conduct = conduct_of(study)
    assert (conduct.break_after_cases, conduct.break_after_minutes) == (0, 0)
    assert not conduct.asks_attestation


def test_the_coordinator_changes_it_on_a_page(client, draft, coordinator):
    client.force_login(coordinator)
    address = f"/reading/conduct/{draft.slug}/"
    assert "25" in client.get(address).content.decode()
    response = client.post(address, body(profile_fields=["country"], asks_attestation="on"))
    assert response.headers["Location"] == address
    conduct = Conduct.objects.get()
    assert (conduct.profile_fields, conduct.break_after_cases) == (["country"], 40)


def test_a_wrong_value_is_named_on_the_page(client, draft, coordinator):
    client.force_login(coordinator)
    response = client.post(f"/reading/conduct/{draft.slug}/", body(prior_exposure="exclude"))
    assert response.status_code == 400
    assert "can only be left out where the profile asks for it" in response.content.decode()
    assert not Conduct.objects.exists()


def test_after_the_lock_the_page_is_there_to_be_read(client, draft, coordinator, admin, now):
    change(draft, coordinator, now, profile_fields=["country"])
    advance(draft, "locked", coordinator=coordinator, now=now)
    for user in (coordinator, admin):
        client.force_login(user)
        text = client.get(f"/reading/conduct/{draft.slug}/").content.decode()
        assert "Country in which you work" in text
        assert "<textarea" not in text


def test_admins_read_the_page_and_readers_have_none(client, draft, admin, reader_user):
    client.force_login(admin)
    assert client.post(f"/reading/conduct/{draft.slug}/", body()).status_code == 404
    client.force_login(reader_user)
    assert client.get(f"/reading/conduct/{draft.slug}/").status_code == 404
