"""The one way from an uploaded photograph to stored pixels.

Every photograph is decoded whole, turned upright, converted to sRGB with 8 bits, stripped of all that is not a pixel
and encoded without loss, by size: `encode` says why. Readers and the CNN see the same pixels.
"""

import hashlib
import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pillow_heif
from django.conf import settings
from PIL import Image, ImageCms, ImageOps

from readerstudy.core.errors import InvalidInput
from readerstudy.images.encoded import EncodedImage
from readerstudy.intake.dicom import is_dicom, read_dicom
from readerstudy.intake.origin import (
    facts_of_file,
    facts_of_pixels,
    hashes_of_copies,
    perceptual_hash,
    small_copy,
)

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "HEIF")
# HEIC is what Pillow calls HEIF; its decoder is libheif, which has limits of its own beside ours.
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
THUMBNAIL_SIDE = 320
# Rows that are hashed at once.
STRIP = 256
# WebP stores no longer side.
MAX_SIDE = 16383
# Measured on photographs of 800 × 600: 30 ms and 370 KB; the default method takes ten times as long for 13 % less.
WEBP: dict[str, Any] = {"format": "WEBP", "lossless": True, "method": 0, "quality": 0}
# Measured at 12 megapixels: libwebp needs 170 MB beside the pixels, PNG's deflate 15 MB; the file is half as large again
# and takes less time. From here on memory counts for more: there is a photograph on every core.
LARGE = 4_000_000
PNG: dict[str, Any] = {"format": "PNG", "compress_level": 1}
# A thumbnail is looked at, never measured.
THUMBNAIL: dict[str, Any] = {"format": "WEBP", "quality": 80, "method": 2}
# What Pillow was seen to raise for files with random damage; TypeError is a TIFF that does not say its size.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, TypeError, struct.error, zlib.error)

# The header is checked below, before anything is decoded; these two are the second fence.
Image.MAX_IMAGE_PIXELS = settings.IMPORT_MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Decoded:
    """A photograph's bare pixels (upright, sRGB, 8-bit RGB), its perceptual hash, and the facts of its file."""

    pixels: Image.Image
    perceptual_hash: int
    origin: dict[str, Any]


def encode_image(content: bytes, *, name: str) -> EncodedImage:
    """The photograph as it is stored, with its thumbnail. Raises InvalidInput with a sentence that names the file."""
    return encode(decode_image(content, name=name))


def inspect_image(content: bytes, *, name: str) -> dict[str, Any]:
    """What a check asks of a photograph: the hash of its pixels, its perceptual hash, the facts of its file."""
    decoded = decode_image(content, name=name)
    return {
        "pixels_sha256": pixels_sha256(decoded.pixels),
        "perceptual_hash": decoded.perceptual_hash,
        "origin": decoded.origin,
    }


def encode(decoded: Decoded) -> EncodedImage:
    """A decoded photograph as it is stored, with its thumbnail: WebP, or PNG from 4 megapixels on; both lossless."""
    pixels = decoded.pixels
    codec = codec_of(pixels)
    stored = _saved(pixels, codec)
    return EncodedImage(
        content=stored,
        thumbnail=thumbnail_of(pixels),
        content_type=f"image/{codec['format'].lower()}",
        width=pixels.width,
        height=pixels.height,
        sha256=hashlib.sha256(stored).hexdigest(),
        pixels_sha256=pixels_sha256(pixels),
        perceptual_hash=decoded.perceptual_hash,
        origin=decoded.origin,
    )


def codec_of(pixels: Image.Image) -> dict[str, Any]:
    """How a photograph of this size is stored, as keyword arguments of Pillow's `save`."""
    return PNG if pixels.width * pixels.height >= LARGE else WEBP


def thumbnail_of(pixels: Image.Image) -> bytes:
    """The small picture of a photograph, as it is stored: WebP."""
    scale = THUMBNAIL_SIDE / max(pixels.size)
    if scale < 1:
        width, height = (max(1, round(side * scale)) for side in pixels.size)
        # The gap makes the first step a plain mean of blocks: a tenth of the time, and the eye sees no difference.
        pixels = pixels.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return _saved(pixels, THUMBNAIL)


def read_pixels(content: bytes, *, name: str) -> Image.Image:
    """The photograph's bare pixels: upright, sRGB, 8-bit RGB. Raises InvalidInput with a sentence that names the file."""
    return _decoded(content, name)[0]


def decode_image(content: bytes, *, name: str) -> Decoded:
    """The photograph's pixels with what is measured of them. Raises InvalidInput with a sentence that names the file."""
    pixels, facts = _decoded(content, name)
    small = small_copy(pixels)
    measured = {**facts_of_pixels(small), **hashes_of_copies(small)}
    return Decoded(pixels, perceptual_hash(small), {**facts, **measured})


