"""Which row a task is about: how it is told that the work was given up, and made ready for another try."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from inference.recovery import give_up_run, revive_run
from readerstudy.core.clock import now
from readerstudy.intake.recovery import give_up_job, revive_job
from readerstudy.results.recovery import (
    give_up_analysis,
    give_up_report,
    revive_analysis,
    revive_report,
)

_GIVE_UP: dict[str, Callable[..., None]] = {
    "inference.tasks.run_model_task": give_up_run,
    "readerstudy.intake.tasks.plan_job_task": give_up_job,
    "readerstudy.intake.tasks.apply_job_task": give_up_job,
    "readerstudy.results.tasks.run_analysis_task": give_up_analysis,
    "readerstudy.results.report.tasks.make_report_task": give_up_report,
}
_REVIVE: dict[str, Callable[..., None]] = {
    "inference.tasks.run_model_task": revive_run,
    "readerstudy.intake.tasks.plan_job_task": revive_job,
    "readerstudy.intake.tasks.apply_job_task": revive_job,
    "readerstudy.results.tasks.run_analysis_task": revive_analysis,
    "readerstudy.results.report.tasks.make_report_task": revive_report,
}


_GIVEN_UP = "The server has given this up after several tries; administrators find the reason among the dead letters."


def give_up(task: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """The row says that the work has failed, and why; one that is done stays so."""
    if task in _GIVE_UP:
        _GIVE_UP[task](*args, sentence=_GIVEN_UP, now=now(), **kwargs)


def revive(task: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """The row waits for a worker again."""
    if task in _REVIVE:
        _REVIVE[task](*args, due=now(), **kwargs)
