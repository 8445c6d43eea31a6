"""The planned models' part of the lock manifest."""

from collections.abc import Iterator
from typing import Any

from inference.aiding import lock_part, verify_aid
from inference.models import Artefact, Model, PlannedModel
from inference.scores_bound import score_faults
from readerstudy.core.errors import Conflict
from readerstudy.core.media import sha256_of_stored
from readerstudy.studies.models import Study

SECTION = "models"


def lock_section(study: Study) -> dict[str, Any]:
    """The hashes of every training run of the models that the study is planned with.

    With an aided arm also what its readers are shown. Raises Conflict where a planned model has no training run: nothing
    of it could be fixed.
    """
    planned = PlannedModel.objects.filter(study=study).order_by("model__name")
    entries = [_entry(row.model) for row in planned.select_related("model")]
    return {"planned": entries, **lock_part(study)}


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


def verify_models(study: Study, section: dict[str, Any]) -> Iterator[str]:
    """A sentence for each training run fixed at the lock whose row or stored file is no longer what it was."""
    planned = {model["id"] for model in section["planned"]}
    if planned != set(
        PlannedModel.objects.filter(study=study).values_list("model__public_id", flat=True)
    ):
        yield "The study is planned with other models than at the lock."
    for model in section["planned"]:
        for run in model["training_runs"]:
            if fault := _fault_of(model["id"], run):
                yield f"{model['name']} {run['label']} {fault}"
    yield from verify_aid(study, section)
    # Imported here: both ask this module what the lock has fixed.
    from inference.verifying import derived_faults  # noqa: PLC0415

    yield from derived_faults(study)
    yield from score_faults(study)


def _fault_of(model_id: str, run: dict[str, str]) -> str:
    rows = Artefact.objects.filter(model__public_id=model_id, sha256=run["sha256"])
    artefact = rows.filter(spec_sha256=run["spec_sha256"]).first()
    if artefact is None:
        return "is no longer stored with its file and spec."
    try:
        found = sha256_of_stored(artefact.file.name)
    except OSError:
        return "has a file that cannot be read."
    return "" if found == run["sha256"] else "has a file that has changed since it was loaded."
