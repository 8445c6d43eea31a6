"""The truth's part of the lock manifest: the seal, never what it seals."""

import secrets
from typing import Any

from readerstudy.core.clock import now
from readerstudy.studies.models import Study
from readerstudy.truth.services import seal_truth


def lock_section(study: Study) -> dict[str, Any]:
    """Seals the reference standard and returns the commitment. Raises Conflict where it is not whole."""
    seal = seal_truth(study=study, nonce=secrets.token_hex(32), now=now())
    return {"sha256": seal.sha256}
