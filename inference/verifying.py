"""Whether stored scores from elsewhere and ensembles are still what their files and members say."""

from collections.abc import Iterator

from inference.choices import ModelKind
from inference.ensembles import recomputed
from inference.external import case_scores, read_stored
from inference.models import ModelRun
from readerstudy.core.errors import DomainError
from readerstudy.studies.models import Study

# A mean of the same numbers on another machine may differ in its last digit.
_TOLERANCE = 1e-12


def derived_faults(study: Study) -> Iterator[str]:
    """A sentence for each run of scores from elsewhere, or ensemble, whose stored scores cannot be made again."""
    runs = study.model_runs.exclude(artefact__model__kind=ModelKind.NETWORK)
    for run in runs.select_related("artefact__model", "study"):
        try:
            same = _is_same(run)
        except DomainError as error:
            yield f"{run.artefact} cannot be made again: {error.message}"
        else:
            if not same:
                yield f"{run.artefact} has other scores than its file or its members say."


def _is_same(run: ModelRun) -> bool:
    if run.artefact.model.kind == ModelKind.ENSEMBLE:
        return recomputed(run) <= _TOLERANCE
    read = read_stored(run.artefact, run.study)
    wanted = {
        (one.study_case_id, one.image_id): one.value
        for one in case_scores(read, run.artefact.spec["column"], run.study)
    }
    rows = run.scores.filter(study_case__withdrawn_at=None)
    stored = {
        (case, image): value
        for case, image, value in rows.values_list("study_case_id", "image_id", "value")
    }
    return wanted == stored