def _decoded(content: bytes, name: str) -> tuple[Image.Image, dict[str, Any]]:
    if not content:
        raise InvalidInput(f"{name} is empty.", code="empty_image", field="image")
    with _opened(content, name) as image:
        try:
            _check_header(image, name)
            kind = "DICOM" if is_dicom(content) else str(image.format)
            facts = facts_of_file(image, len(content), kind)
            image.load()
            profile = image.info.get("icc_profile")
            # In place: a photograph of 12 megapixels is 48 MB, and every copy as much again.
            ImageOps.exif_transpose(image, in_place=True)
            colour = _in_srgb(_in_8_bits(image), profile, name)
        except BROKEN as error:
            raise _broken(name) from error
        # Saving an opened file again would keep its comments, and some of what `info` holds. A copy of the pixels would
        # be as much memory again.
        colour.info = {}
    return colour, facts


def pixels_sha256(pixels: Image.Image) -> str:
    """SHA-256 over width and height (big-endian 32 bit each) and the RGB bytes row by row."""
    whole = hashlib.sha256(struct.pack(">II", *pixels.size))
    for top in range(0, pixels.height, STRIP):
        bottom = min(top + STRIP, pixels.height)
        whole.update(pixels.crop((0, top, pixels.width, bottom)).tobytes())
    return whole.hexdigest()


def _opened(content: bytes, name: str) -> Image.Image:
    if is_dicom(content):
        return read_dicom(content, name=name, max_pixels=settings.IMPORT_MAX_PIXELS)
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except BROKEN as error:
        raise InvalidInput(
            f"{name} is not a readable JPEG, PNG, TIFF, WebP, HEIC or DICOM image.",
            code="not_an_image",
            field="image",
        ) from error


def _check_header(image: Image.Image, name: str) -> None:
    """Refuses by what the header says, before anything is decoded."""
    width, height = image.size
    if width * height > settings.IMPORT_MAX_PIXELS:
        raise _too_large(name)
    if max(width, height) > MAX_SIDE:
        raise InvalidInput(
            f"{name} is {width} × {height} pixels; a side may have at most {MAX_SIDE}.",
            code="image_too_long",
            field="image",
        )
    # Telephones write JPEG files with a second, smaller picture (MPO); the first one is the photograph.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise InvalidInput(
            f"{name} is animated or has several pages; one photograph is expected.",
            code="several_frames",
            field="image",
        )


def _in_8_bits(image: Image.Image) -> Image.Image:
    """The image with 8 bits a channel. Raises ValueError for samples that have no defined white."""
    if image.mode.startswith("I;16"):
        # The high byte, which is what Pillow keeps of colour images with 16 bits.
        return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        raise ValueError(image.mode)
    if image.mode in ("1", "P", "PA", "LA", "La", "RGBA", "RGBa"):
        return _without_transparency(image)
    return image


def _without_transparency(image: Image.Image) -> Image.Image:
    """The image on white, as a page would show it."""
    over = image.convert("RGBA")
    white = Image.new("RGBA", over.size, "white")
    return Image.alpha_composite(white, over).convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None, name: str) -> Image.Image:
    if not profile or (image.mode in ("RGB", "L") and _is_srgb(profile)):
        return image if image.mode == "RGB" else image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        image = _as_described(image, source.profile.xcolor_space.strip())
        # In place where it can be; what is not RGB becomes a new picture.
        converted = ImageCms.profileToProfile(
            image, source, _srgb(), outputMode="RGB", inPlace=image.mode == "RGB"
        )
    except (ImageCms.PyCMSError, *BROKEN) as error:
        raise InvalidInput(
            f"{name} has a colour profile that cannot be read or does not fit its pixels.",
            code="bad_colour_profile",
            field="image",
        ) from error
    return converted if converted is not None else image


def _as_described(image: Image.Image, space: str) -> Image.Image:
    """The image with the channels of its profile: a scanner of colours writes its profile into grey pictures too."""
    if space == "GRAY" and image.mode == "RGB":
        return image.convert("L")
    if space == "RGB" and image.mode == "L":
        return image.convert("RGB")
    return image


def _is_srgb(profile: bytes) -> bool:
    """Whether it is our own profile, whenever it was made: converting from it to itself changes no colour."""
    return len(profile) == len(srgb_profile()) and _undated(profile) == srgb_profile()


def _undated(profile: bytes) -> bytes:
    """The profile as if it were made at one moment (ICC.1:2010, 7.2.8: bytes 24 to 35)."""
    return profile[:24] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + profile[36:]


def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))


@cache
def srgb_profile() -> bytes:
    """The sRGB profile that every stored image carries; the same bytes in every process."""
    return _undated(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def _saved(pixels: Image.Image, codec: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    pixels.save(out, icc_profile=srgb_profile(), **codec)
    return out.getvalue()


def _too_large(name: str) -> InvalidInput:
    millions = settings.IMPORT_MAX_PIXELS / 1e6
    return InvalidInput(
        f"{name} has more pixels than the {millions:g} million that are read.",
        code="image_too_large",
        field="image",
    )


def _broken(name: str) -> InvalidInput:
    return InvalidInput(
        f"{name} is damaged or cut short, or stores its pixels in a way that is not read.",
        code="broken_image",
        field="image",
    )
