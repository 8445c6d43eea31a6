"""The planned models' part of the lock manifest."""

from typing import Any

from inference.models import PlannedModel
from readerstudy.studies.models import Study


def lock_section(study: Study) -> dict[str, Any]:
    """The hashes of every training run of the models that the study is planned with."""
    planned = (
        PlannedModel.objects.filter(study=study).select_related("model").order_by("model__name")
    )
    return {
        "planned": [
            {
                "id": row.model.public_id,
                "name": row.model.name,
                "training_runs": list(
                    row.model.artefacts.order_by("label").values("label", "sha256", "spec_sha256")
                ),
            }
            for row in planned
        ]
    }
