"""Colour profiles: whatever a photograph is stored as, the eye sees the same colour in sRGB."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.pixels import inspect_image, read_pixels, srgb_profile
from tests.intake.photographs import pixels, png, saved, wide_gamut_profile
from tests.intake.test_origin import dicom

GREEN = Image.new("RGB", (8, 8), (60, 200, 60))
GREY = Image.new("L", (8, 8), 100)


def colour_of(content):
    return read_pixels(content, name="a").getpixel((3, 3))


def later(profile):
    """The same profile, made at another time."""
    return profile[:24] + struct.pack(">6H", 2019, 7, 8, 9, 10, 11) + profile[36:]


def cmyk_profile():
    """A printer's profile that knows one thing: the more of all inks, the darker (ICC.1:2010, 10.8: lut8Type).

    lcms makes no profile of CMYK, and one of a real press may not be passed on.
    """
    corners = [
        round(255 * (1 - (c + m + y + k) / 4))
        for c in (0, 1)
        for m in (0, 1)
        for y in (0, 1)
        for k in (0, 1)
    ]
    straight = bytes(range(256))
    table = struct.pack(">4s4xBBBx9i", b"mft1", 4, 3, 2, *(65536, 0, 0, 0, 65536, 0, 0, 0, 65536))
    table += straight * 4 + b"".join(bytes((light, 128, 128)) for light in corners) + straight * 3
    white = struct.pack(">4s4x3i", b"XYZ ", 63190, 65536, 54061)
    said = b"Inks\0"
    desc = struct.pack(">4s4xI", b"desc", len(said)) + said + bytes(78)
    parts = {b"desc": desc, b"wtpt": white, b"A2B0": table}
    offset, index, body = 132 + 12 * len(parts), b"", b""
    for name, part in parts.items():
        padded = part + bytes(-len(part) % 4)
        index += struct.pack(">4sII", name, offset + len(body), len(part))
        body += padded
    head = struct.pack(
        ">I4sI4s4s4s12x4s",
        offset + len(body),
        b"lcms",
        0x02400000,
        b"prtr",
        b"CMYK",
        b"Lab ",
        b"acsp",
    )
    head += bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head + bytes(128 - len(head)) + struct.pack(">I", len(parts)) + index + body


# --- DICOM -----------------------------------------------------------------------------------------------------


def test_the_profile_of_a_dicom_photograph_is_used():
    profile = wide_gamut_profile()
    found = colour_of(dicom(np.asarray(GREEN), ICCProfile=profile))
    assert found == colour_of(saved(GREEN, icc_profile=profile)) != (60, 200, 60)
    facts = inspect_image(dicom(np.asarray(GREEN), ICCProfile=profile), name="a")
    assert (facts["origin"]["icc"], facts["origin"]["format"]) == (True, "DICOM")


def test_a_dicom_photograph_without_one_is_taken_as_it_is():
    assert colour_of(dicom(np.asarray(GREEN))) == (60, 200, 60)
    assert inspect_image(dicom(np.asarray(GREEN)), name="a")["origin"]["icc"] is False


def test_a_broken_profile_in_a_dicom_file_is_told():
    with pytest.raises(InvalidInput, match="has a colour profile that cannot be read") as refused:
        colour_of(dicom(np.asarray(GREEN), ICCProfile=b"not a profile!"))
    assert refused.value.code == "bad_colour_profile"


# --- Grey pictures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("profile", [srgb_profile(), wide_gamut_profile()], ids=["srgb", "wide"])
def test_a_grey_picture_with_a_profile_of_colours_is_grey(kind, profile):
    assert colour_of(saved(GREY, kind, icc_profile=profile)) == pytest.approx(
        (100, 100, 100), abs=1
    )


def test_grey_with_and_without_transparency_is_the_same_grey():
    profile = wide_gamut_profile()
    both = GREY.convert("LA")
    assert colour_of(saved(both, icc_profile=profile)) == colour_of(
        saved(GREY, icc_profile=profile)
    )


# --- Inks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "options"), [("TIFF", {}), ("JPEG", {"quality": 100})])
def test_inks_are_converted_by_their_own_profile(kind, options):
    lightness = []
    for inks in ((0, 0, 0, 0), (128, 128, 128, 128), (255, 255, 255, 0)):
        found = colour_of(
            saved(Image.new("CMYK", (8, 8), inks), kind, icc_profile=cmyk_profile(), **options)
        )
        assert max(found) - min(found) <= 2
        lightness.append(found[0])
    # L* of 100, 50 and 25 are 255, 119 and 59 in sRGB (IEC 61966-2-1).
    assert lightness == pytest.approx([255, 119, 59], abs=3)


@pytest.mark.parametrize("profile", [srgb_profile(), wide_gamut_profile()], ids=["srgb", "wide"])
def test_inks_with_a_profile_of_colours_are_refused(profile):
    content = saved(Image.new("CMYK", (8, 8)), "TIFF", icc_profile=profile)
    with pytest.raises(InvalidInput) as refused:
        colour_of(content)
    assert refused.value.code == "bad_colour_profile"


# --- sRGB ------------------------------------------------------------------------------------------------------


def test_our_own_profile_is_not_converted_whenever_it_was_made(monkeypatch):
    def never(*_args, **_more):
        raise AssertionError("converted")

    monkeypatch.setattr(ImageCms, "profileToProfile", never)
    plain = np.asarray(read_pixels(png(3), name="a"))
    for profile in (srgb_profile(), later(srgb_profile())):
        assert np.array_equal(
            np.asarray(read_pixels(saved(pixels(seed=3), icc_profile=profile), name="a")), plain
        )


def test_leaving_out_the_conversion_changes_no_colour():
    levels = np.arange(0, 256, 5, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, len(levels), 3)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    converted = ImageCms.profileToProfile(Image.fromarray(cube), profile, profile)
    assert np.array_equal(np.asarray(converted), cube)
