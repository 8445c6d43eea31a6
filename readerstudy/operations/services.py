"""What administrators do with work that was given up."""

from datetime import datetime
from functools import partial

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.celery import app
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.core.queue import send_with
from readerstudy.operations.models import DeadLetter
from readerstudy.operations.parking import UNREADABLE
from readerstudy.operations.rows import revive

REQUEUED, DROPPED = "requeued", "dropped"


def requeue_letter(*, public_id: str, now: datetime, actor: User | None = None) -> DeadLetter:
    """Sends the work again, with all its tries. Raises NotFound, or Conflict where it is settled, or no worker here knows it."""
    with transaction.atomic():
        letter = _open_letter(public_id)
        if letter.task == UNREADABLE:
            raise Conflict("Nothing is known of this message: it can be dropped only.")
        app.loader.import_default_modules()  # a web process has not met all tasks yet
        if letter.task not in app.tasks:
            raise Conflict(f"This version knows no task {letter.task}: upgrade, or drop it.")
        revive(letter.task, letter.args, letter.kwargs)
        _settle(letter, REQUEUED, actor, now)
        transaction.on_commit(partial(_send, letter))
    return letter


def _send(letter: DeadLetter) -> None:
    """Where the queue cannot be reached, the letter waits for somebody again."""
    if not send_with(app.tasks[letter.task], letter.args, letter.kwargs):
        letter.settled_at, letter.settled_how = None, ""
        letter.save(update_fields=["settled_at", "settled_how"])


def drop_letter(*, public_id: str, now: datetime, actor: User | None = None) -> DeadLetter:
    """Nobody will do the work. Raises NotFound, or Conflict where it is settled."""
    with transaction.atomic():
        letter = _open_letter(public_id)
        _settle(letter, DROPPED, actor, now)
    return letter


def _open_letter(public_id: str) -> DeadLetter:
    letter = DeadLetter.objects.select_for_update().filter(public_id=public_id).first()
    if letter is None:
        raise NotFound(f"There is no dead letter {public_id}.")
    if letter.settled_at:
        raise Conflict(f"The dead letter {public_id} was {letter.settled_how} already.")
    return letter


def _settle(letter: DeadLetter, how: str, actor: User | None, now: datetime) -> None:
    letter.settled_at, letter.settled_how = now, how
    letter.save(update_fields=["settled_at", "settled_how"])
    data = {"task": letter.task, "reason": letter.reason}
    record_event(actor=actor, verb=f"dead_letter.{how}", subject=letter, now=now, data=data)
