"""Where an import comes from: a zip archive, a tar archive or a folder. Everything is read through `open_source`."""

import hashlib
from pathlib import Path

from readerstudy.intake.progress import Alive, unheard
from readerstudy.intake.sources.entry import Entry
from readerstudy.intake.sources.folder import Folder, sha256_of_folder
from readerstudy.intake.sources.source import Source
from readerstudy.intake.sources.tarred import HEAD, TarArchive, is_tar
from readerstudy.intake.sources.zipped import Archive

PIECE = 16 * 2**20


def open_source(path: Path, *, name: str, on_alive: Alive = unheard) -> Source:
    """The source at `path`, to be used in a `with` block; its kind is told by its content, never by its name.

    `on_alive` is called again and again while a compressed archive is unpacked.

    Raises InvalidInput for a file that is no archive or too large, OSError for one that cannot be read.
    """
    if path.is_dir():
        return Folder(path, name=name)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if is_tar(head):
        return TarArchive(path, name=name, on_alive=on_alive)
    return Archive(path, name=name)


def sha256_of_source(path: Path, *, on_alive: Alive = unheard) -> str:
    """The SHA-256 of an archive, read in pieces; of a folder that over its files' names and hashes.

    64 GiB take minutes: `on_alive` is called again and again meanwhile.
    """
    if path.is_dir():
        return sha256_of_folder(path, on_alive=on_alive)
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            whole.update(piece)
            on_alive()
    return whole.hexdigest()


__all__ = ["Entry", "Source", "open_source", "sha256_of_source"]
