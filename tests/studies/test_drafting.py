import pytest

from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Protocol, Study
from readerstudy.studies.services import (
    create_study,
    set_institutions,
    set_rank_groups,
    update_draft,
    update_protocol,
    update_study,
)
from tests.conftest import make_user
from tests.studies.factories import SEED, advance, invite, make_image_set


def names(rows):
    return [row.name for row in rows]


def test_a_new_study_has_the_papers_protocol(study, coordinator):
    protocol = study.protocol

    assert study.state == StudyState.DRAFT
    assert protocol.question_en == "What would you do with this lesion?"
    assert protocol.question_de == "Was würden Sie mit dieser Läsion tun?"
    assert protocol.positive_label_en == "Biopsy / further treatment"
    assert protocol.negative_label_de == "Keine weitere Behandlung"
    assert protocol.confidence_levels == 5
    assert names(study.rank_groups.all()) == [
        "Resident",
        "Attending",
        "Senior physician",
        "Chief physician",
    ]
    assert [(one.number, one.arm) for one in study.sessions.all()] == [(1, "unaided")]
    assert [(one.user, one.role) for one in study.members.all()] == [(coordinator, "coordinator")]


@pytest.mark.parametrize("language", ["en", "de"])
def test_consent_and_instructions_tell_what_readers_have_to_know(study, language):
    words = {
        "en": (["voluntary", "stored", "withdraw", "code"], ["F ", "J ", "1 to 5", "+", "?"]),
        "de": (["freiwillig", "gespeichert", "beenden", "Code"], ["F ", "J ", "1 bis 5", "+", "?"]),
    }[language]
    for field, expected in zip(("consent", "instructions"), words, strict=True):
        text = getattr(study.protocol, f"{field}_{language}")
        assert len(text) > 800
        assert [word for word in expected if word not in text] == []


def test_a_study_without_seed_draws_one(coordinator, admin, now):
    image_set = make_image_set(admin=admin, now=now)
    seeds = {
        create_study(actor=coordinator, title="T", image_set=image_set, now=now).seed
        for _ in range(2)
    }
    assert [len(seed) for seed in seeds] == [64, 64]


@pytest.mark.parametrize("seed", ["xyz", "ab", "0" * 65, "0" * 33, "g" * 32])
def test_a_seed_that_is_not_hexadecimal_is_refused(coordinator, admin, now, seed):
    image_set = make_image_set(admin=admin, now=now)
    with pytest.raises(InvalidInput) as refusal:
        create_study(actor=coordinator, title="T", image_set=image_set, seed=seed, now=now)
    assert refusal.value.field == "seed"
    assert not Study.objects.exists()


def test_studies_of_one_title_get_addresses_of_their_own(coordinator, study, now):
    made = [
        create_study(actor=coordinator, title=title, image_set=study.image_set, now=now).slug
        for title in ("Melanoma or nevus", "Melanoma or nevus", "new", "???", "x" * 200)
    ]
    assert made == ["melanoma-or-nevus-2", "melanoma-or-nevus-3", "new-2", "study", "x" * 75]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"slug": "new"}, "slug"),
        ({"slug": "melanoma-or-nevus"}, "slug"),
        ({"slug": "a b"}, "slug"),
    ],
)
def test_a_study_that_cannot_be_is_refused_with_its_field(coordinator, study, now, fields, field):
    given = {"title": "T", "image_set": study.image_set, **fields}
    with pytest.raises((InvalidInput, InvalidInputs)) as refusal:
        create_study(actor=coordinator, now=now, **given)
    assert {problem.field for problem in refusal.value.problems} == {field}
    assert Study.objects.count() == 1


@pytest.mark.parametrize("who", ["admin", "reader_user"])
def test_only_coordinators_make_studies(request, study, now, who):
    with pytest.raises(NotAllowed):
        create_study(
            actor=request.getfixturevalue(who), title="T", image_set=study.image_set, now=now
        )


