"""Where the audit chain stood at one time, written down outside the database.

Somebody with the database and the key could write a whole chain anew; it would not lead through the checkpoints that lie
elsewhere (`AUDIT_CHECKPOINTS`: another disk, or a folder that is copied to another machine). One line of JSON each.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.db import transaction

from readerstudy.core.audit import GENESIS
from readerstudy.core.keyed import keyed_hash
from readerstudy.core.models import AuditEvent, AuditHead

_FIELDS = {"sequence", "hash", "at", "previous", "signature"}


@dataclass(frozen=True)
class Checkpoint:
    """Where the chain stood at a time; `number` counts the checkpoints from 1."""

    number: int
    sequence: int
    hash: str
    at: datetime


def last_checkpoint() -> Checkpoint | None:
    """The newest checkpoint; None without any, or where the last line is none."""
    lines = checkpoint_lines()
    point = _read(lines[-1]) if lines else None
    if point is None:
        return None
    moment = datetime.fromisoformat(point["at"])
    return Checkpoint(len(lines), int(point["sequence"]), str(point["hash"]), moment)


def write_checkpoint(*, now: datetime) -> bool:
    """Appends where the chain stands; False where it stands where it stood at the last checkpoint.

    One writer at a time: two lines that follow the same one would look like a forgery.
    """
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        return head is not None and _appended(head, now)


def _appended(head: AuditHead, now: datetime) -> bool:
    lines = checkpoint_lines()
    last: dict[str, Any] = json.loads(lines[-1]) if lines else {"sequence": 0, "signature": GENESIS}
    if head.sequence <= last["sequence"]:
        return False
    point = {
        "sequence": head.sequence,
        "hash": head.hash,
        "at": now.isoformat(),
        "previous": last["signature"],
    }
    settings.AUDIT_CHECKPOINTS.parent.mkdir(parents=True, exist_ok=True)
    with settings.AUDIT_CHECKPOINTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**point, "signature": _signature(point)}) + "\n")
    return True


def checkpoint_faults(lines: Sequence[str] | None = None) -> Iterator[str]:
    """A sentence for each checkpoint that is no longer what was written, or that the chain does not lead through.

    `lines` are the checkpoints as they were read before; without them they are read now.
    """
    previous = GENESIS
    for number, line in enumerate(checkpoint_lines() if lines is None else lines, start=1):
        point = _read(line)
        if point is None:
            yield f"Line {number} of the checkpoints is not one: it was changed or cut off."
            return
        if point["previous"] != previous or not compare_digest(
            point["signature"], _signature(point)
        ):
            yield f"Checkpoint {number} does not fit its signature or the one before it."
            return
        previous = point["signature"]
        if fault := _fault(point):
            yield fault


def checkpoint_count() -> int:
    """How many checkpoints there are."""
    return len(checkpoint_lines())


def checkpoint_lines() -> list[str]:
    """The checkpoints as they stand in their file, the first one first."""
    if not settings.AUDIT_CHECKPOINTS.exists():
        return []
    return settings.AUDIT_CHECKPOINTS.read_text(encoding="utf-8").splitlines()


def _read(line: str) -> dict[str, Any] | None:
    try:
        point = json.loads(line)
    except ValueError:
        return None
    return point if isinstance(point, dict) and set(point) == _FIELDS else None


def _signature(point: dict[str, Any]) -> str:
    return keyed_hash({name: point[name] for name in ("sequence", "hash", "at", "previous")})


def _fault(point: dict[str, Any]) -> str | None:
    event = AuditEvent.objects.filter(sequence=point["sequence"]).first()
    if event is None:
        return f"Event {point['sequence']} is gone, which was there at the checkpoint of {point['at']}."
    if event.hash != point["hash"]:
        return f"Event {point['sequence']} is another one than at the checkpoint of {point['at']}."
    return None
