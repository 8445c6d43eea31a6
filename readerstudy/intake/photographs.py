"""The photographs of a source, decoded and made ready on all cores, each one once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.ordered import map_in_order
from readerstudy.intake.pixels import decode_image, pixels_sha256
from readerstudy.intake.sources import Entry, Source

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Photograph:
    """One decodable file of the source. Hashes are of the pixels as they are stored; `origin` tells of the file."""

    entry: str
    pixels_sha256: str
    perceptual_hash: int | None = None
    origin: dict[str, Any] = field(default_factory=dict)


def inspect_photographs(
    source: Source, entries: Sequence[Entry], *, on_progress: Progress | None = None
) -> dict[str, Photograph | InvalidInput]:
    """Entry name → what was found, or why it cannot be read."""
    found: dict[str, Photograph | InvalidInput] = {}
    for done, (name, one) in enumerate(map_in_order(_inspected, _contents(source, entries)), 1):
        found[name] = one
        if on_progress:
            on_progress(done, len(entries))
    return found


def _contents(
    source: Source, entries: Sequence[Entry]
) -> Iterator[tuple[str, bytes | InvalidInput]]:
    for entry in entries:
        try:
            yield entry.name, source.read(entry)
        except InvalidInput as error:
            yield entry.name, error


def _inspected(
    item: tuple[str, bytes | InvalidInput],
) -> tuple[str, Photograph | InvalidInput]:
    name, content = item
    if isinstance(content, InvalidInput):
        return name, content
    try:
        decoded = decode_image(content, name=name)
        hashed = pixels_sha256(decoded.pixels)
        return name, Photograph(name, hashed, decoded.perceptual_hash, decoded.origin)
    except InvalidInput as error:
        return name, error
