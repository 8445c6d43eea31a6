"""The background work of privacy: once a day, looking at retention dates."""

from celery import shared_task

from readerstudy.core.clock import now
from readerstudy.privacy.names import erase_due_names, remind_coordinators


@shared_task(soft_time_limit=300, time_limit=330)
def retention_task() -> None:
    """Reminds coordinators of dates that come near, and erases names whose date has passed."""
    remind_coordinators(now=now())
    erase_due_names(now=now())
