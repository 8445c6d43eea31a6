"""Facts of the uploaded file, the perceptual hash, and the two formats beside Pillow's own: HEIC and DICOM."""

import io

import imagehash
import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, VLPhotographicImageStorage

from readerstudy.core.errors import InvalidInput
from readerstudy.images.models import Image as StoredPhotograph
from readerstudy.intake.pixels import decode_image, encode_image, read_pixels
from readerstudy.intake.services import apply_plan, plan_import
from tests.intake.archives import good_zip
from tests.intake.photographs import pixels, png, saved, turned


def dicom(values, kind="RGB", **more):
    """A photograph as hospitals archive it, with a patient's name in it."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = VLPhotographicImageStorage
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = pydicom.Dataset()
    dataset.file_meta = meta
    dataset.PatientName, dataset.PatientID = "SECRET^NAME", "MRN 4711"
    dataset.Rows, dataset.Columns = values.shape[:2]
    dataset.SamplesPerPixel = 3 if values.ndim == 3 else 1
    dataset.PhotometricInterpretation = kind
    dataset.BitsAllocated = dataset.BitsStored = 8 * values.dtype.itemsize
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = 0
    if values.ndim == 3:
        dataset.PlanarConfiguration = 0
    for name, value in more.items():
        setattr(dataset, name, value)
    dataset.PixelData = values.tobytes()
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


@pytest.mark.parametrize("quality", [30, 60, 75, 92, 98])
def test_the_quality_of_a_jpeg_is_told(quality):
    found = decode_image(saved(pixels(), "JPEG", quality=quality), name="a.jpg").origin
    assert abs(found["quality"] - quality) <= 1


def test_the_facts_are_those_of_the_file():
    content = turned(6)
    found = decode_image(content, name="a.jpg").origin
    assert (found["format"], found["bytes"], found["orientation"]) == ("JPEG", len(content), 6)
    assert {found["width"], found["height"]} == {64, 48}
    assert found["icc"] is False
    assert decode_image(png(), name="a.png").origin["quality"] is None


def test_brightness_and_colours_are_means_from_0_to_1():
    picture = Image.new("RGB", (400, 300), (255, 51, 0))
    found = decode_image(saved(picture), name="a.png").origin
    means = [found[f"mean_{name}"] for name in ("red", "green", "blue")]
    assert means == pytest.approx([1, 0.2, 0])
    assert found["brightness"] == pytest.approx(0.299 + 0.587 * 0.2)


@pytest.mark.parametrize(("side", "share"), [(0, 0.0), (16, 1 - (96 / 128) ** 2)])
def test_a_border_of_one_colour_is_measured(side, share):
    rng = np.random.default_rng(1)
    inner = rng.integers(0, 256, (128 - 2 * side, 128 - 2 * side, 3), np.uint8)
    values = np.zeros((128, 128, 3), np.uint8)
    values[side : 128 - side, side : 128 - side] = inner
    found = decode_image(saved(Image.fromarray(values)), name="a.png").origin
    assert found["border"] == pytest.approx(share)


def test_the_hash_is_phash_and_hardly_changes_when_resized():
    picture = pixels(100, 80, seed=3)
    found = decode_image(saved(picture), name="a.png").perceptual_hash
    assert found % 2**64 == int(str(imagehash.phash(picture)), 16)
    small = decode_image(saved(picture.resize((70, 56))), name="b.png").perceptual_hash
    assert ((found ^ small) % 2**64).bit_count() <= 4


def test_heic_is_read():
    content = saved(pixels(), "HEIF", quality=95)
    decoded = decode_image(content, name="a.heic")
    assert decoded.origin["format"] == "HEIF"
    difference = np.abs(np.asarray(decoded.pixels, int) - np.asarray(pixels(), int))
    assert difference.mean() < 6


def test_dicom_gives_its_pixels_and_nothing_of_the_patient():
    values = np.asarray(pixels())
    encoded = encode_image(dicom(values), name="a.dcm")
    stored = Image.open(io.BytesIO(encoded.content)).convert("RGB")
    assert np.array_equal(np.asarray(stored), values)
    assert encoded.origin["format"] == "DICOM"
    for part in (encoded.content, encoded.thumbnail, repr(encoded.origin).encode()):
        assert b"SECRET" not in part
        assert b"4711" not in part


def test_grey_dicom_is_read_with_8_and_16_bits_and_turned_round():
    grey = np.asarray(pixels().convert("L"))
    for values in (grey, grey.astype(np.uint16) << 8):
        found = np.asarray(read_pixels(dicom(values, "MONOCHROME2"), name="a.dcm"))[..., 0]
        assert np.array_equal(found, grey)
    turned_round = np.asarray(read_pixels(dicom(grey, "MONOCHROME1"), name="a.dcm"))[..., 0]
    assert np.array_equal(turned_round, 255 - grey)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (dicom(np.asarray(pixels()), Rows=60_000, Columns=60_000), "more pixels"),
        (dicom(np.asarray(pixels()), NumberOfFrames=2), "several pages"),
        (dicom(np.asarray(pixels()))[:1000], "in a way that is not read"),
        (bytes(128) + b"DICM" + b"\x00" * 40, "without a readable picture"),
        (dicom(np.asarray(pixels()), "HSV"), "of the kind HSV, not a photograph"),
    ],
)
def test_a_dicom_file_that_is_no_photograph_is_told(content, words):
    with pytest.raises(InvalidInput, match=words):
        read_pixels(content, name="a.dcm")


def test_hash_and_facts_are_stored_with_the_image(tmp_path, admin, now):
    plan = plan_import(archive_path=good_zip(tmp_path / "a.zip"))
    apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=True, now=now)
    for image in StoredPhotograph.objects.all():
        assert image.perceptual_hash is not None
        assert image.origin["format"] == "PNG"
        assert 0 < image.origin["brightness"] < 1
    assert len(set(StoredPhotograph.objects.values_list("perceptual_hash", flat=True))) == 4
