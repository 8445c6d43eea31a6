"""A photograph after the pixel pipeline: as bytes, and as the files that were made of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EncodedImage:
    """One photograph ready to be stored: oriented, sRGB, 8 bit, without metadata.

    `sha256` is of `content`; `pixels_sha256` is of the decoded pixels. Width and height in pixels.
    """

    content: bytes
    thumbnail: bytes
    content_type: str
    width: int
    height: int
    sha256: str
    pixels_sha256: str


@dataclass(frozen=True)
class StoredImage:
    """The names under which a photograph and its thumbnail were written, and what is known of them."""

    file: str
    thumbnail: str
    content_type: str
    width: int
    height: int
    bytes: int
    sha256: str
    pixels_sha256: str
