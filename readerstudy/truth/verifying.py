"""Whether the sealed reference standard still is what the lock manifest committed to."""

from collections.abc import Iterator
from typing import Any

from readerstudy.core.errors import Conflict
from readerstudy.studies.models import Study
from readerstudy.truth.models import TruthSeal
from readerstudy.truth.services import seal_holds


def verify_truth(study: Study, section: dict[str, Any]) -> Iterator[str]:
    """A sentence for each fault; nothing of the truth itself."""
    seal = TruthSeal.objects.filter(study=study).first()
    if seal is not None and seal.sha256 != section.get("sha256"):
        yield "The seal of the reference standard is not the one in the manifest."
    try:
        if not seal_holds(study=study):
            yield "The reference standard is not the one that was sealed."
    except Conflict as error:
        yield error.message
