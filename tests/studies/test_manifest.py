import json

import pytest

from readerstudy.core.canonical import sha256_of
from readerstudy.core.version import VERSION
from readerstudy.images.models import Image, ImageSet
from readerstudy.studies import hooks
from readerstudy.studies.asking import Asked
from readerstudy.studies.manifest import build_manifest
from readerstudy.studies.models import (
    Enrolment,
    Institution,
    Position,
    Protocol,
    Question,
    RankGroup,
    Session,
    Study,
    StudyCase,
)
from readerstudy.studies.passes import ALGORITHM
from readerstudy.studies.selectors import lock_of
from readerstudy.studies.services import lock_study, open_study, set_questions
from tests.studies.factories import SEED, invite
from tests.unguarded import unguarded


@pytest.fixture
def locked(coordinator, study_with_readers, now):
    questions = [
        Asked("single", "Diagnosis?", "Diagnose?", (("Nevus", "Nävus"), ("Other", "Andere")))
    ]
    set_questions(actor=coordinator, study=study_with_readers, questions=questions, now=now)
    return lock_study(actor=coordinator, study=study_with_readers, now=now)


def rebuilt(study, sections=None):
    return build_manifest(Study.objects.get(pk=study.pk), sections=sections or {})


def test_the_manifest_holds_all_that_was_fixed(locked):
    manifest = lock_of(locked).manifest

    assert manifest["app_version"] == VERSION
    assert manifest["study"]["id"] == locked.public_id
    assert manifest["image_set"]["id"] == locked.image_set.public_id
    ids = [case["id"] for case in manifest["cases"]]
    assert ids == sorted(locked.study_cases.values_list("public_id", flat=True))
    assert sorted(sha for case in manifest["cases"] for sha in case["images"]) == sorted(
        Image.objects.values_list("sha256", flat=True)
    )
    assert manifest["protocol"]["consent_de"] == locked.protocol.consent_de
    assert manifest["sessions"] == [{"number": 1, "arm": "unaided"}]
    assert len(manifest["rank_groups"]) == 4
    assert manifest["institutions"] == ["University Hospital A"]
    assert {one["code"] for one in manifest["enrolments"]} == set(
        locked.enrolments.values_list("code", flat=True)
    )
    assert manifest["order"]["seed"] == SEED
    assert manifest["order"]["algorithm"] == ALGORITHM


def test_the_manifest_names_nobody(locked):
    text = json.dumps(lock_of(locked).manifest)
    for enrolment in locked.enrolments.select_related("user"):
        assert enrolment.user.email not in text
        assert enrolment.user.public_id not in text
    assert ".jpg" not in text


def test_the_hash_is_that_of_the_stored_manifest_and_can_be_rebuilt(locked):
    lock = lock_of(locked)
    assert lock.sha256 == sha256_of(lock.manifest)
    assert rebuilt(locked) == lock.manifest


def test_sections_of_other_rooms_are_part_of_the_hash(coordinator, study_with_readers, now):
    hooks.register_lock_section("truth", lambda _study: {"sha256": "ab"})
    locked = lock_study(actor=coordinator, study=study_with_readers, now=now)
    lock = lock_of(locked)
    assert lock.manifest["sections"] == {"truth": {"sha256": "ab"}}
    assert sha256_of(rebuilt(locked, {"truth": {"sha256": "ac"}})) != lock.sha256


CHANGES = {
    "title": lambda: Study.objects.update(title="x"),
    "summary": lambda: Study.objects.update(summary="x"),
    "seed": lambda: Study.objects.update(seed="00" * 32),
    "image set": lambda: ImageSet.objects.update(source_sha256="1" * 64),
    "image": lambda: Image.objects.filter(pk=Image.objects.first().pk).update(sha256="2" * 64),
    "image taken away": lambda: Image.objects.first().delete(),
    "case": lambda: StudyCase.objects.filter(pk=StudyCase.objects.first().pk).update(public_id="x"),
    "session": lambda: Session.objects.update(arm="aided"),
    "rank group": lambda: RankGroup.objects.filter(name="Attending").update(name="x"),
    "institution": lambda: Institution.objects.update(name="x"),
    "reader's group": lambda: Enrolment.objects.update(
        rank_group=RankGroup.objects.get(name="Attending")
    ),
    "reader's years": lambda: Enrolment.objects.update(years_of_experience=9),
    "reader withdrawn": lambda: Enrolment.objects.update(state="withdrawn"),
    "place in an order": lambda: Position.objects.filter(pk=Position.objects.first().pk).update(
        number=99
    ),
    **{
        field: lambda field=field: Protocol.objects.update(**{field: "x"})
        for field in (
            "question_en",
            "question_de",
            "positive_label_en",
            "positive_label_de",
            "negative_label_en",
            "negative_label_de",
            "consent_en",
            "consent_de",
            "instructions_en",
            "instructions_de",
        )
    },
    "confidence": lambda: Protocol.objects.update(confidence_levels=4),
    "revision": lambda: Protocol.objects.update(revision="none"),
    "scale": lambda: Protocol.objects.update(scale="percent", confidence_levels=0),
    "not assessable": lambda: Protocol.objects.update(allows_not_assessable=True),
    "question added": lambda: Question.objects.create(
        study=Study.objects.get(), ordinal=2, kind="text", text_en="x", text_de="x"
    ),
    "question taken away": lambda: Question.objects.all().delete(),
    "options": lambda: Question.objects.update(options=[{"en": "x", "de": "x"}]),
    **{
        f"question's {field}": lambda field=field, value=value: Question.objects.update(
            **{field: value}
        )
        for field, value in {
            "ordinal": 7,
            "kind": "several",
            "moment": "before",
            "is_required": True,
            "text_en": "x",
            "text_de": "x",
        }.items()
    },
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_hash_changes_with_anything_in_it(locked, change):
    before = sha256_of(rebuilt(locked))
    with unguarded():
        change()
    assert sha256_of(rebuilt(locked)) != before


def test_the_manifest_has_every_field_of_the_protocol(locked):
    fields = {field.name for field in Protocol._meta.get_fields()} - {"id", "study"}
    manifest = lock_of(locked).manifest
    assert set(manifest["protocol"]) | set(manifest["answers"]) == fields


def test_the_manifest_has_every_field_of_the_questions(locked):
    fields = {field.name for field in Question._meta.get_fields()} - {"id", "study"}
    assert [set(question) for question in lock_of(locked).manifest["questions"]] == [fields]


def test_a_late_reader_leaves_the_stored_manifest_as_it_is(coordinator, locked, now):
    before = lock_of(locked).sha256
    reading = open_study(actor=coordinator, study=locked, now=now)
    invite(reading, coordinator=coordinator, now=now, email="late@example.org")
    assert lock_of(reading).sha256 == before
    assert len(lock_of(reading).manifest["enrolments"]) == 3
