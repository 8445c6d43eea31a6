"""Import jobs, for admins alone: their reports hold original names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTransform

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.intake.choices import ImportState
from readerstudy.intake.claims import AT_WORK, is_held
from readerstudy.intake.jobs import can_be_retried
from readerstudy.intake.models import ImportJob
from readerstudy.intake.pausing import is_paused
from readerstudy.intake.permissions import visible_jobs

DONE = (ImportState.APPLIED, ImportState.UNDONE)


def unfinished_jobs(user: User) -> QuerySet[ImportJob]:
    """The jobs the user may know of that wait for something; imported and undone ones are left out."""
    return visible_jobs(user).exclude(state__in=DONE).defer("report", "preview")


def finished_jobs(user: User) -> QuerySet[ImportJob]:
    """The imported and undone jobs the user may know of, the last one first, with their image sets."""
    finished = visible_jobs(user).filter(state__in=DONE).select_related("image_set")
    return finished.defer("report", "preview")


def listed_jobs(user: User) -> QuerySet[ImportJob]:
    """All jobs the user may know of with the totals of their reports, as `told_totals`, and without the reports.

    A report tells every photograph that something is wrong with: a hundred of them take tens of megabytes to read.
    """
    jobs = visible_jobs(user).select_related("image_set").defer("report", "preview")
    return jobs.annotate(told_totals=KeyTransform("totals", "report"))


def job_for(user: User, public_id: str) -> ImportJob:
    """The job with its image set. Raises NotFound where the user may not know of it."""
    return _one(visible_jobs(user).select_related("image_set"), public_id)


def job_at_work(user: User, public_id: str) -> ImportJob:
    """The job without its report, which may be long and is not needed every second. Raises NotFound as `job_for` does."""
    return _one(visible_jobs(user).defer("report", "preview"), public_id)


def _one(jobs: QuerySet[ImportJob], public_id: str) -> ImportJob:
    found = jobs.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found


@dataclass(frozen=True)
class Progress:
    """How far an import is. `goes_on` says whether a worker will change that without anybody doing something."""

    is_at_work: bool
    is_paused: bool
    can_be_retried: bool
    goes_on: bool


def progress_of(job: ImportJob, *, now: datetime) -> Progress:
    """How far the job is at this moment. A paused one goes on until its worker has seen the pause."""
    retried, paused = can_be_retried(job, now=now), is_paused(job)
    goes_on = is_held(job, now=now) if paused else job.state in AT_WORK and not retried
    return Progress(job.state in AT_WORK and not paused, paused, retried, goes_on)


def groups_in(report: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The report's groups of problems (`problem`) or warnings (`warning`); `more` counts those behind the first.

    `files` are those they are in: problems without a row are told together, and each is in a file of its own.
    """
    groups = [one for one in report.get("groups", []) if one["kind"] == kind]
    files = _files_without_rows(report.get(f"{kind}s", []))
    return [
        {
            **one,
            "more": one["count"] - 1,
            "files": [one["file"]] if one["file"] else files.get((one["column"], one["code"]), []),
        }
        for one in groups
    ]


def _files_without_rows(problems: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in problems:
        if one["file"] and not one["row"]:
            found.setdefault((one["column"], one["code"]), []).append(one["file"])
    return found
