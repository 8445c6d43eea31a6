"""From a file to the tensor that the network sees, with Pillow and NumPy only."""

import struct
import zlib
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from inference.engine.errors import ImageError
from inference.engine.spec import CropSpec, PreprocessSpec, ResizeSpec, Size

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
# Above this a picture needs more than 240 MB as RGB. Below Pillow's own warning at 89 million pixels.
MAX_PIXELS = 80_000_000
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error, zlib.error)
_DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
_ORIENTATION = 0x0112
_FILTERS = {
    name: Image.Resampling[name.upper()]
    for name in ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")
}

Tensor = NDArray[Any]
Pixels = NDArray[np.uint8]


def load_image(
    source: bytes | str | Path,
    spec: PreprocessSpec,
    *,
    name: str = "",
    max_pixels: int = MAX_PIXELS,
) -> Image.Image:
    """The photograph as RGB pixels, turned and colour-managed as `spec.decode` says.

    JPEG, PNG, WebP and TIFF by content, whatever the file's name. Raises ImageError naming the file (`name`, or the
    path) where the bytes are none of these, are damaged, hold several pictures or more than `max_pixels` pixels.
    """
    label = name or ("The image" if isinstance(source, bytes) else Path(source).name)
    image = _decoded(_content(source, label), label, max_pixels)
    if image.mode in _DEEP_MODES:
        raise ImageError(
            f"{label} has more than 8 bits in a channel, which would be cut off.", place=label
        )
    # The profile belongs to the colours as stored, so it is applied before the mode changes.
    profile = image.info.get("icc_profile") if spec.decode.icc == "to_srgb" else None
    if spec.decode.orientation == "apply":
        image = _upright(image, label)
    if image.mode == "RGB" and (not profile or _is_srgb(profile)):
        return image
    return _to_srgb(image, profile, label) if profile else _to_rgb(image)


def to_tensor(image: Image.Image, spec: PreprocessSpec, *, name: str = "The image") -> Tensor:
    """One image as (3, height, width) or, for NHWC, (height, width, 3), of the dtype of the spec.

    Resize and crop on the 8-bit picture, then ((pixel × scale + offset) − mean) / std in float32.
    Raises ImageError, beginning with `name`, where the crop is larger than the picture.
    """
    return tensor_of(to_pixels(image, spec, name=name), spec)


def to_pixels(image: Image.Image, spec: PreprocessSpec, *, name: str = "The image") -> Pixels:
    """The picture resized and cropped, (height, width, 3), red, green and blue as whole numbers.

    Everything that takes time happens here, and the same for all runs of a family. Raises as `to_tensor` does.
    """
    return np.asarray(_crop(_resize(image, spec.resize, name), spec.crop, name))


def tensor_of(pixels: Pixels, spec: PreprocessSpec) -> Tensor:
    """What `to_tensor` gives, from the pixels that `to_pixels` gave."""
    if spec.channel_order == "BGR":
        pixels = pixels[:, :, ::-1]
    if spec.layout == "NCHW":
        pixels = pixels.transpose(2, 0, 1)
    if spec.dtype == "uint8":
        return np.ascontiguousarray(pixels)
    channels = (pixels[at] if spec.layout == "NCHW" else pixels[:, :, at] for at in range(3))
    tensor: Tensor = np.empty(pixels.shape, spec.dtype)
    for at, (levels, channel) in enumerate(zip(_levels(spec), channels, strict=True)):
        part = tensor[at] if spec.layout == "NCHW" else tensor[:, :, at]
        part[...] = levels[channel]
    return tensor


@lru_cache(maxsize=8)
def _levels(spec: PreprocessSpec) -> Tensor:
    """What becomes of each of the 256 values of a channel, (3, 256): looked up, it need not be worked out for each pixel."""
    values = np.arange(256, dtype=np.float32) * np.float32(spec.scale) + np.float32(spec.offset)
    mean, std = (np.array(three, np.float32)[:, np.newaxis] for three in (spec.mean, spec.std))
    return np.asarray((values - mean) / std, spec.dtype)


def _is_srgb(profile: bytes) -> bool:
    """Whether it is the profile that pixels would be converted to, whenever it was made.

    Converting to the same profile changes none of the 2^24 colours (a test goes through all of them), but takes half as
    long as decoding.
    """
    return _undated(profile) == _undated(_srgb_profile())


