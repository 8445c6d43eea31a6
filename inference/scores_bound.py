"""What ties the scores of a run to the audit trail: one keyed hash of them all, in the event of the run's end."""

from collections.abc import Iterator
from typing import Any

from inference.choices import RunState
from inference.models import ModelRun
from readerstudy.core.keyed import keyed_hash
from readerstudy.core.models import AuditEvent
from readerstudy.studies.models import Study

HASH = "scores_hash"
_AT_WORK = (RunState.QUEUED, RunState.RUNNING)
_ENDS = tuple(f"model_run.{end}" for end in ("done", "failed", "external", "ensemble"))
_FIELDS = ("image_id", "study_case_id", "value", "outputs", "image_sha256", "tensor_sha256")


def scores_part(run: ModelRun) -> dict[str, Any]:
    """How many scores the run has stored, and their hash. It is keyed: it tells nobody which scores they are."""
    rows = [list(row) for row in run.scores.order_by("image_id").values_list(*_FIELDS)]
    return {"scores": len(rows), HASH: keyed_hash([run.public_id, rows])}


def score_faults(study: Study) -> Iterator[str]:
    """A sentence for each run whose scores are not those that the audit trail tells of, and for each run that is gone."""
    told = _told(study)
    runs = {run.public_id: run for run in study.model_runs.select_related("artefact__model")}
    for public_id in told.keys() - runs.keys():
        yield f"The run {public_id}, which event {told[public_id][0]} of the audit trail tells of, was removed."
    for public_id, run in runs.items():
        if run.state in _AT_WORK:
            continue
        sequence, part = told.get(public_id, (0, {}))
        if not sequence:
            yield f"No event of the audit trail tells of the end of the run of {run.artefact}."
        elif part and scores_part(run) != part:
            yield f"The scores of {run.artefact} are not those that event {sequence} of the audit trail tells of."


def _told(study: Study) -> dict[str, tuple[int, dict[str, Any]]]:
    """The last event about each run's end, and what it says of the scores; nothing, of a version before this one."""
    events = AuditEvent.objects.filter(study_id=study.public_id, verb__in=_ENDS)
    rows = events.order_by("sequence").values_list("sequence", "subject_id", "data")
    return {
        subject: (sequence, {name: data[name] for name in ("scores", HASH) if HASH in data})
        for sequence, subject, data in rows
    }