def test_the_protocol_of_a_draft_is_changed_and_the_fields_are_audited(coordinator, study, now):
    update_protocol(
        actor=coordinator,
        study=study,
        confidence_levels=3,
        question_en="Melanoma?",
        question_de=study.protocol.question_de,
        now=now,
    )
    stored = Protocol.objects.get(study=study)
    assert (stored.confidence_levels, stored.question_en) == (3, "Melanoma?")
    assert AuditEvent.objects.last().data == {"fields": ["confidence_levels", "question_en"]}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"confidence_levels": 1}, "confidence_levels"),
        ({"confidence_levels": 6}, "confidence_levels"),
        ({"revision": "always"}, "revision"),
        ({"question_en": ""}, "question_en"),
        ({"question_de": "x" * 301}, "question_de"),
        ({"truth": "x"}, "truth"),
        ({"study_id": 1}, "study_id"),
    ],
)
def test_a_protocol_that_cannot_be_is_refused_with_its_field(
    coordinator, study, now, fields, field
):
    before = Protocol.objects.filter(study=study).values().get()
    with pytest.raises((InvalidInput, InvalidInputs)) as refusal:
        update_protocol(actor=coordinator, study=study, now=now, **fields)
    assert {problem.field for problem in refusal.value.problems} == {field}
    assert Protocol.objects.filter(study=study).values().get() == before


def test_rank_groups_are_set_in_their_order(coordinator, study, now):
    set_rank_groups(
        actor=coordinator,
        study=study,
        names=["Chief physician", " Fellow  one ", "Resident"],
        now=now,
    )
    assert names(study.rank_groups.all()) == ["Chief physician", "Fellow one", "Resident"]
    assert [group.ordinal for group in study.rank_groups.all()] == [1, 2, 3]


def test_groups_and_institutions_with_readers_stay(coordinator, study, now):
    invite(study, coordinator=coordinator, now=now, email="a@example.org")
    with pytest.raises(Conflict, match="Resident still has readers"):
        set_rank_groups(actor=coordinator, study=study, names=["Attending"], now=now)
    with pytest.raises(Conflict, match="University Hospital A still has readers"):
        set_institutions(actor=coordinator, study=study, names=["B"], now=now)
    assert study.rank_groups.count() == 4


@pytest.mark.parametrize(
    "wrong", [[], ["Resident", "RESIDENT"], ["A", " "], ["x" * 81], [str(n) for n in range(201)]]
)
def test_rank_groups_that_cannot_be_are_refused(coordinator, study, now, wrong):
    with pytest.raises(InvalidInput) as refusal:
        set_rank_groups(actor=coordinator, study=study, names=wrong, now=now)
    assert refusal.value.field == "rank_groups"
    assert study.rank_groups.count() == 4


def test_institutions_are_set_and_unused_ones_go(coordinator, study, now):
    set_institutions(actor=coordinator, study=study, names=["Bonn", "Aachen"], now=now)
    assert names(study.institutions.all()) == ["Aachen", "Bonn"]


def test_a_draft_is_changed_as_a_whole_or_not_at_all(coordinator, study, now):
    whole = {"title": "Other", "summary": "", "protocol": {"question_en": "Q?"}, "institutions": []}
    with pytest.raises(InvalidInput):
        update_draft(actor=coordinator, study=study, rank_groups=[], now=now, **whole)
    study.refresh_from_db()
    assert study.title == "Melanoma or nevus"

    update_draft(actor=coordinator, study=study, rank_groups=["One"], now=now, **whole)
    study.refresh_from_db()
    assert study.title == "Other"
    assert Protocol.objects.get(study=study).question_en == "Q?"


CHANGES = {
    "title": lambda **by: update_study(title="T", **by),
    "protocol": lambda **by: update_protocol(question_en="T", **by),
    "rank groups": lambda **by: set_rank_groups(names=["A"], **by),
    "institutions": lambda **by: set_institutions(names=["A"], **by),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_of_the_protocol_changes_after_the_lock(
    coordinator, study_with_readers, now, change
):
    locked = advance(study_with_readers, "locked", coordinator=coordinator, now=now)
    with pytest.raises(Conflict) as refusal:
        change(actor=coordinator, study=locked, now=now)
    assert refusal.value.code == "not_a_draft"


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_others_than_the_studys_coordinators_change_nothing(admin, study, now, change):
    stranger = make_user("coordinator", "other@example.org", "Other")
    for actor in (admin, stranger):
        with pytest.raises(NotAllowed):
            change(actor=actor, study=study, now=now)


def test_the_seed_is_stored_as_given(study):
    assert study.seed == SEED
