"""What the page of one run tells of it: everything that was stored, and no score."""

from typing import Any

from django.utils.translation import gettext as _

from inference.models import ModelRun
from inference.spec_words import fact_words


def run_fields(run: ModelRun) -> list[tuple[str, str]]:
    """(name, words) of how the run was asked for and what it was made with."""
    told = {
        _("SHA-256 of the file"): run.artefact_sha256,
        _("SHA-256 of the spec"): run.spec_sha256,
        _("Provider asked for"): run.provider_requested,
        _("Provider used"): run.provider_used,
        "onnxruntime": run.runtime_version,
        _("Version of the application"): run.app_version,
        _("Images in a batch"): str(run.batch_size or ""),
    }
    return [(name, words) for name, words in told.items() if words]


def environment_fields(run: ModelRun) -> list[tuple[str, str]]:
    """(name, words) of the environment, as it is stored; attempts are listed apart."""
    fields: dict[str, Any] = {key: one for key, one in run.environment.items() if key != "attempts"}
    return [(name.replace("_", " "), fact_words(value)) for name, value in fields.items()]
