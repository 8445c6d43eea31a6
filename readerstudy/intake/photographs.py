"""The photographs of a source, decoded in child processes on all cores, each one once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from readerstudy.core.errors import InvalidInput
from readerstudy.images.encoded import EncodedImage
from readerstudy.intake.children import close_children, encode_in_child, inspect_in_child
from readerstudy.intake.ordered import map_in_order
from readerstudy.intake.progress import Alive, Progress, unheard
from readerstudy.intake.room import check_room
from readerstudy.intake.sources import Entry, Source
from readerstudy.intake.staging import Staged

Reader = Callable[[Entry], bytes]
# Children that have decoded so much keep 100 MB each, which nobody needs while an admin reads the report.
MUCH_BYTES = 2**23


@dataclass(frozen=True)
class Photograph:
    """One decodable file of the source. Hashes are of the pixels as they are stored; `origin` tells of the file."""

    entry: str
    pixels_sha256: str
    perceptual_hash: int | None = None
    origin: dict[str, Any] = field(default_factory=dict)


def inspect_photographs(
    source: Source,
    entries: Sequence[Entry],
    *,
    staged: Staged | None = None,
    on_progress: Progress | None = None,
) -> dict[str, Photograph | InvalidInput]:
    """Entry name → what was found, or why it cannot be read.

    With `staged` the photographs are encoded too and kept there, and those that are there already are not read again.
    Raises Conflict where its disk has too little room for them.
    """
    places = {entry.name: place for place, entry in enumerate(source.entries, start=1)}
    _check_room(staged, entries)
    found: dict[str, Photograph | InvalidInput] = {}
    inspect = partial(_inspected, _reader(source), staged)

    def alive() -> None:
        if on_progress:
            on_progress(len(found), len(entries))

    results = map_in_order(inspect, entries, on_alive=alive)
    for done, (name, one) in enumerate(results, start=1):
        found[name] = one if isinstance(one, InvalidInput) else _photograph(name, one, places[name])
        if on_progress:
            on_progress(done, len(entries))
    if sum(entry.size for entry in entries) > MUCH_BYTES:
        close_children()
    return found


def _check_room(staged: Staged | None, entries: Sequence[Entry]) -> None:
    """Without loss a photograph is larger than its JPEG: what is to be decoded is the least that will be written."""
    if staged:
        needed = sum(entry.size for entry in entries if staged.facts(entry.name) is None)
        check_room(
            staged.folder, needed, what=f"keeping {len(entries)} photographs until their import"
        )


def encoded_photographs(
    source: Source,
    names: Sequence[str],
    *,
    staged: Staged | None = None,
    on_alive: Alive = unheard,
) -> Iterator[EncodedImage]:
    """The photographs as they are stored, in order: from `staged`, and what is not there from the source.

    Raises InvalidInput for one that can no longer be read.
    """
    entries = {entry.name: entry for entry in source.entries}
    encode = partial(_encoded, _reader(source), staged)
    return map_in_order(encode, [entries[name] for name in names], on_alive=on_alive)


def _reader(source: Source) -> Reader:
    """Reads for all threads, one after the other: an archive has one place where it is read."""
    lock = Lock()

    def read(entry: Entry) -> bytes:
        with lock:
            return source.read(entry)

    return read


def _inspected(
    read: Reader, staged: Staged | None, entry: Entry
) -> tuple[str, dict[str, Any] | InvalidInput]:
    try:
        if staged is None:
            return entry.name, inspect_in_child(read(entry), name=entry.name)
        return entry.name, staged.facts(entry.name) or _put(read, staged, entry)
    except InvalidInput as error:
        return entry.name, error


def _put(read: Reader, staged: Staged, entry: Entry) -> dict[str, Any]:
    image = encode_in_child(read(entry), name=entry.name)
    staged.put(entry.name, image)
    return {
        "pixels_sha256": image.pixels_sha256,
        "perceptual_hash": image.perceptual_hash,
        "origin": image.origin,
    }


def _encoded(read: Reader, staged: Staged | None, entry: Entry) -> EncodedImage:
    found = staged.image(entry.name) if staged else None
    return found or encode_in_child(read(entry), name=entry.name)


def _photograph(name: str, facts: dict[str, Any], place: int) -> Photograph:
    origin = {**facts["origin"], "position": place}
    return Photograph(name, facts["pixels_sha256"], facts["perceptual_hash"], origin)
