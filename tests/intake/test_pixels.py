"""The one pixel pipeline, on real bytes."""

import hashlib
import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.pixels import encode_image, pixels_sha256, read_pixels, srgb_profile
from tests.intake.photographs import (
    COMMENT,
    animated,
    jpeg,
    pixels,
    png,
    png_header,
    saved,
    turned,
    wide_gamut_profile,
)


def decoded(encoded):
    return Image.open(io.BytesIO(encoded.content))


def refusal(content, name="photo.jpg"):
    with pytest.raises(InvalidInput) as raised:
        encode_image(content, name=name)
    assert name in raised.value.message
    return raised.value.code


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(orientation):
    upright = np.asarray(pixels(64, 48)).astype(int)
    found = np.asarray(read_pixels(turned(orientation), name="a.jpg")).astype(int)
    assert found.shape == upright.shape
    # JPEG at quality 100 is not exact; a wrong turn differs by far more.
    assert np.abs(found - upright).mean() < 3


def test_nothing_of_the_metadata_is_stored():
    content = turned(6)
    assert COMMENT in content
    assert b"Ward 7" in content
    encoded = encode_image(content, name="a.jpg")
    for stored in (encoded.content, encoded.thumbnail):
        assert COMMENT not in stored
        assert b"Ward 7" not in stored
        assert b"Exif" not in stored
        assert not Image.open(io.BytesIO(stored)).getexif()


def test_the_stored_image_is_lossless_and_tagged_srgb():
    encoded = encode_image(png(), name="a.png")
    stored = decoded(encoded)
    assert (stored.format, stored.mode, stored.size) == ("WEBP", "RGB", (64, 48))
    assert np.array_equal(np.asarray(stored), np.asarray(pixels()))
    assert stored.info["icc_profile"] == srgb_profile()
    described = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())))
    assert described.startswith("sRGB")


def chunks_of(content):
    """The names of a stored file's chunks: PNG (ISO/IEC 15948, 5.3) or RIFF."""
    names, at = [], 12 if content.startswith(b"RIFF") else 8
    while at < len(content):
        if content.startswith(b"RIFF"):
            names.append(content[at : at + 4])
            size = int.from_bytes(content[at + 4 : at + 8], "little")
            at += 8 + size + size % 2
        else:
            names.append(content[at + 4 : at + 8])
            at += 12 + int.from_bytes(content[at : at + 4], "big")
    return set(names)


def test_a_stored_file_holds_its_pixels_and_its_profile_and_nothing_else(monkeypatch):
    small = encode_image(turned(6), name="a.jpg")
    monkeypatch.setattr("readerstudy.intake.pixels.LARGE", 64 * 48)
    large = encode_image(turned(6), name="a.jpg")
    assert chunks_of(small.content) == {b"VP8X", b"ICCP", b"VP8L"}
    assert chunks_of(large.content) == {b"IHDR", b"iCCP", b"IDAT", b"IEND"}
    assert {chunks_of(one.thumbnail) <= {b"VP8X", b"ICCP", b"VP8 "} for one in (small, large)} == {True}  # fmt: skip


def test_a_large_photograph_is_png_with_the_same_pixels(monkeypatch):
    small = encode_image(jpeg(), name="a.jpg")
    monkeypatch.setattr("readerstudy.intake.pixels.LARGE", 64 * 48)
    large = encode_image(jpeg(), name="a.jpg")
    assert [one.content_type for one in (small, large)] == ["image/webp", "image/png"]
    assert decoded(large).info["icc_profile"] == srgb_profile()
    assert small.pixels_sha256 == large.pixels_sha256 == pixels_sha256(decoded(large))
    assert small.thumbnail == large.thumbnail


@pytest.mark.parametrize("size", [(16_383, 1), (1, 4_000), (641, 2)])
def test_the_narrowest_photograph_has_a_thumbnail(size):
    thumbnail = Image.open(
        io.BytesIO(encode_image(saved(Image.new("RGB", size)), name="a.png").thumbnail)
    )
    assert max(thumbnail.size) == 320
    assert min(thumbnail.size) >= 1


def test_the_hashes_are_of_what_they_say():
    encoded = encode_image(png(), name="a.png")
    bare = struct.pack(">II", 64, 48) + pixels().tobytes()
    assert encoded.pixels_sha256 == hashlib.sha256(bare).hexdigest()
    assert encoded.sha256 == hashlib.sha256(encoded.content).hexdigest()
    assert pixels_sha256(decoded(encoded)) == encoded.pixels_sha256


def test_the_same_photograph_in_another_format_has_the_same_pixels():
    formats = [("PNG", {}), ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {"lossless": True})]
    hashes = {
        encode_image(saved(pixels(), kind, **options), name="a").pixels_sha256
        for kind, options in formats
    }
    assert len(hashes) == 1


def test_equal_bytes_in_give_equal_bytes_out():
    assert encode_image(jpeg(), name="a") == encode_image(jpeg(), name="b")


