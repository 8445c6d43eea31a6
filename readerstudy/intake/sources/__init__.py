"""Where an import comes from: a zip archive, a tar archive or a folder. Everything is read through `open_source`."""

import hashlib
from pathlib import Path

from readerstudy.intake.sources.entry import Entry
from readerstudy.intake.sources.folder import Folder, sha256_of_folder
from readerstudy.intake.sources.source import Source
from readerstudy.intake.sources.tarred import HEAD, TarArchive, is_tar
from readerstudy.intake.sources.zipped import Archive


def open_source(path: Path, *, name: str) -> Source:
    """The source at `path`, to be used in a `with` block; its kind is told by its content, never by its name.

    Raises InvalidInput for a file that is no archive or too large, OSError for one that cannot be read.
    """
    if path.is_dir():
        return Folder(path, name=name)
    with path.open("rb") as file:
        head = file.read(HEAD)
    return TarArchive(path, name=name) if is_tar(head) else Archive(path, name=name)


def sha256_of_source(path: Path) -> str:
    """The SHA-256 of an archive, read in pieces; of a folder that over its files' names and hashes."""
    if path.is_dir():
        return sha256_of_folder(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["Entry", "Source", "open_source", "sha256_of_source"]
