"""What waits for an administrator, and what the workers do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from readerstudy.operations.models import DeadLetter, WorkerBeat
from readerstudy.operations.unfinished import WORK
from readerstudy.operations.workers import LIVES

PAGE_SIZE = 50
_KINDS = {
    "model_run": _("Model runs"),
    "import": _("Imports"),
    "analysis": _("Analyses"),
    "report": _("Reports as files"),
}
# A worker looks within seconds; whoever has waited so long waits for a worker that is not there.
LONG = timedelta(minutes=10)


def open_letters() -> QuerySet[DeadLetter]:
    """Work that was given up and that nobody has settled, the last first."""
    return DeadLetter.objects.filter(settled_at=None)


def letters_page(number: str) -> Page[DeadLetter]:
    """Fifty of the dead letters; the last fifty for a page that there is not."""
    return Paginator(open_letters(), PAGE_SIZE).get_page(number)


@dataclass(frozen=True)
class Worker:
    """One that was heard of within the last days."""

    name: str
    queues: list[str]
    heard_of_at: datetime
    lives: bool


def workers(*, now: datetime) -> list[Worker]:
    """All that are known, by name. One that ended in order is none of them."""
    return [
        Worker(one.name, one.queues.split(","), one.heard_of_at, one.heard_of_at > now - LIVES)
        for one in WorkerBeat.objects.all()
    ]


@dataclass(frozen=True)
class Unfinished:
    """Work of one kind that is not done."""

    name: Any
    count: int
    since: datetime | None
    is_late: bool


def unfinished_work(*, now: datetime) -> list[Unfinished]:
    """How much of every kind is not done, and since when the oldest of it waits."""
    found = []
    for kind, (rows, states) in WORK.items():
        told = rows().filter(state__in=states).aggregate(n=Count("pk"), since=Min("created_at"))
        is_late = told["since"] is not None and told["since"] < now - LONG
        found.append(Unfinished(_KINDS[kind], told["n"], told["since"], is_late))
    return found
