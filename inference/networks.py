"""The networks that a worker's child processes have open."""

import atexit
import hashlib
import tempfile
from functools import lru_cache
from pathlib import Path

from django.core.files.storage import default_storage

from inference import engine
from inference.models import Artefact
from inference.network_children import ChildSession, StoredNetwork
from inference.run_errors import RunError
from readerstudy.core.media import disk_path


def network_of(artefact: Artefact, providers: str) -> ChildSession:
    """The artefact's network, opened on first use and kept by the process's children.

    Raises RunError where file or spec are no longer those that were loaded, EngineError where it cannot be opened.
    """
    return _open(artefact.pk, artefact.sha256, artefact.spec_sha256, providers)


@lru_cache(maxsize=4)
def _open(artefact_id: int, sha256: str, spec_sha256: str, providers: str) -> ChildSession:
    row = Artefact.objects.get(pk=artefact_id)
    content = _stored(row)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise RunError(f"The stored file of {row.file_name} has changed since it was loaded.")
    spec = engine.ModelSpec.from_json(row.spec)
    if spec.spec_sha256 != spec_sha256:
        raise RunError(f"The spec of {row.file_name} has changed since it was loaded.")
    artefact = engine.build_artefact(content, spec, row.file_name)
    return ChildSession(StoredNetwork(artefact, _path(row, content), providers))


def _stored(row: Artefact) -> bytes:
    try:
        with default_storage.open(row.file.name) as file:
            content: bytes = file.read()
    except OSError as error:
        raise RunError(f"The stored file of {row.file_name} cannot be read.") from error
    return content


def _path(row: Artefact, content: bytes) -> Path:
    """Where a child can read the file; what is kept elsewhere than on a disk is copied for as long as the process lives."""
    if path := disk_path(row.file.name):
        return path
    copy = Path(_copies().name) / row.sha256
    copy.write_bytes(content)
    return copy


@lru_cache(maxsize=1)
def _copies() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="networks-")
    atexit.register(folder.cleanup)
    return folder
