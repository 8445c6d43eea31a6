"""A photograph after the pixel pipeline: as bytes, and as the files that were made of them."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class EncodedImage:
    """One photograph ready to be stored: oriented, sRGB, 8 bit, without metadata.

    `sha256` is of `content`; `pixels_sha256` is of the decoded pixels. Width and height in pixels. `origin` tells of
    the uploaded file.
    """

    content: bytes
    thumbnail: bytes
    content_type: str
    width: int
    height: int
    sha256: str
    pixels_sha256: str
    perceptual_hash: int | None = None
    origin: dict[str, Any] = field(default_factory=dict)


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
    perceptual_hash: int | None = None
    origin: dict[str, Any] = field(default_factory=dict)
