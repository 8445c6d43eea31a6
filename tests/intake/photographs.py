"""Photographs of every kind, made as real bytes."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

COMMENT = b"MRN 4711"


def pixels(width=64, height=48, seed=0):
    """A smooth picture, different for each seed, whose four corners can be told apart."""
    rng = np.random.default_rng(seed)
    small = rng.integers(60, 200, (4, 4, 3), dtype=np.uint8)
    picture = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
    picture.paste((255, 0, 0), (0, 0, width // 4, height // 4))
    return picture


def saved(picture, kind="PNG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def png(seed=0, width=64, height=48):
    return saved(pixels(width, height, seed))


def jpeg(seed=0, width=64, height=48, **options):
    return saved(pixels(width, height, seed), "JPEG", quality=92, **options)


def turned(orientation):
    """A JPEG that lies as the EXIF orientation says, with a place (GPS), a camera and a comment in its metadata."""
    upright = pixels(64, 48)
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = upright.transpose(back) if back is not None else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera of Ward 7"
    exif.get_ifd(0x8825)[1] = "N"
    return saved(stored, "JPEG", quality=100, subsampling=0, exif=exif, comment=COMMENT)


def wide_gamut_profile():
    """An RGB profile whose green is greener than sRGB's, with the primaries of Display P3.

    Pillow makes no such profile, so sRGB's own is taken and its three colorants are replaced.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # Colorants of Display P3, adapted to D50 (ICC, s15Fixed16).
    colorants = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    count = struct.unpack(">I", profile[128:132])[0]
    for number in range(count):
        at = 132 + 12 * number
        signature, offset, _ = struct.unpack(">4sII", profile[at : at + 12])
        if signature in colorants:
            values = [round(value * 65536) for value in colorants[signature]]
            profile[offset + 8 : offset + 20] = struct.pack(">3i", *values)
        if signature == b"desc":
            # Otherwise it would still call itself sRGB.
            profile[offset + 28 : offset + 30] = b"\x00P"
    return bytes(profile)


def png_header(width, height):
    """A PNG that claims a size and has no pixels."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def animated(kind):
    first, second = pixels(seed=1), pixels(seed=2)
    return saved(first, kind, save_all=True, append_images=[second])
