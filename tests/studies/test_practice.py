"""What readers practise on: another image set, apart from the study's own, fixed by the lock."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from readerstudy.core.canonical import sha256_of
from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, NotAllowed, Problem
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Case, Image
from readerstudy.images.services import delete_image_set
from readerstudy.studies import hooks
from readerstudy.studies.models import PracticeCase, ProtocolVersion, Study
from readerstudy.studies.order import practice_order
from readerstudy.studies.services import copy_study, create_study, lock_study, set_practice
from readerstudy.studies.verifying import faults_of
from tests.german import DE, english_in
from tests.studies.factories import SEED, advance, make_image_set
from tests.studies.pages import page, text
from tests.unguarded import unguarded


@pytest.fixture
def practice_set(admin, now):
    return make_image_set(admin=admin, now=now, cases=3, name="To practise on")


def choose(study, coordinator, now, image_set, pass_percent=0):
    return set_practice(
        actor=coordinator, study=study, image_set=image_set, pass_percent=pass_percent, now=now
    )


@pytest.fixture
def draft(study_with_readers, coordinator, practice_set, now):
    return choose(study_with_readers, coordinator, now, practice_set, 80)


def refusals(study, coordinator, now, image_set):
    with pytest.raises(InvalidInputs) as error:
        choose(study, coordinator, now, image_set)
    assert Study.objects.get(pk=study.pk).practice_set is None
    assert {problem.field for problem in error.value.problems} == {"image_set"}
    return [problem.message for problem in error.value.problems]


def share(practice_set, study, **fields):
    """Gives a case or image of the practice set what one of the test set has; returns its case."""
    case = practice_set.cases.first()
    for model, of_case in ((Image, {"case": case}), (Case, {"pk": case.pk})):
        own = {name: value for name, value in fields.items() if hasattr(model, name)}
        if own:
            model.objects.filter(**of_case).update(**own)
            other = {"case__image_set": study.image_set} if model is Image else {}
            pk = model.objects.filter(**(other or {"image_set": study.image_set})).first().pk
            model.objects.filter(pk=pk).update(**own)
    return case


def test_a_choice_is_stored_once_and_audited(study, coordinator, practice_set, now):
    for _ in range(2):
        choose(study, coordinator, now, practice_set, 70)
    study.refresh_from_db()
    assert (study.practice_set, study.practice_pass_percent) == (practice_set, 70)
    assert AuditEvent.objects.get(verb="study.practice_set").data == {
        "image_set": practice_set.public_id,
        "pass_percent": 70,
    }
    assert choose(study, coordinator, now, None).practice_set is None


@pytest.mark.parametrize("percent", [-1, 101, "5", True])
def test_a_percentage_that_cannot_be_is_named(study, coordinator, practice_set, now, percent):
    with pytest.raises(InvalidInput) as error:
        choose(study, coordinator, now, practice_set, percent)
    assert error.value.field == "pass_percent"


def test_without_a_practice_set_nothing_is_to_be_passed(study, coordinator, now):
    with pytest.raises(InvalidInput, match="nothing to pass"):
        choose(study, coordinator, now, None, 50)


def test_only_coordinators_of_a_draft_choose(draft, coordinator, admin, now):
    with pytest.raises(NotAllowed):
        choose(draft, admin, now, None)
    advance(draft, "locked", coordinator=coordinator, now=now)
    with pytest.raises(Conflict):
        choose(draft, coordinator, now, None)


def test_the_test_set_itself_is_refused_by_service_and_database(study, coordinator, now):
    [message] = refusals(study, coordinator, now, study.image_set)
    assert message.startswith("Readers cannot practise on the cases of the study itself")
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(practice_set=study.image_set)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"pixels_sha256": "ab" * 32}, "have photographs of the test set"),
        ({"perceptual_hash": 12345}, "have photographs that look like ones of the test set"),
        ({"patient_ref": " Patient 7"}, "are of patients of the test set"),
    ],
)
def test_what_both_sets_share_is_refused_with_the_cases(  # noqa: PLR0917 (fixtures)
    study, coordinator, practice_set, now, fields, words
):
    case = share(practice_set, study, **fields)
    [message] = refusals(study, coordinator, now, practice_set)
    assert words in message
    assert message.endswith(f": {case.public_id}.")
    assert "Patient 7" not in message


@pytest.mark.parametrize(
    "fields", [{"pixels_sha256": "ab" * 32}, {"perceptual_hash": 12345}, {"patient_ref": "P"}]
)
def test_what_both_sets_share_is_refused_at_the_lock_again(
    draft, coordinator, practice_set, now, fields
):
    case = share(practice_set, draft, **fields)
    with pytest.raises(Conflict, match=case.public_id):
        lock_study(actor=coordinator, study=draft, now=now)
    assert Study.objects.get(pk=draft.pk).state == "draft"
    assert not PracticeCase.objects.exists()


def test_empty_sets_and_cases_without_an_image_are_refused(study, coordinator, admin, now):
    empty = make_image_set(admin=admin, now=now, cases=0, name="Empty")
    assert refusals(study, coordinator, now, empty) == ["Empty has no cases to practise on."]
    Case.objects.create(image_set=empty)
    assert refusals(study, coordinator, now, empty) == [
        "1 cases of the practice set have no image."
    ]


def test_another_room_may_refuse_when_it_is_chosen_and_at_the_lock(
    study_with_readers, coordinator, practice_set, now
):
    study = study_with_readers

    def refuse(image_set):
        yield Problem("no", f"{image_set.name} is not wanted.", field="image_set")

    hooks.register_practice_check(refuse)
    assert refusals(study, coordinator, now, practice_set) == ["To practise on is not wanted."]
    Study.objects.filter(pk=study.pk).update(practice_set=practice_set)
    with pytest.raises(Conflict, match="is not wanted"):
        lock_study(actor=coordinator, study=study, now=now)


def test_cases_whose_truth_is_sealed_elsewhere_are_refused(
    study, coordinator, study_with_readers, now
):
    [message] = refusals(study, coordinator, now, study_with_readers.image_set)
    assert "is not unblinded yet" in message
    advance(study_with_readers, "unblinded", coordinator=coordinator, now=now)
    assert choose(study, coordinator, now, study_with_readers.image_set).practice_set


def test_no_study_is_made_on_a_practice_set_and_nobody_deletes_it(
    draft, coordinator, admin, practice_set, now
):
    with pytest.raises(InvalidInput, match="Readers practise on To practise on"):
        create_study(actor=coordinator, title="Second", image_set=practice_set, now=now)
    with pytest.raises(Conflict, match="cannot be deleted"):
        delete_image_set(actor=admin, image_set=practice_set, now=now)


def test_the_lock_holds_the_practice_cases_with_their_hashes(draft, coordinator, practice_set, now):
    locked = advance(draft, "locked", coordinator=coordinator, now=now)
    part = locked.versions.get().manifest["practice"]
    assert part["image_set"]["id"] == practice_set.public_id
    assert part["pass_percent"] == 80
    images = Image.objects.filter(case__image_set=practice_set)
    assert sorted(sha for case in part["cases"] for sha in case["images"]) == sorted(
        images.values_list("sha256", flat=True)
    )
    assert {case["id"] for case in part["cases"]} == set(
        PracticeCase.objects.values_list("public_id", flat=True)
    )
    assert faults_of(locked, with_files=False) == []


def test_verification_finds_a_practice_that_is_not_the_locked_one(draft, coordinator, now):
    locked = advance(draft, "locked", coordinator=coordinator, now=now)
    Study.objects.filter(pk=locked.pk).update(practice_pass_percent=10)
    image = Image.objects.filter(case__practice_cases__study=locked).first()
    Image.objects.filter(pk=image.pk).update(sha256="f" * 64)
    locked = Study.objects.get(pk=locked.pk)
    percent, changed = sorted(
        faults_of(locked, with_files=False), key=lambda fault: "percent" not in fault
    )
    assert percent == "practice.pass_percent was locked as 80 and is 10."
    assert changed.startswith("practice.cases[")
    files = [fault for fault in faults_of(locked) if "cannot be read" in fault]
    assert f"The file of image {image.public_id} cannot be read." in files


def test_a_study_without_practice_holds_and_one_of_before_too(study_with_readers, coordinator, now):
    locked = advance(study_with_readers, "locked", coordinator=coordinator, now=now)
    manifest = locked.versions.get().manifest
    assert manifest.pop("practice") is None
    assert faults_of(locked, with_files=False) == []
    before = QuerySet(ProtocolVersion).filter(study=locked)
    with unguarded():
        before.update(manifest=manifest, sha256=sha256_of(manifest))
    assert faults_of(locked, with_files=False) == []


def test_a_copied_study_has_the_practice_of_its_source(draft, coordinator, practice_set, now):
    copy = copy_study(actor=coordinator, source=draft, title="Again", now=now)
    assert (copy.practice_set, copy.practice_pass_percent) == (practice_set, 80)


def test_every_reader_and_round_has_an_order_of_its_own():
    names = [str(number) for number in range(12)]

    def order(code, practice_round):
        return practice_order(
            seed=SEED, reader_code=code, practice_round=practice_round, case_ids=names
        )

    assert sorted(order("R-1", 1)) == sorted(names)
    assert order("R-1", 1) == order("R-1", 1)
    assert len({tuple(order(code, n)) for code in ("R-1", "R-2") for n in (1, 2)}) == 4


def test_the_coordinator_chooses_on_a_page(signed_in, study, practice_set):
    address = page("practice", study)
    assert "To practise on (3 cases)" in text(signed_in.get(address))
    assert study.image_set.name not in text(signed_in.get(address)).split("<form")[-1]
    body = {"image_set": practice_set.pk, "pass_percent": 60}
    assert signed_in.post(address, body).headers["Location"] == address
    study.refresh_from_db()
    assert (study.practice_set, study.practice_pass_percent) == (practice_set, 60)
    signed_in.post(address, {"image_set": "", "pass_percent": 0})
    study.refresh_from_db()
    assert study.practice_set is None


def test_a_refusal_stands_at_the_field(signed_in, study, practice_set):
    share(practice_set, study, patient_ref="P")
    body = {"image_set": practice_set.pk, "pass_percent": 0}
    response = signed_in.post(page("practice", study), body)
    assert response.status_code == 400
    assert "are of patients of the test set" in text(response)
    german = text(signed_in.post(page("practice", study), body, headers=DE))
    assert english_in(german) == []


def test_the_page_before_the_lock_tells_what_both_sets_share(signed_in, draft, practice_set):
    case = share(practice_set, draft, patient_ref="P")
    assert case.public_id in text(signed_in.get(page("transition", draft)))


def test_after_the_lock_the_page_is_there_to_be_read(client, draft, coordinator, admin, now):
    advance(draft, "locked", coordinator=coordinator, now=now)
    for user in (coordinator, admin):
        client.force_login(user)
        shown = text(client.get(page("practice", draft)))
        assert "80 % right decisions in one round" in shown
        assert "<select" not in shown.split('id="practice-title"')[1]
        assert english_in(text(client.get(page("practice", draft), headers=DE))) == []


def test_others_have_no_such_page(client, draft, admin, reader_user, now):
    client.force_login(admin)
    assert client.post(page("practice", draft), {"pass_percent": 0}).status_code == 404
    client.force_login(reader_user)
    assert client.get(page("practice", draft)).status_code == 404


def test_a_practice_set_is_not_offered_for_a_study(signed_in, draft):
    offered = text(signed_in.get("/studies/new/"))
    assert "To practise on" not in offered
    assert draft.image_set.name in offered