@cache
def _srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _undated(profile: bytes) -> bytes:
    # ICC.1:2010, 7.2.8: bytes 24 to 35 are the moment when the profile was made.
    return profile[:24] + profile[36:]


def _content(source: bytes | str | Path, label: str) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise ImageError(
            f"{label} cannot be read: {error.strerror}.", place=label, code="unreadable"
        ) from error


def _upright(image: Image.Image, label: str) -> Image.Image:
    try:
        # Turning by nothing would copy the pixels.
        if image.getexif().get(_ORIENTATION, 1) == 1:
            return image
        return ImageOps.exif_transpose(image)
    except _DAMAGED as error:
        raise ImageError(f"{label} has damaged EXIF data.", place=label, code="exif") from error


def _decoded(content: bytes, label: str, max_pixels: int) -> Image.Image:
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(label, max_pixels) from error
    except _DAMAGED as error:
        raise ImageError(
            f"{label} is not a JPEG, PNG, WebP or TIFF image.", place=label, code="not_an_image"
        ) from error
    if image.width * image.height > max_pixels:
        raise _too_large(label, max_pixels)
    # A telephone's JPEG may carry a second, smaller picture (MPO); its first one is the photograph.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise ImageError(f"{label} holds several pictures.", place=label, code="several_pictures")
    try:
        image.load()
    except _DAMAGED as error:
        raise ImageError(f"{label} is damaged or cut off.", place=label, code="damaged") from error
    return image


def _too_large(label: str, max_pixels: int) -> ImageError:
    return ImageError(
        f"{label} has more than {max_pixels / 1e6:g} million pixels.", place=label, code="too_large"
    )


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "P":
        # By way of RGBA, because Pillow warns about palettes with transparency.
        image = image.convert("RGBA")
    return image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes, label: str) -> Image.Image:
    if image.mode in ("P", "RGBA", "LA", "PA"):
        image = image.convert("L") if image.mode == "LA" else _to_rgb(image)
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, *_DAMAGED) as error:
        raise ImageError(
            f"{label} has a colour profile that does not fit its pixels.", place=label, code="icc"
        ) from error
    return converted if converted is not None else image


def _resize(image: Image.Image, spec: ResizeSpec, name: str) -> Image.Image:
    if spec.size is None or spec.interp is None:
        return image
    resample = _FILTERS[spec.interp]
    if spec.mode == "letterbox":
        return _letterbox(image, spec.size, resample, spec.fill or (0.0, 0.0, 0.0))
    height, width = spec.size
    if spec.mode == "shortest_edge":
        height, width = _shortest_edge(image, height)
    if height * width > MAX_PIXELS:
        raise ImageError(
            f"{name} is so narrow ({image.width} × {image.height}) that it would be scaled to {width} × {height}.",
            place=name,
            code="too_narrow",
        )
    return image.resize((width, height), resample)


def _shortest_edge(image: Image.Image, edge: int) -> Size:
    """(height, width) as torchvision computes it: the long side is cut to an integer."""
    short, long = sorted(image.size)
    longer = int(edge * long / short)
    return (edge, longer) if image.height <= image.width else (longer, edge)


def _letterbox(
    image: Image.Image, size: Size, resample: Image.Resampling, fill: tuple[float, float, float]
) -> Image.Image:
    height, width = size
    # Divided, not multiplied by the inverse: halves are then rounded as timm rounds them.
    ratio = max(image.width / width, image.height / height)
    inner = (max(1, round(image.width / ratio)), max(1, round(image.height / ratio)))
    red, green, blue = (round(value) for value in fill)
    box = Image.new("RGB", (width, height), (red, green, blue))
    box.paste(image.resize(inner, resample), ((width - inner[0]) // 2, (height - inner[1]) // 2))
    return box


def _crop(image: Image.Image, spec: CropSpec, name: str) -> Image.Image:
    if spec.size is None:
        return image
    height, width = spec.size
    if height > image.height or width > image.width:
        raise ImageError(
            f"{name} has {image.width} × {image.height} pixels, fewer than the crop of {width} × {height}.",
            place=name,
            code="too_small",
        )
    top = _half(image.height - height, spec.rounding)
    left = _half(image.width - width, spec.rounding)
    return image.crop((left, top, left + width, top + height))


def _half(rest: int, rounding: str) -> int:
    return rest // 2 if rounding == "floor" else round(rest / 2)
