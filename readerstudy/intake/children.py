"""Child processes that decode photographs, one for a core, kept from one photograph to the next."""

from typing import Any

from django.conf import settings

from readerstudy.core.children import CRASHES, Children
from readerstudy.core.errors import InvalidInput
from readerstudy.images.encoded import EncodedImage

MODULE = "readerstudy.intake.child"


def encode_in_child(content: bytes, *, name: str) -> EncodedImage:
    """What `pixels.encode_image` gives, made in a child process.

    Raises InvalidInput with a sentence that names the file, also where the decoder died of it or took too long.
    """
    facts, parts = _asked(content, name=name, encode=True)
    return EncodedImage(content=parts[0], thumbnail=parts[1], **facts)


def inspect_in_child(content: bytes, *, name: str) -> dict[str, Any]:
    """Of `pixels.decode_image`: pixels_sha256, perceptual_hash and origin. Raises as `encode_in_child` does."""
    return _asked(content, name=name, encode=False)[0]


def _asked(content: bytes, *, name: str, encode: bool) -> tuple[dict[str, Any], list[bytes]]:
    header = {"name": name, "encode": encode, "max_pixels": settings.IMPORT_MAX_PIXELS}
    try:
        answer, parts = _children.ask(header, content)
    except CRASHES as error:
        raise InvalidInput(
            f"{name} cannot be decoded: the decoder crashed, or needed more memory or time than a photograph does.",
            code="decoder_died",
            field="image",
        ) from error
    if "error" in answer:
        raise InvalidInput(**answer["error"])
    return answer["image"], parts


_children = Children(MODULE)
close_children = _children.close
