"""Warnings about the files of photographs: where they were taken, what they are called."""

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from readerstudy.intake.pixels import decode_image
from readerstudy.intake.report import report_text
from tests.intake.archives import good_files, manifest
from tests.intake.photographs import jpeg, pixels, png, saved, turned
from tests.intake.test_origin import dicom

XMP = b"<x:xmpmeta><rdf:Description exif:GPSLatitude='48,8.1N'/></x:xmpmeta>"


def with_gps(tags):
    exif = Image.Exif()
    for tag, value in tags.items():
        exif.get_ifd(0x8825)[tag] = value
    return saved(pixels(seed=3), "JPEG", exif=exif)


def planned(plan_of, files):
    lines = [f"{name},nevus,0" for name in files]
    return plan_of({**files, "manifest.csv": manifest(lines)})


def warned(plan):
    return [(one.code, one.row) for one in plan.warnings]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (turned(1), True),
        (with_gps({2: (48.0, 8.0, 6.0), 4: (11.0, 34.0, 0.0)}), True),
        (with_gps({0: b"\x02\x03\x00\x00"}), False),  # the version alone, as many cameras write it
        (saved(pixels(), "JPEG", xmp=XMP), True),
        (saved(pixels(), "WEBP", xmp=XMP), True),
        (jpeg(), False),
        (png(), False),
    ],
)
def test_a_file_tells_a_position_in_its_exif_or_its_xmp(content, told):
    assert decode_image(content, name="a").origin["gps"] is told


def test_a_position_in_the_text_of_a_png_is_told():
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    assert decode_image(saved(pixels(), pnginfo=info), name="a.png").origin["gps"] is True


def test_a_photograph_that_came_with_its_position_is_a_warning(plan_of):
    plan = planned(plan_of, {"photo0.png": png(9), "photo1.jpg": turned(1)})
    assert plan.can_be_applied
    [warning] = plan.warnings
    assert (warning.code, warning.file, warning.row, warning.column) == (
        "position_sent",
        "manifest.csv",
        3,
        "image",
    )
    assert "not stored, but it was sent" in report_text(plan.report())


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("a.jpg", png(1), ["other_ending"]),
        ("a.png", jpeg(1), ["other_ending"]),
        ("a.dcm", jpeg(1), ["other_ending"]),
        ("a.JPEG", jpeg(1), []),
        ("a.tif", saved(pixels(), "TIFF"), []),
        ("a.scan", png(1), []),
        ("a", png(1), []),
        ("a.jpg", saved(pixels(), "MPO", save_all=True, append_images=[pixels(seed=2)]), []),
    ],
)
def test_an_ending_that_is_not_that_of_the_content_is_a_warning(plan_of, name, content, codes):
    plan = planned(plan_of, {name: content})
    assert plan.problems == ()
    assert [one.code for one in plan.warnings] == codes


@pytest.mark.parametrize(
    ("stem", "is_told"),
    [
        ("Mueller 1956-03-14", True),
        ("14.03.1956", True),
        ("patient_1956_03_14_left", True),
        ("ISIC_0000000", False),
        ("PAT_8_15_820", False),
        ("IMG_20200101", False),
        ("IMG_20200101_123456", False),
        ("2020-01-01 12.30.45", False),
        ("Screenshot_2020-01-01-12-30-45", False),
        ("WhatsApp Image 2020-01-01 at 12.30", False),
        ("1956-13-14", False),
        ("5436e3abbae478396759f0cf", False),
        ("0c9359ea18bd6a6bc8ef6ecb2c1cf6b1", False),
    ],
)
def test_a_name_that_looks_like_a_date_of_birth_is_a_warning(plan_of, stem, is_told):
    plan = planned(plan_of, {f"{stem}.png": png(1)})
    assert plan.problems == ()
    assert [one.code for one in plan.warnings] == ["date_in_name"] * is_told


def test_warnings_stand_in_the_order_of_the_rows(plan_of):
    files = {"a.png": png(1), "b.jpg": png(2), "c.png": png(1), "d.jpg": turned(1)}
    plan = planned(plan_of, {**files, "e.png": jpeg(7)})
    rows = [row for _, row in warned(plan)]
    assert rows == sorted(rows)
    assert {code for code, _ in warned(plan)} == {"other_ending", "same_pixels", "position_sent"}
    unlisted = plan_of({**good_files(), "photo1.png": jpeg(1), "extra.png": png(9)})
    assert warned(unlisted) == [("other_ending", 3), ("unlisted_image", None)]


@pytest.mark.parametrize(("said", "codes"), [("YES", ["burned_in_annotation"]), ("NO", [])])
def test_text_that_is_burnt_into_a_dicom_file_is_a_problem(plan_of, said, codes):
    values = np.asarray(pixels())
    plan = planned(plan_of, {"a.dcm": dicom(values, BurnedInAnnotation=said)})
    assert [one.code for one in plan.problems] == codes


def test_patients_that_nobody_names_are_not_told_as_none(plan_of):
    report = plan_of(good_files()).report()
    assert report["totals"]["patients"] is None
    assert "4 images of 4 cases; patients are not stated" in report_text(report)
    files = {
        "a.png": png(1),
        "manifest.csv": b"image,diagnosis,malignant,patient_id\na.png,nevus,0,",
    }
    assert plan_of(files).report()["totals"]["patients"] == 0
