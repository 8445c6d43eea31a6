"""The secret keys of an embedded installation."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def read_or_create_secret(path: Path) -> str:
    """The key stored at `path`, made on the first call with permissions for its owner only."""
    if not path.exists():
        _create(path)
    return path.read_text(encoding="ascii")


def _create(path: Path) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    # Web process and worker may start at the same moment: a link appears whole, and for one of them only.
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)
    Path(temporary).unlink()
