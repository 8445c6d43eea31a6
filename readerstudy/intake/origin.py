"""What is known of an uploaded photograph's file: for admins, and for the check whether files tell the truth."""

import struct
from typing import Any

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dct

# ITU-T T.81, table K.1: the luminance table that the IJG library scales by its quality. Only the sum is needed.
_K1_SUM = 3688
_SMALL = 128
# Two grey values of 255 apart are the noise of JPEG; a border is painted in one colour.
_UNIFORM = 8
_ORIENTATION = 0x0112
# Exif 2.32, 4.6.6: latitude and longitude with their references. Many cameras write the version of the block alone.
_GPS, _POSITION = 0x8825, (1, 2, 3, 4)
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, struct.error)
# Of each side. A hash bears that 1.5 % more or less are cut off.
_CUT = (0.03, 0.06, 0.09)


def facts_of_file(image: Image.Image, size: int, format_name: str) -> dict[str, Any]:
    """Of an opened file of `size` bytes, before its pixels are turned and converted."""
    return {
        "format": format_name,
        "bytes": size,
        "width": image.width,
        "height": image.height,
        "quality": _jpeg_quality(image),
        "icc": bool(image.info.get("icc_profile")),
        "orientation": int(image.getexif().get(_ORIENTATION, 1)),
        "gps": _tells_position(image),
    }


def facts_of_pixels(small: Image.Image) -> dict[str, Any]:
    """Brightness and colour from 0 to 1, and the share of the picture that is a border of one colour."""
    values = np.asarray(small, dtype=np.float64) / 255
    red, green, blue = (float(mean) for mean in values.reshape(-1, 3).mean(axis=0))
    # ITU-R BT.601, as Pillow turns colours into grey.
    brightness = 0.299 * red + 0.587 * green + 0.114 * blue
    return {
        "brightness": brightness,
        "mean_red": red,
        "mean_green": green,
        "mean_blue": blue,
        "border": _border(np.asarray(small)),
    }


def perceptual_hash(small: Image.Image) -> int:
    """The 64 bits of pHash (Zauner 2010) as a signed number."""
    bits = int(str(imagehash.phash(small)), 16)
    return bits - 2**64 if bits >= 2**63 else bits


def hashes_of_copies(small: Image.Image) -> dict[str, Any]:
    """The hashes that the photograph has mirrored and turned, and those of its central parts with their mean colours.

    As hexadecimal text: a number of 64 bits is not one in every reader of JSON.
    """
    return {
        "turned_hashes": [f"{bits:016x}" for bits in _turned(_frequencies(small))],
        "parts": [
            [f"{_bits(_frequencies(part)):016x}", *_mean_colour(part)]
            for part in _central_parts(small)
        ],
    }


def _frequencies(picture: Image.Image) -> NDArray[np.float64]:
    """The 8 × 8 lowest frequencies, as `imagehash.phash` takes them."""
    grey = picture.convert("L").resize((32, 32), Image.Resampling.LANCZOS)
    return np.asarray(dct(dct(np.asarray(grey, dtype=np.float64), axis=0), axis=1)[:8, :8])


def _bits(frequencies: NDArray[np.float64]) -> int:
    above = frequencies > np.median(frequencies)
    return int.from_bytes(np.packbits(above).tobytes(), "big")


def _turned(frequencies: NDArray[np.float64]) -> list[int]:
    """Mirroring changes the sign of every odd frequency, turning changes rows with columns as well."""
    signs = (-1.0) ** np.arange(8)
    plain = np.ones(8)
    found = [
        _bits(one * columns[np.newaxis, :] * rows[:, np.newaxis])
        for one in (frequencies, frequencies.T)
        for columns in (plain, signs)
        for rows in (plain, signs)
    ]
    return found[1:]


def _central_parts(small: Image.Image) -> list[Image.Image]:
    """What is left when a little is cut off at every side, and the square in the middle."""
    width, height = small.size
    edges = [(round(width * share), round(height * share)) for share in _CUT]
    side = min(width, height)
    edges.append(((width - side) // 2, (height - side) // 2))
    return [small.crop((left, top, width - left, height - top)) for left, top in edges]


def _mean_colour(picture: Image.Image) -> list[float]:
    values = np.asarray(picture, dtype=np.float64).reshape(-1, 3).mean(axis=0) / 255
    return [round(float(value), 4) for value in values]


def small_copy(pixels: Image.Image) -> Image.Image:
    """The picture, reduced to fewer than 256 pixels on its longer side: enough for everything that is measured."""
    factor = max(pixels.size) // _SMALL
    return pixels.reduce(factor) if factor > 1 else pixels


def _tells_position(image: Image.Image) -> bool:
    """Whether the file says where it was taken, in its EXIF or its XMP."""
    try:
        found = image.getexif().get_ifd(_GPS)
    except _UNREADABLE:
        found = {}  # what nobody can read tells nobody
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    text = xmp if isinstance(xmp, bytes) else str(xmp).encode()
    return any(tag in found for tag in _POSITION) or b"GPSLatitude" in text


def _jpeg_quality(image: Image.Image) -> int | None:
    """The quality whose luminance table has the sum of this one's (libjpeg's jcparam.c); None for other formats."""
    tables = getattr(image, "quantization", None)
    if not tables:
        return None
    scale = 100 * sum(tables[min(tables)]) / _K1_SUM
    quality = (200 - scale) / 2 if scale <= 100 else 5000 / scale  # noqa: PLR2004 (percent)
    return int(min(100, max(1, round(quality))))


def _border(pixels: NDArray[np.uint8]) -> float:
    height = _inner(np.ptp(pixels, axis=1).max(axis=1) <= _UNIFORM)
    width = _inner(np.ptp(pixels, axis=0).max(axis=1) <= _UNIFORM)
    return 1 - height * width / (pixels.shape[0] * pixels.shape[1])


def _inner(uniform: NDArray[np.bool_]) -> int:
    """How many lines are left between the uniform ones at both ends; all where every line is uniform."""
    varied = np.flatnonzero(~uniform)
    return int(varied[-1] - varied[0] + 1) if varied.size else int(uniform.size)
