"""The stored files of a backup: through the storage, so that a disk and an object store are the same."""

from collections.abc import Iterable, Iterator
from contextlib import closing

from django.core.files.storage import default_storage

from readerstudy.core.backup.archive import MOST_CHARACTERS, PIECE, Ledger

FOLDER = "media/"


def stored_names(folder: str = "") -> Iterator[str]:
    """The name of every file in the storage, folder by folder; none where there is no folder yet."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    yield from (f"{prefix}{name}" for name in sorted(files) if name)
    for name in sorted(folders):
        yield from stored_names(f"{prefix}{name}")


def is_empty() -> bool:
    """Whether the storage holds no file."""
    return next(stored_names(), None) is None


def store_files(ledger: Ledger, named: Iterable[str], missing: list[str]) -> Iterator[bytes]:
    """Every file that the database names, then all others of the storage; names of those that are gone go to `missing`.

    Names are given out once and never again: a file that the snapshot names cannot have become another one. What was
    written after it may be there in part, and nothing names it.
    """
    wanted = sorted(set(named))
    others = sorted(set(stored_names()) - set(wanted))
    for name in [*wanted, *others]:
        try:
            file = default_storage.open(name)
        except FileNotFoundError:
            if name in named:
                missing.append(name)
            continue
        with closing(file):
            member = _member_name(name, len(ledger.members))
            yield from ledger.stream(member, file.size, _chunks(file, file.size), stored=name)


def _member_name(name: str, number: int) -> str:
    """Its own name, as `tar x` shall write it; a number where a tar header cannot hold it."""
    member = f"{FOLDER}{name}"
    return member if member.isascii() and len(member) <= MOST_CHARACTERS else f"{FOLDER}.{number}"


def _chunks(file: Iterable[bytes], size: int) -> Iterator[bytes]:
    # Not to the end of the file: one that is still being written has grown by now.
    while size and (chunk := file.read(min(size, PIECE))):  # type: ignore[attr-defined]  # a File
        size -= len(chunk)
        yield chunk
