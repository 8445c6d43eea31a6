"""The third checkpoint: copies and patients within the import, in stored image sets and in training sets."""

import io
import time

import imagehash
import numpy as np
import pytest
from PIL import Image as Picture

from readerstudy.images.copies import Fingerprint, stored_copies
from readerstudy.images.models import Image, ImageSet
from readerstudy.images.near import Look
from readerstudy.images.services import add_case, create_image_set
from readerstudy.intake.duplicates import find_duplicates
from readerstudy.intake.plan import PlannedCase, PlannedImage
from readerstudy.truth.services import Truth
from tests.intake.photographs import saved

WHERE = {
    "manifest": "m.csv",
    "column": "file",
    "patient_column": "patient",
    "lesion_column": "lesion",
}
NEVUS, MELANOMA = Truth(False, "nevus"), Truth(True, "melanoma")


def signed(bits):
    return bits - 2**64 if bits >= 2**63 else bits


def case_of(*images, patient="", lesion="", truth=NEVUS):
    planned = tuple(
        PlannedImage(f"{name}.png", row, "close_up", "", "", f"pixels {name}", bits)
        for row, name, bits in images
    )
    return PlannedCase(patient, lesion, None, "", "", None, truth, planned)


def codes(problems):
    return [(problem.code, problem.row, problem.column) for problem in problems]


def stored_set(admin, now, prints, *, name="Stored", is_training_set=False, patient="", lesion=""):
    image_set = create_image_set(
        actor=admin,
        name=name,
        description="",
        is_synthetic=False,
        source_name="a.zip",
        source_sha256="0" * 64,
        now=now,
    )
    ImageSet.objects.filter(pk=image_set.pk).update(is_training_set=is_training_set)
    for pixels, bits in prints:
        Image.objects.create(
            case=add_case(image_set=image_set, patient_ref=patient, lesion_ref=lesion),
            file="f",
            thumbnail="t",
            content_type="image/webp",
            width=1,
            height=1,
            bytes=1,
            sha256="0" * 64,
            pixels_sha256=pixels,
            perceptual_hash=bits,
            original_name="n",
        )
    return image_set


def test_a_photograph_a_few_bits_from_an_earlier_one_is_told_with_both_rows(db):
    cases = [case_of((2, "a", 0b1111)), case_of((3, "b", -1)), case_of((4, "c", 0b0011))]
    [warning] = find_duplicates(cases, **WHERE).warnings
    assert codes([warning]) == [("look_alike", 4, "file")]
    assert "c.png looks like a.png in row 2: the same photograph" in warning.message


def test_two_photographs_of_one_case_may_look_alike(db):
    assert find_duplicates([case_of((2, "a", 5), (3, "b", 5))], **WHERE).warnings == ()


def test_a_photograph_without_a_hash_is_compared_by_its_pixels_alone(db):
    cases = [case_of((2, "a", None)), case_of((3, "a", None)), case_of((4, "b", 0))]
    assert codes(find_duplicates(cases, **WHERE).warnings) == [("same_pixels", 3, "file")]


def test_the_same_pixels_are_not_told_again_as_looking_alike(db):
    cases = [case_of((2, "a", 7)), case_of((3, "a", 7))]
    assert codes(find_duplicates(cases, **WHERE).warnings) == [("same_pixels", 3, "file")]


def test_copies_under_two_patients_say_so(db):
    same = [case_of((2, "a", 1), patient="P1"), case_of((3, "a", 1), patient="P2")]
    near = [case_of((2, "a", 1), patient="P1"), case_of((3, "b", 1), patient="P2")]
    for cases in (same, near):
        [warning] = find_duplicates(cases, **WHERE).warnings
        assert "in row 2, of another patient" in warning.message
        assert "P1" not in warning.message


def test_neither_message_tells_the_truth(db):
    cases = [case_of((2, "a", 1), truth=MELANOMA), case_of((3, "a", 1)), case_of((4, "b", 3))]
    found = find_duplicates(cases, **WHERE)
    assert codes(found.problems) == [("same_pixels_other_truth", 3, "file")]
    told = " ".join(problem.message for problem in (*found.problems, *found.warnings))
    assert "melanoma" not in told
    assert "nevus" not in told


def test_stored_photographs_are_told_with_their_image_set(admin, now):
    stored_set(admin, now, [("pixels a", 8), ("x", signed(2**64 - 2))], name="First")
    cases = [case_of((2, "a", 8)), case_of((3, "b", -1)), case_of((4, "c", 0xF0F0F0F0))]
    found = find_duplicates(cases, **WHERE)
    assert codes(found.warnings) == [("already_stored", 2, "file"), ("near_stored", 3, "file")]
    assert "the image set First (1 of 64 bits differ)" in found.warnings[1].message


def test_training_sets_have_warnings_of_their_own(admin, now):
    prints = [("pixels a", None), ("x", 0b111)]
    stored_set(admin, now, prints, name="Trained", is_training_set=True, patient="P1")
    cases = [
        case_of((2, "a", None), patient="P7"),
        case_of((3, "b", 0b11)),
        case_of((4, "c", None), (5, "d", None), patient="P1"),
    ]
    found = find_duplicates(cases, **WHERE)
    assert codes(found.warnings) == [
        ("in_training_set", 2, "file"),
        ("near_training_set", 3, "file"),
        ("patient_in_training_set", 4, "patient"),
    ]
    assert all("training set Trained" in warning.message for warning in found.warnings)
    assert found.problems == ()


