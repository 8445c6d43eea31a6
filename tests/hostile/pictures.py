"""Photographs made to be misread or to do harm, each with what should come of it.

`python -m tests.hostile.pictures FOLDER` writes them, to be tried by hand.
"""

import gzip
import io
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from tests.intake.photographs import animated, jpeg, pixels, png, png_header, saved, turned

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><script>alert(1)</script></svg>'
)
# Found nowhere in what is stored: GPS, a name, a thumbnail.
SECRETS = (b"MRN 4711", b"Camera of Ward 7", b"Exif", b"xpacket", b"GPS", b"<script")


@dataclass(frozen=True)
class HostilePicture:
    """A file, the code it is refused with, or the size that it is read to."""

    name: str
    content: bytes
    code: str = ""
    size: tuple[int, int] = (64, 48)


def corpus() -> list[HostilePicture]:
    """All of them."""
    return [*_read_right(), *_refused()]


def _read_right() -> list[HostilePicture]:
    sixteen = Image.fromarray(np.linspace(0, 65_535, 64 * 48).reshape(48, 64).astype(np.uint16))
    return [
        *(HostilePicture(f"orientation {at}.jpg", turned(at)) for at in range(1, 9)),
        HostilePicture("cmyk.jpg", saved(pixels().convert("CMYK"), "JPEG")),
        HostilePicture("16 bit.png", saved(sixteen)),
        HostilePicture("16 bit.tif", saved(sixteen, "TIFF")),
        HostilePicture("palette.png", saved(pixels().convert("P"))),
        HostilePicture("transparent.png", saved(pixels().convert("RGBA"))),
        HostilePicture("png that is a jpeg.png", jpeg()),
        HostilePicture("jpeg that is a webp.jpg", saved(pixels(), "WEBP")),
        HostilePicture("zip behind a jpeg.jpg", jpeg() + _zip()),
        HostilePicture("html in a png's text.png", _with_text("<script>alert(1)</script>")),
        HostilePicture("xmp.jpg", jpeg(xmp=b'<?xpacket begin="MRN 4711"?>')),
    ]


def _refused() -> list[HostilePicture]:
    return [
        _bad("zero bytes.jpg", b"", "empty_image"),
        _bad("truncated.jpg", jpeg(width=400, height=300)[:3000], "broken_image"),
        _bad("truncated.png", png(width=400, height=300)[:3000], "broken_image"),
        _bad("60000.png", png_header(60_000, 60_000), "image_too_large"),
        _bad("long.png", png_header(20_000, 10), "image_too_long"),
        _bad("2 billion.png", png_header(2**31 - 1, 2**31 - 1), "image_too_large"),
        _bad("no pixels.png", png_header(100, 100), "broken_image"),
        _bad("svg.svg", SVG, "not_an_image"),
        _bad("svg called png.png", SVG, "not_an_image"),
        _bad("svgz.jpg", gzip.compress(SVG), "not_an_image"),
        _bad("postscript.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_an_image"),
        _bad("pdf.jpg", b"%PDF-1.7\n1 0 obj\n", "not_an_image"),
        _bad("animated.gif", animated("GIF"), "not_an_image"),
        _bad("animated.webp", animated("WEBP"), "several_frames"),
        _bad("pages.tif", animated("TIFF"), "several_frames"),
        _bad("text bomb.png", _text_bomb(), "not_an_image"),
        _bad("gif in front of a zip.png", saved(pixels(), "GIF") + _zip(), "not_an_image"),
        _bad("profile that is none.png", saved(pixels(), icc_profile=b"no" * 200), "bad_colour_profile"),
        _bad("tiff that points at itself.tif", _looping_tiff(), "not_an_image"),
        _bad("dicom prefix alone.dcm", bytes(128) + b"DICM" + bytes(64), "not_an_image"),
    ]  # fmt: skip


def _bad(name: str, content: bytes, code: str) -> HostilePicture:
    return HostilePicture(name, content, code)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


def _with_text(text: str) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", text)
    return saved(pixels(), pnginfo=told)


def _text_bomb() -> bytes:
    """A PNG whose compressed comment unpacks to 100 MiB."""
    body = b"Comment\0\0" + zlib.compress(bytes(100 * 2**20), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))  # fmt: skip
    whole = png()
    return whole[:33] + chunk + whole[33:]


def _looping_tiff() -> bytes:
    """A directory without entries whose next directory is itself."""
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 0) + struct.pack("<I", 8)


def main(folder: Path) -> None:
    """Writes them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in corpus():
        (folder / one.name).write_bytes(one.content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
