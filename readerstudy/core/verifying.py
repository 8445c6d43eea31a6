"""Whether all that is evidence still is what was written: chain, checkpoints, rows, triggers, and what rooms add."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection

from readerstudy.core.audit import first_fault
from readerstudy.core.checkpoints import checkpoint_faults, checkpoint_lines
from readerstudy.core.models import AuditHead
from readerstudy.core.rows_checked import RowsChecked
from readerstudy.core.snapshot import one_view
from readerstudy.core.triggers import faults as trigger_faults

MOST_FAULTS = 100
_further: dict[str, Callable[[], Iterable[str]]] = {}


@dataclass(frozen=True)
class Verification:
    """What was looked at, and a sentence for each thing that is wrong; none where all is as it was written."""

    events: int
    head: str
    rows: int
    checkpoints: int
    faults: tuple[str, ...]


def register_verification(name: str, faults: Callable[[], Iterable[str]]) -> None:
    """Lets a room look at its own evidence whenever the trail is verified: `faults()` gives a sentence for each fault."""
    if _further.setdefault(name, faults) is not faults:
        raise ValueError(f"The verification of {name} is already registered.")


def verify_trail(*, further: bool = True) -> Verification:
    """Follows the chain once, from the first event to the last, and looks at all that it speaks of.

    Where the chain itself is broken, the rows are not looked at: nothing that it tells of them can be believed. People may
    go on meanwhile: all is looked at as it stood when the verification began.
    """
    # Before the view is taken: a checkpoint that is written later may tell of an event that is not in it.
    points = checkpoint_lines()
    with one_view():
        return _verified(points, further=further)


def _verified(points: Sequence[bytes], *, further: bool) -> Verification:
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    rows = RowsChecked()
    fault = first_fault(on_event=rows.take)
    if fault is None:
        rows.finish()
    faults = [
        *([fault.sentence] if fault else rows.faults),
        *checkpoint_faults(points),
        *trigger_faults(connection),
        *(_further_faults() if further else ()),
    ]
    return Verification(head.sequence, head.hash, rows.rows, len(points), _cut(faults))


def _further_faults() -> Iterable[str]:
    for faults in _further.values():
        yield from faults()


def _cut(faults: list[str]) -> tuple[str, ...]:
    more = len(faults) - MOST_FAULTS
    told = tuple(islice(faults, MOST_FAULTS))
    return (*told, f"And {more} more.") if more > 0 else told
