"""Making and deleting image sets."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.images.selectors import (
    facts_of,
    first_images,
    image_for,
    image_set_for,
    image_sets_visible_to,
    primary_images,
)
from readerstudy.images.services import add_case, add_image, create_image_set, delete_image_set
from readerstudy.studies.models import Study
from tests.images.factories import encoded, make_image_set
from tests.truth.factories import record_truth


def stored_files(folder="images"):
    if not default_storage.exists(folder):
        return []
    folders, files = default_storage.listdir(folder)
    return [*files, *(name for one in folders for name in stored_files(f"{folder}/{one}"))]


def create(actor, now, name="Set"):
    return create_image_set(
        actor=actor,
        name=name,
        description="",
        is_synthetic=False,
        source_name="a.zip",
        source_sha256="0" * 64,
        now=now,
    )


def test_only_admins_make_image_sets(coordinator, reader_user, now):
    for actor in (coordinator, reader_user):
        with pytest.raises(NotAllowed):
            create(actor, now)
    assert not ImageSet.objects.exists()


def test_a_name_is_needed_and_is_had_once(admin, now):
    create(admin, now)
    for name in ("", "  ", "Set", " Set ", "x" * 201):
        with pytest.raises(InvalidInput) as raised:
            create(admin, now, name=name)
        assert raised.value.field == "name"


def test_a_stored_file_has_a_random_name(admin, now):
    make_image_set(admin=admin, now=now, cases=2)
    names = stored_files()
    assert len(names) == 4
    assert len(set(names)) == 4
    assert all(name.endswith(".webp") and len(name) == 31 for name in names)
    assert not any("melanoma" in name or "photo" in name for name in names)


def test_an_image_that_is_refused_leaves_no_file(admin, now):
    case = add_case(image_set=create(admin, now))
    with pytest.raises(ValidationError):
        add_image(case=case, ordinal=1, view="x-ray", encoded=encoded(), original_name="a.png")
    assert stored_files() == []


def test_deleting_removes_rows_truth_and_files(admin, now, django_capture_on_commit_callbacks):
    image_set = make_image_set(admin=admin, now=now)
    record_truth(admin=admin, image_set=image_set, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        delete_image_set(actor=admin, image_set=image_set, now=now)
    assert not Image.objects.exists()
    assert not Case.objects.exists()
    assert stored_files() == []
    assert AuditEvent.objects.filter(verb="image_set.deleted").count() == 1


def test_an_image_set_that_a_study_uses_is_not_deleted(admin, coordinator, now):
    image_set = make_image_set(admin=admin, now=now)
    Study.objects.create(
        slug="s", title="S", image_set=image_set, seed="ab", created_by=coordinator, created_at=now
    )
    with pytest.raises(Conflict, match="used by a study"):
        delete_image_set(actor=admin, image_set=image_set, now=now)
    assert len(stored_files()) == 6
    with pytest.raises(NotAllowed):
        delete_image_set(actor=coordinator, image_set=image_set, now=now)


def test_readers_know_of_no_image_set_and_no_image(admin, coordinator, reader_user, now):
    image_set = make_image_set(admin=admin, now=now)
    image = Image.objects.first()
    assert list(image_sets_visible_to(reader_user)) == []
    for find, public_id in ((image_set_for, image_set.public_id), (image_for, image.public_id)):
        with pytest.raises(NotFound):
            find(reader_user, public_id)
        assert find(coordinator, public_id)
        assert find(admin, public_id)


def test_the_counts_are_right_with_several_images_a_case(admin, now):
    make_image_set(admin=admin, now=now, cases=3, images_per_case=2)
    [found] = image_sets_visible_to(admin)
    assert (found.case_count, found.image_count) == (3, 6)
    facts = facts_of(found)
    assert (facts.cases, facts.images, facts.patients) == (3, 6, 3)
    assert (facts.min_age, facts.max_age) == (40, 42)
    assert (facts.min_side, facts.max_side) == (48, 64)
    assert (facts.sites, facts.licences) == (("back",), ("CC BY 4.0",))


def test_an_empty_image_set_has_facts(admin, now):
    facts = facts_of(create(admin, now))
    assert (facts.cases, facts.images, facts.min_age, facts.min_side) == (0, 0, None, None)


def test_the_primary_image_of_a_case_is_its_first(admin, now, django_assert_num_queries):
    image_set = make_image_set(admin=admin, now=now, cases=2, images_per_case=3)
    with django_assert_num_queries(1):
        found = primary_images(image_set.cases.all())
    assert {image.ordinal for image in found.values()} == {1}
    assert set(found) == set(image_set.cases.values_list("pk", flat=True))


def test_a_card_gets_at_most_so_many_images(admin, now, django_assert_num_queries):
    many = make_image_set(admin=admin, now=now, cases=6, name="Many")
    few = make_image_set(admin=admin, now=now, cases=1, name="Few")
    with django_assert_num_queries(1):
        found = first_images([many, few], each=4)
    assert {pk: len(images) for pk, images in found.items()} == {many.pk: 4, few.pk: 1}
