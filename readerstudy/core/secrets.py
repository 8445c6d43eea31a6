"""Where secrets come from: the environment, files that it names, or a key of our own making."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def secret_setting(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """The secret `name` out of the environment, or out of the file that `name`_FILE tells; empty where neither is set.

    Raises ImproperlyConfigured where both are set, and for a file that cannot be read or holds nothing.
    """
    value, path = environment.get(name, ""), environment.get(f"{name}_FILE", "")
    if value and path:
        raise ImproperlyConfigured(
            f"{name} and {name}_FILE are both set: it would be left to chance which of them holds. Set one."
        )
    return _content(name, Path(path)) if path else value


def _content(name: str, path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {path}, which cannot be read: {error}"
        ) from error
    if not content:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which is empty.")
    return content


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
