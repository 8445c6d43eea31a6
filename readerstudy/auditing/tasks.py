"""Looking at the audit trail as background work, by hand and every day."""

from celery import shared_task

from readerstudy.auditing.services import request_check, run_check
from readerstudy.core.checkpoints import write_checkpoint
from readerstudy.core.clock import now


@shared_task(soft_time_limit=3600, time_limit=3660)
def verify_trail_task(*, check_id: int) -> None:
    """Follows the trail once. Sent again, it leaves a finished check alone."""
    run_check(check_id=check_id, now=now())


@shared_task(soft_time_limit=60, time_limit=90)
def daily_check_task() -> None:
    """Asks for the daily look at the trail."""
    request_check(actor=None, now=now())


@shared_task(soft_time_limit=60, time_limit=90)
def checkpoint_task() -> None:
    """Writes down outside the database where the trail stands."""
    write_checkpoint(now=now())
