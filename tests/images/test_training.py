"""Training sets: declared by admins, refused to studies, compared with every other image set."""

import pytest
from django.urls import reverse

from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Case, Image
from readerstudy.images.training import declare_training_set, training_overlaps
from readerstudy.studies.forms import StudyForm
from readerstudy.studies.lock_checks import overlap_check, verify_overlap
from readerstudy.studies.readiness import missing_for_lock
from readerstudy.studies.services import create_study
from tests.images.factories import make_image_set
from tests.studies.factories import make_study


@pytest.fixture
def trained(admin, now):
    """A training set of four cases, each with one image and one patient."""
    image_set = make_image_set(admin=admin, now=now, cases=4, name="Trained")
    return declare_training_set(actor=admin, image_set=image_set, is_training_set=True, now=now)


def test_only_admins_declare_and_it_is_written_down(trained, admin, coordinator, now):
    assert trained.is_training_set
    with pytest.raises(NotAllowed):
        declare_training_set(actor=coordinator, image_set=trained, is_training_set=False, now=now)
    for _ in range(2):
        declare_training_set(actor=admin, image_set=trained, is_training_set=False, now=now)
    verbs = AuditEvent.objects.filter(verb__startswith="image_set.").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "image_set.created",
        "image_set.declared_training",
        "image_set.not_training",
    ]


def test_an_image_set_that_a_study_uses_cannot_become_one(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    with pytest.raises(Conflict, match="used by a study"):
        declare_training_set(actor=admin, image_set=study.image_set, is_training_set=True, now=now)
    study.image_set.refresh_from_db()
    assert not study.image_set.is_training_set


def test_no_study_is_made_on_a_training_set_and_none_is_offered(trained, coordinator, now):
    with pytest.raises(InvalidInput, match="Trained is a training set") as refused:
        create_study(actor=coordinator, title="S", image_set=trained, now=now)
    assert (refused.value.code, refused.value.field) == ("training_set", "image_set")
    assert not StudyForm(user=coordinator).fields["image_set"].queryset.exists()


def test_a_draft_whose_set_became_one_behind_the_application_is_not_locked(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now, readers=1)
    assert missing_for_lock(study) == []
    study.image_set.is_training_set = True
    assert [problem.code for problem in missing_for_lock(study)] == ["training_set"]


def test_a_set_without_anything_in_common_is_disjoint(trained, admin, now):
    other = make_image_set(admin=admin, now=now, cases=2, name="Other")
    Image.objects.filter(case__image_set=other).update(pixels_sha256="1" * 64, perceptual_hash=None)
    Case.objects.filter(image_set=other).update(patient_ref="", lesion_ref="")
    [overlap] = training_overlaps(other)
    assert overlap.is_disjoint
    assert overlap.training_set == trained
    assert training_overlaps(trained) == []


def test_exact_and_near_copies_and_shared_patients_are_counted(trained, admin, now):
    other = make_image_set(admin=admin, now=now, cases=4, name="Other")
    own = list(Image.objects.filter(case__image_set=other).order_by("pk"))
    theirs = list(Image.objects.filter(case__image_set=trained).order_by("pk"))
    for number, image in enumerate(own):
        image.pixels_sha256 = theirs[0].pixels_sha256 if number == 0 else f"{number}" * 64
        image.perceptual_hash = {0: None, 1: 0b111, 2: 0xFFFF00000000, 3: None}[number]
        image.save()
        patient = "SECRET-PATIENT-2" if number == 1 else f"P{number}"
        Case.objects.filter(pk=image.case_id).update(patient_ref=patient)
    Image.objects.filter(case__image_set=trained).update(perceptual_hash=None)
    Image.objects.filter(pk=theirs[3].pk).update(perceptual_hash=0b1)
    [overlap] = training_overlaps(other)
    assert (overlap.exact, overlap.near, overlap.patients) == (1, 1, ("SECRET-PATIENT-2",))
    shared = {one.image: (one.training_image_id, one.distance) for one in overlap.shared}
    assert shared == {own[0]: (theirs[0].public_id, None), own[1]: (theirs[3].public_id, 2)}
    assert overlap.not_compared == 3


def test_a_lesion_on_both_sides_is_an_overlap_whatever_its_photographs(trained, admin, now):
    other = make_image_set(admin=admin, now=now, cases=2, name="Other")
    Image.objects.filter(case__image_set=other).update(pixels_sha256="1" * 64, perceptual_hash=None)
    Case.objects.filter(image_set=trained).update(patient_ref="")
    for case in Case.objects.filter(image_set=other):
        Case.objects.filter(pk=case.pk).update(
            patient_ref="", lesion_ref=f" {case.lesion_ref.lower()}" if case.age_years == 40 else ""
        )
    [overlap] = training_overlaps(other)
    assert (overlap.shared, overlap.patients, overlap.lesions) == ((), (), ("secret-lesion-0",))
    assert not overlap.is_disjoint


def test_image_sets_that_nobody_trained_on_are_not_compared(admin, now, django_assert_num_queries):
    make_image_set(admin=admin, now=now, cases=2, name="One")
    other = make_image_set(admin=admin, now=now, cases=2, name="Other")
    with django_assert_num_queries(1):
        assert training_overlaps(other) == []


# --- Pages -----------------------------------------------------------------------------------------------------


def address(name, image_set):
    return reverse(f"images:{name}", args=[image_set.public_id])


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 302), ("coordinator", 403), ("reader_user", 404), (None, 302)]
)
def test_who_may_declare_a_training_set(  # noqa: PLR0917 (fixtures)
    client, request, admin, now, role, status
):
    image_set = make_image_set(admin=admin, now=now, cases=1)
    if role:
        client.force_login(request.getfixturevalue(role))
    response = client.post(address("training", image_set), {"is_training_set": "yes"})
    assert response.status_code == status
    image_set.refresh_from_db()
    assert image_set.is_training_set == (role == "admin")


