"""Every tensor is compared with a plain script of Pillow and NumPy lines."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from inference.engine import ImageError, ModelSpec, load_image, to_tensor
from tests.inference.engine.graphs import spec_json
from tests.inference.engine.pictures import encoded, random_jpeg, random_picture

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def preprocess_spec(**changes):
    return ModelSpec.from_json(spec_json(**changes)).preprocess


def plain(image, width, height, box=None, resample=Image.Resampling.BILINEAR):
    image = image.resize((width, height), resample)
    if box:
        image = image.crop(box)
    return ((np.asarray(image, np.float32) / 255 - MEAN) / STD).transpose(2, 0, 1)


@pytest.mark.parametrize("name", ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"])
def test_exact_resize_is_pillows_with_the_named_filter(rng, name):
    image = random_picture(rng, 57, 33)
    spec = preprocess_spec(resize={"mode": "exact", "size": [12, 20], "interp": name})
    expected = plain(image, 20, 12, resample=Image.Resampling[name.upper()])
    np.testing.assert_allclose(to_tensor(image, spec), expected, atol=1e-6)


# 255 × 256 // 341 and the like: the long side is cut, not rounded; remainders of 1, 2, 3 and 5 pixels for the crop.
@pytest.mark.parametrize(
    ("width", "height", "resized", "box"),
    [
        (50, 30, (33, 20), (8, 2, 24, 18)),
        (30, 50, (20, 33), (2, 8, 18, 24)),
        (30, 30, (20, 20), (2, 2, 18, 18)),
        (20, 21, (20, 21), (2, 2, 18, 18)),
        (40, 46, (20, 23), (2, 4, 18, 20)),
    ],
)
def test_shortest_edge_and_centre_crop_are_torchvisions(rng, width, height, resized, box):
    image = random_picture(rng, width, height)
    spec = preprocess_spec(
        resize={"mode": "shortest_edge", "size": 20, "interp": "bilinear"},
        crop={"mode": "center", "size": [16, 16]},
    )
    np.testing.assert_allclose(to_tensor(image, spec), plain(image, *resized, box), atol=1e-6)


def test_crop_rounding_decides_about_an_odd_remainder(rng):
    image = random_picture(rng, 19, 16)
    tensors = [
        to_tensor(
            image,
            preprocess_spec(
                resize={"mode": "none"}, crop={"mode": "center", "size": 16, "rounding": rounding}
            ),
        )
        for rounding in ("half_even", "floor")
    ]
    np.testing.assert_allclose(tensors[0], plain(image, 19, 16, (2, 0, 18, 16)), atol=1e-6)
    np.testing.assert_allclose(tensors[1], plain(image, 19, 16, (1, 0, 17, 16)), atol=1e-6)


def test_letterbox_keeps_the_shape_and_fills_the_rest():
    image = Image.new("RGB", (40, 20), (200, 100, 50))
    spec = preprocess_spec(
        resize={"mode": "letterbox", "size": [16, 16], "interp": "box", "fill": [1, 2, 3]},
        layout="NHWC",
        dtype="uint8",
        scale=1,
        mean=[0, 0, 0],
        std=[1, 1, 1],
    )
    tensor = to_tensor(image, spec)
    assert tensor.dtype == np.uint8
    assert (tensor[4:12] == [200, 100, 50]).all()
    assert (tensor[:4] == [1, 2, 3]).all()
    assert (tensor[12:] == [1, 2, 3]).all()


def test_layout_channel_order_and_offset(rng):
    image = random_picture(rng, 16, 16)
    spec = preprocess_spec(
        layout="NHWC",
        channel_order="BGR",
        scale=1 / 127.5,
        offset=-1,
        mean=[0, 0, 0],
        std=[1, 2, 4],
    )
    expected = (np.asarray(image, np.float32)[:, :, ::-1] / 127.5 - 1) / [1, 2, 4]
    tensor = to_tensor(image, spec)
    assert tensor.flags.c_contiguous
    np.testing.assert_allclose(tensor, expected, atol=1e-6)


def test_half_precision_is_made_at_the_end(rng):
    image = random_picture(rng, 16, 16)
    half = to_tensor(image, preprocess_spec(dtype="float16"))
    assert half.dtype == np.float16
    np.testing.assert_array_equal(half, to_tensor(image, preprocess_spec()).astype(np.float16))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_or_ignored(rng, orientation):
    data = random_jpeg(rng, orientation=orientation)
    stored = Image.open(BytesIO(data))
    upright = load_image(data, preprocess_spec())
    np.testing.assert_array_equal(upright, ImageOps.exif_transpose(stored))
    ignored = load_image(
        data, preprocess_spec(decode={"orientation": "ignore", "icc": "ignore", "mode": "RGB"})
    )
    np.testing.assert_array_equal(ignored, stored)


def test_a_colour_profile_is_brought_to_srgb_or_ignored(rng):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB", 6500)).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = random_picture(rng)
    kept = load_image(encoded(picture, "PNG", icc_profile=srgb), preprocess_spec())
    assert np.abs(np.asarray(kept, int) - np.asarray(picture, int)).max() <= 1
    wrong = encoded(picture, "PNG", icc_profile=lab)
    with pytest.raises(ImageError, match="photo has a colour profile that does not fit"):
        load_image(wrong, preprocess_spec(), name="photo")
    ignoring = preprocess_spec(decode={"orientation": "apply", "icc": "ignore", "mode": "RGB"})
    np.testing.assert_array_equal(load_image(wrong, ignoring), picture)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_four_formats_are_read_whatever_the_name(rng, tmp_path, kind):
    path = tmp_path / "photo.bmp"
    path.write_bytes(encoded(random_picture(rng), kind))
    image = load_image(path, preprocess_spec())
    assert (image.mode, image.size) == ("RGB", (40, 30))


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "1"])
def test_every_8_bit_mode_becomes_rgb(rng, mode):
    kind = "TIFF" if mode == "CMYK" else "PNG"
    image = load_image(encoded(random_picture(rng).convert(mode), kind), preprocess_spec())
    assert image.mode == "RGB"


def test_a_palette_with_transparency_gives_no_warning(rng):
    picture = random_picture(rng).quantize(16)
    data = encoded(picture, "PNG", transparency=bytes(range(16)))
    np.testing.assert_array_equal(load_image(data, preprocess_spec()), picture.convert("RGB"))


def bmp(rng):
    return encoded(random_picture(rng), "BMP")


def cut_off(rng):
    return random_jpeg(rng)[:-200]


def deep(rng):
    return encoded(Image.fromarray(np.full((8, 8), 40_000, np.uint16)), "PNG")


def several(rng):
    pages = [random_picture(rng) for _ in range(2)]
    return encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (bmp, "photo.jpg is not a JPEG, PNG, WebP or TIFF image."),
        (lambda _: b"%PDF-1.7 renamed", "photo.jpg is not a JPEG, PNG, WebP or TIFF image."),
        (lambda _: b"", "photo.jpg is not a JPEG, PNG, WebP or TIFF image."),
        (cut_off, "photo.jpg is damaged or cut off."),
        (lambda rng: encoded(random_picture(rng), "PNG")[:200], "photo.jpg is damaged or cut off."),
        (deep, "photo.jpg has more than 8 bits in a channel, which would be cut off."),
        (several, "photo.jpg holds several pictures."),
        (lambda rng: random_jpeg(rng, 101, 100), "photo.jpg has more than 0.01 million pixels."),
    ],
    ids=["bmp", "pdf", "empty", "cut jpeg", "cut png", "16 bit", "two pages", "too large"],
)
def test_what_cannot_be_scored_is_refused_with_the_files_name(rng, tmp_path, make, sentence):
    path = tmp_path / "photo.jpg"
    path.write_bytes(make(rng))
    with pytest.raises(ImageError) as caught:
        load_image(path, preprocess_spec(), max_pixels=10_000)
    assert caught.value.message == sentence
    assert caught.value.place == "photo.jpg"


def test_a_bomb_is_refused_before_it_is_unpacked():
    data = encoded(Image.new("1", (20_000, 10_000)), "PNG")
    with pytest.raises(ImageError, match="more than 80 million pixels"):
        load_image(data, preprocess_spec())


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ImageError, match=r"^gone\.jpg cannot be read: No such file"):
        load_image(tmp_path / "gone.jpg", preprocess_spec())


def test_a_picture_smaller_than_the_crop_is_refused(rng):
    spec = preprocess_spec(resize={"mode": "none"}, crop={"mode": "center", "size": [32, 32]})
    with pytest.raises(ImageError, match="a has 40 × 30 pixels, fewer than the crop of 32 × 32"):
        to_tensor(random_picture(rng), spec, name="a")


def test_a_thread_of_a_picture_is_refused_before_it_is_scaled():
    spec = preprocess_spec(
        resize={"mode": "shortest_edge", "size": 256, "interp": "box"},
        crop={"mode": "center", "size": 224},
    )
    with pytest.raises(ImageError, match=r"^a is so narrow \(2 × 60000\)"):
        to_tensor(Image.new("RGB", (2, 60_000)), spec, name="a")
    assert to_tensor(Image.new("RGB", (20, 600)), spec).shape == (3, 224, 224)


def test_converting_our_own_profile_to_itself_changes_no_colour():
    """All 2^24 of them: so leaving the conversion out is the same, not nearly the same."""
    levels = np.arange(2**24, dtype=np.uint32)
    cube = np.stack([levels & 255, levels >> 8 & 255, levels >> 16], -1).astype(np.uint8)
    image = Image.fromarray(cube.reshape(4096, 4096, 3))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    converted = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        outputMode="RGB",
    )
    assert converted.tobytes() == image.tobytes()


def test_only_our_own_profile_is_left_out(monkeypatch, rng):
    calls = []
    monkeypatch.setattr(
        "inference.engine.preprocess._to_srgb",
        lambda image, *_rest: calls.append(1) or image.convert("RGB"),
    )
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    dated = own[:24] + bytes(12) + own[36:]
    other = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    given = preprocess_spec()
    for profile, expected in ((own, 0), (dated, 0), (other, 1)):
        calls.clear()
        load_image(encoded(random_picture(rng), "PNG", icc_profile=profile), given)
        assert len(calls) == expected
