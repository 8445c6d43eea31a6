"""The practice's part of the lock manifest."""

from typing import Any

from readerstudy.images.models import Image
from readerstudy.images.selectors import hashes_by_case
from readerstudy.studies.models import PracticeCase, Study
from readerstudy.studies.order import ALGORITHM


def practice_part(study: Study) -> dict[str, Any] | None:
    """What the lock manifest says of the practice: image set, cases with their images' hashes, and the rule; None without."""
    practised = study.practice_set
    if practised is None:
        return None
    return {
        "image_set": {
            "id": practised.public_id,
            "name": practised.name,
            "source_sha256": practised.source_sha256,
        },
        "pass_percent": study.practice_pass_percent,
        "order": {"algorithm": ALGORITHM},
        "cases": _cases(study),
    }


def _cases(study: Study) -> list[dict[str, Any]]:
    images = hashes_by_case(Image.objects.filter(case__practice_cases__study=study))
    cases = PracticeCase.objects.filter(study=study).select_related("case").order_by("public_id")
    return [
        {"id": one.public_id, "case": one.case.public_id, "images": images[one.case_id]}
        for one in cases
    ]
