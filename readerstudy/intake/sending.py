"""Imports go to the queue."""

from readerstudy.core.queue import send
from readerstudy.intake.choices import ImportState


def send_job(job_id: int, state: ImportState) -> None:
    """Sends a job to the workers for what its state needs. A job that is sent twice is done once."""
    from readerstudy.intake.tasks import (  # noqa: PLC0415 (the tasks import the services)
        apply_job_task,
        plan_job_task,
    )

    tasks = {ImportState.UPLOADED: plan_job_task, ImportState.APPLYING: apply_job_task}
    send(tasks[state], job_id=job_id)
