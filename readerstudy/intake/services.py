"""The services of the intake: check an archive, import it, and the job that does both in the background."""

from readerstudy.intake.answering import map_job
from readerstudy.intake.applying import apply_plan
from readerstudy.intake.correcting import rename_job, replace_manifest
from readerstudy.intake.jobs import (
    confirm_job,
    create_job,
    create_job_of_upload,
    discard_job,
    retry_job,
)
from readerstudy.intake.pausing import pause_job, resume_job
from readerstudy.intake.planning import plan_import
from readerstudy.intake.running import apply_job, plan_job
from readerstudy.intake.staging import temporary_staging
from readerstudy.intake.undoing import undo_import

__all__ = [
    "apply_job",
    "apply_plan",
    "confirm_job",
    "create_job",
    "create_job_of_upload",
    "discard_job",
    "map_job",
    "pause_job",
    "plan_import",
    "plan_job",
    "rename_job",
    "replace_manifest",
    "resume_job",
    "retry_job",
    "temporary_staging",
    "undo_import",
]