def test_every_image_set_with_a_copy_is_named_once(admin, now):
    stored_set(admin, now, [("pixels a", 1), ("y", 3)], name="One")
    stored_set(admin, now, [("z", 5)], name="Two")
    found = find_duplicates([case_of((2, "a", 1))], **WHERE).warnings
    assert codes(found) == [("already_stored", 2, "file"), ("near_stored", 2, "file")]


def test_patients_of_other_image_sets_are_nobodys_concern(admin, now):
    stored_set(admin, now, [("x", None)], patient="P1")
    assert find_duplicates([case_of((2, "a", None), patient="P1")], **WHERE).warnings == ()


def trained(admin, now, **names):
    return stored_set(admin, now, [("x", None)], name="Trained", is_training_set=True, **names)


def test_another_photograph_of_a_lesion_that_was_trained_on_is_told(admin, now):
    trained(admin, now, lesion="HAM_0000118")
    cases = [
        case_of((2, "a", None), lesion="HAM_0000117"),
        case_of((3, "b", None), (4, "c", None), lesion="HAM_0000118"),
    ]
    [warning] = find_duplicates(cases, **WHERE).warnings
    assert codes([warning]) == [("lesion_in_training_set", 3, "lesion")]
    assert "The lesion HAM_0000118 is also in the training set Trained" in warning.message


@pytest.mark.parametrize("written", ["p1", "P1 ", "\tP1"])
def test_patients_and_lesions_are_the_same_in_capitals_and_with_space_around(admin, now, written):
    trained(admin, now, patient="P1", lesion="L1")
    found = find_duplicates(
        [
            case_of(
                (2, "a", None), patient=written, lesion=written.replace("p", "l").replace("P", "L")
            )
        ],
        **WHERE,
    )
    assert codes(found.warnings) == [
        ("patient_in_training_set", 2, "patient"),
        ("lesion_in_training_set", 2, "lesion"),
    ]


@pytest.mark.parametrize(
    ("patient", "told"), [("P2", []), ("", ["lesion_in_training_set"])], ids=["another", "unnamed"]
)
def test_the_first_lesion_of_another_patient_is_another_lesion(admin, now, patient, told):
    trained(admin, now, patient="P1", lesion="1")
    found = find_duplicates([case_of((2, "a", None), patient=patient, lesion="1")], **WHERE)
    assert [warning.code for warning in found.warnings] == told


def test_the_stored_photographs_are_read_once_however_many_are_asked_for(
    admin, now, django_assert_num_queries
):
    stored_set(admin, now, [(f"x{n}", n) for n in range(5)])
    cases = [case_of((n + 2, f"i{n}", n << 20), patient=f"P{n}") for n in range(600)]
    # One for the photographs, one for the names of patients and lesions.
    with django_assert_num_queries(2):
        find_duplicates(cases, **WHERE)


@pytest.mark.parametrize("seed", [1, 2])
def test_stored_copies_are_those_that_comparing_all_finds(admin, now, seed):
    rng = np.random.default_rng(seed)
    stored = [int(n) for n in rng.integers(0, 2**64, 120, dtype=np.uint64)]
    asked = [one ^ (1 << int(rng.integers(64))) ^ (1 << int(rng.integers(64))) for one in stored]
    asked += [one ^ 0xFFFFFF for one in stored]
    stored_set(admin, now, [(f"s{n}", signed(one)) for n, one in enumerate(stored)])
    prints = [Fingerprint(f"a{n}", Look(signed(one))) for n, one in enumerate(asked)]
    found = {copy.place: copy.distance for copy in stored_copies(prints, among=Image.objects.all())}
    expected = {
        place: min((one ^ other).bit_count() for other in stored)
        for place, one in enumerate(asked)
        if min((one ^ other).bit_count() for other in stored) <= 4
    }
    assert found == expected


def test_ten_thousand_photographs_are_compared_in_seconds(db):
    rng = np.random.default_rng(5)
    hashes = rng.integers(-(2**63), 2**63, 10_000)
    cases = [case_of((n + 2, f"i{n}", int(one))) for n, one in enumerate(hashes)]
    start = time.process_time()
    assert find_duplicates(cases, **WHERE).warnings == ()
    assert time.process_time() - start < 20


def test_ten_thousand_black_photographs_are_a_short_list_to_search(db):
    cases = [case_of((n + 2, f"i{n}", 0)) for n in range(10_000)]
    start = time.process_time()
    assert len(find_duplicates(cases, **WHERE).warnings) == 9_999
    assert time.process_time() - start < 20


def test_a_turned_copy_is_found(db):
    rng = np.random.default_rng(0)
    small = Picture.fromarray(rng.integers(40, 220, (6, 6), dtype=np.uint8))
    picture = small.resize((240, 200), Picture.Resampling.BICUBIC)
    turned = Picture.open(io.BytesIO(saved(picture.transpose(Picture.Transpose.ROTATE_90))))
    bits = [int(str(imagehash.phash(one)), 16) for one in (picture, turned)]
    cases = [case_of((row, f"i{row}", signed(one))) for row, one in enumerate(bits, start=2)]
    assert codes(find_duplicates(cases, **WHERE).warnings) == [("look_alike", 3, "file")]