def test_an_admin_declares_on_the_page_and_takes_it_back(client, admin, now):
    image_set = make_image_set(admin=admin, now=now, cases=1)
    client.force_login(admin)
    for value, badge in (("yes", True), ("no", False)):
        page = client.get(address("detail", image_set)).content.decode()
        assert f'name="is_training_set" value="{value}"' in page
        page = client.post(address("training", image_set), {"is_training_set": value}, follow=True)
        assert ('class="badge training"' in page.content.decode()) is badge
    assert client.get(address("training", image_set)).status_code == 405


def test_the_page_offers_nothing_while_a_study_uses_the_set(client, admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    client.force_login(admin)
    assert "is_training_set" not in client.get(address("detail", study.image_set)).content.decode()
    refused = client.post(address("training", study.image_set), {"is_training_set": "yes"})
    assert refused.status_code == 409


def test_the_overlap_is_listed_for_admins_and_counted_for_coordinators(
    client, trained, admin, coordinator, now
):
    other = make_image_set(admin=admin, now=now, cases=2, name="Other")
    pages = {}
    for user in (admin, coordinator):
        client.force_login(user)
        pages[user] = client.get(address("overlap", other)).content.decode()
        assert "<dd>2</dd>" in pages[user]
    for secret in ("SECRET-PATIENT-0", "SECRET-LESION-1", "melanoma-0-1.png"):
        assert secret in pages[admin]
        assert secret not in pages[coordinator]


def test_without_a_training_set_the_page_says_so(client, coordinator, admin, now):
    image_set = make_image_set(admin=admin, now=now, cases=1)
    client.force_login(coordinator)
    text = client.get(address("overlap", image_set)).content.decode()
    assert "nothing to compare with" in text


def test_an_overlap_that_is_no_longer_what_was_locked_is_found(trained, admin, coordinator, now):
    make_image_set(admin=admin, now=now, cases=2, name="Other")
    study = make_study(admin=admin, coordinator=coordinator, now=now, title="Other")
    section = overlap_check(study).section
    counts = [(one["exact"], one["patients"], one["lesions"]) for one in section["training_sets"]]
    assert counts == [(2, 2, 2)]
    assert list(verify_overlap(study, section)) == []
    Image.objects.filter(case__image_set=trained).update(pixels_sha256="f" * 64)
    assert list(verify_overlap(study, section)) == [
        "The overlap with the training set Trained is not what it was at the lock."
    ]
    trained.delete()
    assert list(verify_overlap(study, section)) == []


def test_a_manifest_from_before_lesions_were_compared_still_holds(trained, admin, coordinator, now):
    make_image_set(admin=admin, now=now, cases=2, name="Other")
    study = make_study(admin=admin, coordinator=coordinator, now=now, title="Other")
    section = overlap_check(study).section
    [found] = section["training_sets"]
    before = {key: found[key] for key in ("id", "name", "exact", "not_compared")}
    older = {
        "image_set": section["image_set"],
        "training_sets": [{**before, "near": 7, "patients": 0}],
    }
    assert list(verify_overlap(study, older)) == []
    Image.objects.filter(case__image_set=trained).update(pixels_sha256="f" * 64)
    assert len(list(verify_overlap(study, older))) == 1