def test_the_thumbnail_fits_into_320_pixels():
    encoded = encode_image(png(width=900, height=300), name="a.png")
    assert Image.open(io.BytesIO(encoded.thumbnail)).size == (320, 107)
    assert (encoded.width, encoded.height) == (900, 300)


def test_a_small_photograph_is_not_enlarged():
    encoded = encode_image(png(width=20, height=10), name="a.png")
    assert Image.open(io.BytesIO(encoded.thumbnail)).size == (20, 10)


def test_a_wide_gamut_photograph_is_converted_to_srgb():
    green = Image.new("RGB", (8, 8), (60, 200, 60))
    plain = read_pixels(saved(green), name="a.png").getpixel((0, 0))
    wide = read_pixels(saved(green, icc_profile=wide_gamut_profile()), name="a.png").getpixel(
        (0, 0)
    )
    assert plain == (60, 200, 60)
    # Display P3's green lies outside of sRGB's: less red, more green for the same colour.
    assert wide[0] < 45
    assert wide[1] > 200


def test_an_srgb_profile_changes_nothing():
    tagged = saved(pixels(), icc_profile=srgb_profile())
    difference = np.asarray(read_pixels(tagged, name="a")).astype(int) - np.asarray(pixels())
    assert np.abs(difference).max() <= 1


def test_cmyk_becomes_rgb():
    cmyk = pixels().convert("CMYK")
    found = np.asarray(read_pixels(saved(cmyk, "JPEG", quality=100), name="a.jpg")).astype(int)
    assert np.abs(found - np.asarray(pixels()).astype(int)).mean() < 4


def test_16_bit_grey_keeps_its_shades():
    ramp = (np.arange(256, dtype=np.uint16) * 257).reshape(16, 16)
    found = np.asarray(read_pixels(saved(Image.fromarray(ramp)), name="a.png"))
    assert np.array_equal(found[..., 0].ravel(), np.arange(256))
    assert np.array_equal(found[..., 0], found[..., 2])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_usual_kind_of_pixel_becomes_8_bit_rgb(mode):
    found = read_pixels(saved(pixels().convert(mode)), name="a.png")
    assert (found.mode, found.size) == ("RGB", (64, 48))


def test_transparent_pixels_become_white():
    clear = Image.new("RGBA", (4, 4), (200, 0, 0, 0))
    assert read_pixels(saved(clear), name="a.png").getpixel((1, 1)) == (255, 255, 255)


def test_a_telephones_jpeg_with_a_second_picture_gives_the_first():
    first, second = pixels(seed=1), pixels(32, 24, seed=2)
    both = saved(first, "MPO", save_all=True, append_images=[second], quality=100)
    found = np.asarray(read_pixels(both, name="a.jpg")).astype(int)
    assert found.shape == (48, 64, 3)
    assert np.abs(found - np.asarray(first)).mean() < 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_truncated_file_is_refused(kind, share):
    whole = saved(pixels(200, 160), kind)
    assert refusal(whole[: int(len(whole) * share)]) in {"broken_image", "not_an_image"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_image"),
        (b"Dear colleague, the photographs follow.", "not_an_image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>', "not_an_image"),
        (animated("GIF"), "not_an_image"),
        (animated("WEBP"), "several_frames"),
        (animated("TIFF"), "several_frames"),
        (animated("PNG"), "several_frames"),
        (png_header(60_000, 60_000), "image_too_large"),
        (png_header(20_000, 10), "image_too_long"),
        (png_header(100, 100), "broken_image"),
        (saved(Image.new("F", (4, 4)), "TIFF"), "broken_image"),
        (saved(pixels(), icc_profile=b"not a profile" * 20), "bad_colour_profile"),
    ],
    ids=[
        "zero bytes",
        "text",
        "svg",
        "animated gif",
        "animated webp",
        "tiff with two pages",
        "animated png",
        "60000 x 60000",
        "too long a side",
        "header without pixels",
        "floating point samples",
        "broken colour profile",
    ],
)
def test_what_is_no_single_whole_photograph_is_refused(content, code):
    assert refusal(content) == code


def test_the_pixel_limit_is_the_settings(settings):
    settings.IMPORT_MAX_PIXELS = 64 * 48 - 1
    assert refusal(png()) == "image_too_large"
    settings.IMPORT_MAX_PIXELS = 64 * 48
    assert encode_image(png(), name="a.png").width == 64


def test_random_damage_ends_in_a_sentence_and_never_in_a_crash():
    rng = np.random.default_rng(7)
    sources = [jpeg(icc_profile=srgb_profile()), png(), saved(pixels(), "WEBP", lossless=True)]
    refused = 0
    for number in range(300):
        content = bytearray(sources[number % 3])
        for place in rng.integers(0, len(content), 8):
            content[place] = rng.integers(0, 256)
        try:
            encode_image(bytes(content), name="a")
        except InvalidInput:
            refused += 1
    assert 50 < refused <= 300
