"""Room on a disk, asked for before the work begins: an import of an hour should not end with its last photograph."""

import shutil
from pathlib import Path

from readerstudy.core.errors import Conflict
from readerstudy.core.media import disk_path

# What other writers, a database among them, need meanwhile.
SPARE = 256 * 2**20


def check_room(folder: Path, needed: int, *, what: str) -> None:
    """Raises Conflict where the disk of the folder, which need not exist yet, has less room than that."""
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(existing).free
    if needed + SPARE > free:
        message = f"There is too little room on the server's disk: {what} needs at least {_shown(needed)} in {folder}, and {_shown(max(0, free - SPARE))} are free beside the {_shown(SPARE)} that are left to the rest of the site. Make room and try again."
        raise Conflict(message, code="no_room")


def check_media_room(needed: int, *, what: str) -> None:
    """The same for the files of the application, where they lie on a disk."""
    if folder := disk_path(""):
        check_room(folder, needed, what=what)


def _shown(size: int) -> str:
    """In GB, and what is less than one in MB: nobody needs "at least 0.0 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"  # noqa: PLR2004 (bytes of a GB)
