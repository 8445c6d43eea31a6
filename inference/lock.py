"""The planned models' part of the lock manifest."""

from typing import Any

from inference.models import Model, PlannedModel
from readerstudy.core.errors import Conflict
from readerstudy.studies.models import Study

SECTION = "models"


def lock_section(study: Study) -> dict[str, Any]:
    """The hashes of every training run of the models that the study is planned with.

    Raises Conflict where a planned model has no training run: nothing of it could be fixed.
    """
    planned = PlannedModel.objects.filter(study=study).order_by("model__name")
    return {"planned": [_entry(row.model) for row in planned.select_related("model")]}


def _entry(model: Model) -> dict[str, Any]:
    artefacts = model.artefacts.order_by("label")
    runs = list(artefacts.values("label", "sha256", "spec_sha256"))
    if not runs:
        raise Conflict(
            f"{model.name} is planned, but has no training run: load one, or take the model out.",
            code="planned_without_artefact",
        )
    return {"id": model.public_id, "name": model.name, "training_runs": runs}


def locked_artefacts(study: Study) -> set[tuple[str, str, str]]:
    """(model's public id, SHA-256 of the file, SHA-256 of the spec) of every training run fixed at the first lock."""
    manifest = study.versions.order_by("version").values_list("manifest", flat=True).first() or {}
    section = manifest.get("sections", {}).get(SECTION, {})
    return {
        (model["id"], run["sha256"], run["spec_sha256"])
        for model in section.get("planned", ())
        for run in model["training_runs"]
    }
