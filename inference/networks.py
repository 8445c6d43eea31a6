"""The networks that a worker process has open."""

import hashlib
from functools import lru_cache

from django.core.files.storage import default_storage

from inference import engine
from inference.models import Artefact
from inference.run_errors import RunError


def network_of(artefact: Artefact, providers: str) -> engine.CnnSession:
    """The artefact's network, opened on first use and kept by the process.

    Raises RunError where file or spec are no longer those that were loaded, EngineError where it cannot be opened.
    """
    return _open(artefact.pk, artefact.sha256, artefact.spec_sha256, providers)


# Never at import: a session must be made after the worker has forked.
@lru_cache(maxsize=4)
def _open(artefact_id: int, sha256: str, spec_sha256: str, providers: str) -> engine.CnnSession:
    row = Artefact.objects.get(pk=artefact_id)
    content = _stored(row)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise RunError(f"The stored file of {row.file_name} has changed since it was loaded.")
    spec = engine.ModelSpec.from_json(row.spec)
    if spec.spec_sha256 != spec_sha256:
        raise RunError(f"The spec of {row.file_name} has changed since it was loaded.")
    return engine.open_session(engine.build_artefact(content, spec, row.file_name), providers)


def _stored(row: Artefact) -> bytes:
    try:
        with default_storage.open(row.file.name) as file:
            content: bytes = file.read()
    except OSError as error:
        raise RunError(f"The stored file of {row.file_name} cannot be read.") from error
    return content
