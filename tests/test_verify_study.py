"""`verify_study`: silent while all holds, and for every tampered row a sentence that says where."""

import hashlib
import json

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from inference.models import Artefact
from inference.services import plan_model
from readerstudy.core.canonical import sha256_of
from readerstudy.images.models import Image
from readerstudy.studies.manifest import orders_sha256
from readerstudy.studies.models import (
    Design,
    Enrolment,
    Position,
    Protocol,
    ProtocolVersion,
    Question,
    Session,
    Study,
    StudyCase,
)
from readerstudy.studies.order import ALGORITHM as ORDER_ALGORITHM
from readerstudy.studies.services import invite_reader, lock_study, update_design
from readerstudy.truth.models import ReferenceStandard
from tests.inference.factories import make_model, make_ready_study
from tests.unguarded import overwrite, unguarded


@pytest.fixture
def study(admin, coordinator, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    model = make_model(admin=admin, now=now)
    plan_model(actor=coordinator, model=model, study=study, planned=True, now=now)
    return lock_study(actor=coordinator, study=study, now=now)


def verify(study, *options):
    call_command("verify_study", study.slug, *options)


def test_an_untouched_study_is_verified(study, capsys):
    verify(study)
    out = capsys.readouterr().out
    assert "verified: yes" in out
    assert study.versions.get().sha256 in out


def test_the_printed_manifest_has_the_printed_hash(study, capsys):
    verify(study, "--manifest", "--no-files")
    text, _title, line, *_ = capsys.readouterr().out.splitlines()
    assert hashlib.sha256(text.encode()).hexdigest() == line.split()[-1]


def test_a_reader_who_comes_later_is_verified_too(study, coordinator, now):
    invite_reader(
        actor=coordinator,
        study=study,
        email="late@example.org",
        name="Late",
        rank_group=study.rank_groups.first(),
        institution=study.institutions.first(),
        now=now,
    )
    verify(study)
    late = Enrolment.objects.get(user__email="late@example.org")
    with unguarded():
        swap(late)
    with pytest.raises(CommandError, match=f"order of {late.code} in session 1 .* place 1 on"):
        verify(study)


def swap(enrolment):
    first, second = Position.objects.filter(enrolment=enrolment).order_by("number")[:2]
    Position.objects.filter(pk=first.pk).update(number=99)
    Position.objects.filter(pk=second.pk).update(number=1)
    Position.objects.filter(pk=first.pk).update(number=2)


def change_file(row):
    default_storage.delete(row.file.name)
    with default_storage.open(row.file.name, "wb") as file:
        file.write(b"something else")


def past_the_guard(model, column, value):
    """What somebody with the rights of the database's owner can do."""
    overwrite(f'UPDATE "{model._meta.db_table}" SET {column} = %s', value)  # noqa: S608 (our own)


def tampered_version(study):
    manifest = {**study.versions.get().manifest, "app_version": "0.0"}
    past_the_guard(ProtocolVersion, "manifest", json.dumps(manifest))


TAMPERED = {
    "wording": (
        lambda _: Protocol.objects.update(question_de="Anders?"),
        r"protocol\.question_de was locked as .* and is \"Anders\?\"",
    ),
    "scale": (
        lambda _: Protocol.objects.update(scale="six_point", confidence_levels=0),
        r"answers\.scale was locked as \"two_step\" and is \"six_point\"",
    ),
    "question": (
        lambda study: Question.objects.create(
            study=study, ordinal=1, kind="text", text_en="Why?", text_de="Warum?"
        ),
        "questions was locked as 0 entries and is 1 entries",
    ),
    "order": (lambda study: swap(study.enrolments.get()), "is not the derived one from place 1 on"),
    "order left out": (
        lambda _: Position.objects.filter(number=5).delete(),
        "is not the derived one from place 5 on",
    ),
    "seed": (lambda _: Study.objects.update(seed="00" * 32), r"order\.seed was locked as"),
    "image": (
        lambda _: Image.objects.filter(pk=Image.objects.first().pk).update(sha256="2" * 64),
        r"cases\[\d\]\.images",
    ),
    "image file": (
        lambda _: change_file(Image.objects.first()),
        "has changed since it was imported",
    ),
    "image file lost": (
        lambda _: default_storage.delete(Image.objects.first().file.name),
        "cannot be read",
    ),
    "truth": (
        lambda _: past_the_guard(ReferenceStandard, "diagnosis", "nevus"),
        "The reference standard is not the one that was sealed",
    ),
    "model file": (
        lambda _: change_file(Artefact.objects.get()),
        "has changed since it was loaded",
    ),
    "model spec": (
        lambda _: past_the_guard(Artefact, "spec_sha256", "3" * 64),
        "is no longer stored with its file and spec",
    ),
    "plan": (
        lambda study: study.planned_models.all().delete(),
        "planned with other models than at the lock",
    ),
    "manifest": (tampered_version, "does not have the hash"),
    "group": (
        lambda study: study.enrolments.update(rank_group=study.rank_groups.last()),
        r"enrolments\[0\]\.rank_group was locked as",
    ),
}


@pytest.mark.parametrize(("tamper", "sentence"), TAMPERED.values(), ids=TAMPERED)
def test_every_tampered_row_is_named(study, tamper, sentence):
    verify(study)
    with unguarded():
        tamper(study)
    with pytest.raises(CommandError, match=sentence):
        verify(study)


def test_files_can_be_left_out(study):
    change_file(Image.objects.first())
    verify(study, "--no-files")


def test_a_draft_and_an_unknown_study_are_told(admin, coordinator, now):
    draft = make_ready_study(admin=admin, coordinator=coordinator, now=now, title="Draft")
    with pytest.raises(CommandError, match="is a draft"):
        verify(draft)
    with pytest.raises(CommandError, match="There is no study nothing"):
        call_command("verify_study", "nothing")


@pytest.fixture
def designed(admin, coordinator, now):
    """A locked study whose reader reads a quarter of the cases again in a second session."""
    draft = make_ready_study(admin=admin, coordinator=coordinator, now=now, title="Designed")
    update_design(actor=coordinator, study=draft, repeat_percent=50, now=now)
    return lock_study(actor=coordinator, study=draft, now=now)


def swap_repeats(_study):
    one, other = Position.objects.exclude(repeat_of=None)[:2]
    first, second = one.repeat_of, other.repeat_of
    Position.objects.filter(pk=one.pk).update(repeat_of=None, session=other.session, arm="aided")
    Position.objects.filter(pk=other.pk).update(repeat_of=first)
    Position.objects.filter(pk=one.pk).update(repeat_of=second, arm="unaided")


REPEATS = Position.objects.exclude(repeat_of=None)
TAMPERED_DESIGN = {
    "arm": (
        lambda _: Position.objects.filter(number=3, session__number=1).update(arm="aided"),
        "The arm of R-.* in session 1 is not the derived one from place 3 on",
    ),
    "block": (
        lambda _: Position.objects.filter(number=2, session__number=1).update(block=2),
        "The block of R-.* in session 1 is not the derived one from place 2 on",
    ),
    "repeat": (
        swap_repeats,
        "The repeat of R-.* in session 2 is not the derived one from place 1 on",
    ),
    "repeat hidden": (
        lambda _: REPEATS.filter(number=1).update(repeat_of=None, arm="aided"),
        "The (arm|repeat) of R-.* in session 2 is not the derived one from place 1 on",
    ),
    "repeat left out": (
        lambda _: REPEATS.filter(number=2).delete(),
        "The order of R-.* in session 2 is not the derived one from place 2 on",
    ),
    "kind": (lambda _: Design.objects.update(kind="crossover"), r"design\.kind was locked as"),
    "washout": (
        lambda _: Design.objects.update(washout_days=1),
        r"design\.washout_days was locked as 28 and is 1",
    ),
    "algorithm": (
        lambda _: Design.objects.update(algorithm=ORDER_ALGORITHM),
        r"order\.algorithm was locked as",
    ),
    "patient": (
        lambda _: StudyCase.objects.update(patient=1),
        r"cases\[\d\]\.patient was locked as null and is 1",
    ),
    "session": (
        lambda _: Session.objects.filter(number=2).update(arm="aided"),
        r"sessions\[1\]\.arm was locked as",
    ),
}


@pytest.mark.parametrize(("tamper", "sentence"), TAMPERED_DESIGN.values(), ids=TAMPERED_DESIGN)
def test_every_tampered_row_of_a_design_is_named(designed, tamper, sentence):
    verify(designed, "--no-files")
    with unguarded():
        tamper(designed)
    with pytest.raises(CommandError, match=sentence):
        verify(designed, "--no-files")


def test_a_repeat_of_another_readers_reading_is_found(designed, coordinator, now):
    late, _token = invite_reader(
        actor=coordinator,
        study=designed,
        email="late@example.org",
        name="Late",
        rank_group=designed.rank_groups.first(),
        institution=designed.institutions.first(),
        now=now,
    )
    verify(designed, "--no-files")
    repeat = late.positions.exclude(repeat_of=None).first()
    others = Position.objects.exclude(enrolment=late)
    with unguarded():
        others.exclude(repeat_of=None).update(repeat_of=None, arm="aided")
        same_place = others.get(session__number=1, number=repeat.repeat_of.number)
        Position.objects.filter(pk=repeat.pk).update(repeat_of=same_place)
    with pytest.raises(CommandError, match=f"The repeat of {late.code} in session 2"):
        verify(designed, "--no-files")


@pytest.fixture
def locked_before(study):
    """A study as it was locked before there were designs: its manifest knows none, nor patients."""
    lock = study.versions.get()
    manifest = {name: value for name, value in lock.manifest.items() if name != "design"}
    manifest["cases"] = [
        {name: value for name, value in one.items() if name != "patient"}
        for one in manifest["cases"]
    ]
    manifest["order"] = {
        **manifest["order"],
        "algorithm": ORDER_ALGORITHM,
        "sha256": orders_sha256(study.enrolments.all(), algorithm=ORDER_ALGORITHM),
    }
    past_the_guard(ProtocolVersion, "manifest", json.dumps(manifest))
    past_the_guard(ProtocolVersion, "sha256", sha256_of(manifest))
    Design.objects.filter(study=study).update(algorithm=ORDER_ALGORITHM)
    return Study.objects.get(pk=study.pk)


def test_a_study_locked_before_there_were_designs_is_verified(locked_before, coordinator, now):
    verify(locked_before)
    late, _token = invite_reader(
        actor=coordinator,
        study=locked_before,
        email="late@example.org",
        name="Late",
        rank_group=locked_before.rank_groups.first(),
        institution=locked_before.institutions.first(),
        now=now,
    )
    assert late.positions.count() == locked_before.study_cases.count()
    verify(locked_before)
    with unguarded():
        Position.objects.filter(pk=late.positions.first().pk).update(arm="aided")
    with pytest.raises(CommandError, match=f"The arm of {late.code} in session 1"):
        verify(locked_before)


def of_before(study, *names):
    """The lock as it was stored before there were these parts of the manifest."""
    manifest = {
        name: part for name, part in study.versions.get().manifest.items() if name not in names
    }
    past_the_guard(ProtocolVersion, "manifest", json.dumps(manifest))
    past_the_guard(ProtocolVersion, "sha256", sha256_of(manifest))


def test_a_study_locked_before_there_were_scales_and_questions_is_verified(study):
    of_before(study, "answers", "questions")
    verify(study)
    Protocol.objects.update(allows_not_assessable=True)
    with pytest.raises(CommandError, match=r"answers\.allows_not_assessable was locked as false"):
        verify(study)
