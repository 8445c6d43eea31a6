"""The photographs of an import, ready to be stored, between its check and its confirmation.

They are decoded and encoded once, for the check; the import takes them from here. The folder lies on the worker's own
disk: what another worker does not find, it makes anew from the archive.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from readerstudy.images.encoded import EncodedImage

_IMAGE, _THUMBNAIL, _FACTS = ".image", ".small", ".json"


@dataclass(frozen=True)
class Staged:
    """The encoded photographs of one source, found by its hash and their name in it."""

    folder: Path
    source_sha256: str

    def put(self, entry: str, image: EncodedImage) -> None:
        """Keeps the photograph. The facts are written last and at once: without them there is no photograph."""
        path = self._path(entry)
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = asdict(image)
        path.with_suffix(_IMAGE).write_bytes(facts.pop("content"))
        path.with_suffix(_THUMBNAIL).write_bytes(facts.pop("thumbnail"))
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(facts), encoding="utf-8")
        unfinished.replace(path.with_suffix(_FACTS))

    def facts(self, entry: str) -> dict[str, Any] | None:
        """What is known of the photograph but its bytes; None where it is not here."""
        try:
            told = self._path(entry).with_suffix(_FACTS).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return dict(json.loads(told))

    def image(self, entry: str) -> EncodedImage | None:
        """The photograph; None where it is not here, or not as it was put."""
        facts = self.facts(entry)
        if facts is None:
            return None
        path = self._path(entry)
        try:
            content = path.with_suffix(_IMAGE).read_bytes()
            thumbnail = path.with_suffix(_THUMBNAIL).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(content).hexdigest() != facts["sha256"]:
            return None
        return EncodedImage(content=content, thumbnail=thumbnail, **facts)

    def thumbnail(self, entry: str) -> bytes | None:
        """The small picture; None where it is not here."""
        try:
            return self._path(entry).with_suffix(_THUMBNAIL).read_bytes()
        except FileNotFoundError:
            return None

    def _path(self, entry: str) -> Path:
        """The name in the archive is hashed: it is a stranger's, and may be no name for this disk."""
        name = entry.encode(errors="surrogatepass")
        source = self.source_sha256.encode()
        return self.folder / hashlib.sha256(source + b"\0" + name).hexdigest()


def staging_folder(public_id: str) -> Path:
    """Where the photographs of the import with this public id are kept."""
    return Path(settings.STAGING_DIR) / public_id


def remove_staging(public_id: str) -> None:
    """Removes what is kept of the import; nothing there is no error."""
    shutil.rmtree(staging_folder(public_id), ignore_errors=True)


@contextmanager
def temporary_staging() -> Iterator[Path]:
    """A folder that is gone after the block."""
    settings.STAGING_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.STAGING_DIR) as folder:
        yield Path(folder)
