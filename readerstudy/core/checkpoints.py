"""Where the audit chain stood at one time, written down outside the database.

Somebody with the database and the key could write a whole chain anew; it would not lead through the checkpoints that lie
elsewhere (`AUDIT_CHECKPOINTS`: another disk, or a folder that is copied to another machine). One line of JSON each.

What a full disk or a power cut leaves of a line at the end of the file is moved to a file beside it, so that the next
checkpoint can follow the last whole one. The verification tells of that file until somebody has looked at it.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from readerstudy.core.audit import GENESIS
from readerstudy.core.keyed import keyed_hash
from readerstudy.core.models import AuditEvent, AuditHead

# The number of a lock that nothing else of this database takes.
_WRITERS = 8_162_019
_FIELDS = {"sequence": int, "hash": str, "at": str, "previous": str, "signature": str}


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
    point = _last(lines)
    if point is None:
        return None
    moment = datetime.fromisoformat(point["at"])
    return Checkpoint(len(lines), int(point["sequence"]), str(point["hash"]), moment)


def write_checkpoint(*, now: datetime) -> bool:
    """Appends where the chain stands; False where it stands where it stood at the last checkpoint.

    One writer at a time: two lines that follow the same one would look like a forgery. The head of the chain is not held,
    for which every answer waits: the file may lie on another machine, which may be slow or away.
    """
    with transaction.atomic():
        _wait_for_other_writers()
        head = AuditHead.objects.filter(pk=1).first()
        return head is not None and _appended(head, now)


def _wait_for_other_writers() -> None:
    """Until the end of the transaction. SQLite has one writer of anything at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITERS])


def _appended(head: AuditHead, now: datetime) -> bool:
    _set_aside()
    last = _last(checkpoint_lines()) or {"sequence": 0, "signature": GENESIS}
    if head.sequence <= last["sequence"]:
        return False
    point = {
        "sequence": head.sequence,
        "hash": head.hash,
        "at": now.isoformat(),
        "previous": last["signature"],
    }
    line = json.dumps({**point, "signature": _signature(point)})
    settings.AUDIT_CHECKPOINTS.parent.mkdir(parents=True, exist_ok=True)
    _append(settings.AUDIT_CHECKPOINTS, f"{line}\n".encode())
    return True


def _set_aside() -> None:
    """Moves what cannot be read at the end of the file to the file beside it, and ends the last line."""
    content = _content()
    whole = _whole(content)
    if whole != content:
        # First kept, then taken away: after a power cut in between it is there twice, and not lost.
        _append(_aside(), content[len(whole) :])
        _cut(settings.AUDIT_CHECKPOINTS, len(whole))
    if whole and not whole.endswith(b"\n"):
        _append(settings.AUDIT_CHECKPOINTS, b"\n")


def _whole(content: bytes) -> bytes:
    """The content up to its last line that is a checkpoint."""
    lines = content.splitlines(keepends=True)
    while lines and _read(lines[-1]) is None:
        lines.pop()
    return b"".join(lines)


def _append(path: Path, content: bytes) -> None:
    """Whole and on the disk, or not at all. Unbuffered: closing must not write what did not fit before."""
    with path.open("ab", buffering=0) as file:
        length = file.tell()
        try:
            while content:
                content = content[file.write(content) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(length)
            raise


def _cut(path: Path, length: int) -> None:
    with path.open("r+b") as file:
        file.truncate(length)
        os.fsync(file.fileno())


def checkpoint_faults(lines: Sequence[bytes] | None = None) -> Iterator[str]:
    """A sentence for each checkpoint that is no longer what was written, or that the chain does not lead through.

    `lines` are the checkpoints as they were read before; without them they are read now.
    """
    # An empty file is what a full disk left of the attempt to set something aside.
    if _aside().exists() and _aside().stat().st_size:
        yield (
            f"Something at the end of the checkpoints could not be read and lies in {_aside().name} beside them. A power "
            "cut or a full disk leaves the beginning of a line, whoever changes the file anything: compare it with the "
            "copy on another machine, and move it away."
        )
    yield from _line_faults(checkpoint_lines() if lines is None else lines)


def _line_faults(lines: Sequence[bytes]) -> Iterator[str]:
    previous = GENESIS
    for number, line in enumerate(lines, start=1):
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


def _aside() -> Path:
    path: Path = settings.AUDIT_CHECKPOINTS
    return path.with_name(f"{path.name}.set-aside")


def checkpoint_lines() -> list[bytes]:
    """The checkpoints as they stand in their file, the first one first."""
    return _content().splitlines()


def _content() -> bytes:
    path: Path = settings.AUDIT_CHECKPOINTS
    return path.read_bytes() if path.exists() else b""


def _last(lines: Sequence[bytes]) -> dict[str, Any] | None:
    return _read(lines[-1]) if lines else None


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        point = json.loads(line)
    except ValueError:
        return None
    return point if isinstance(point, dict) and _has_fields(point) else None


def _has_fields(point: dict[str, Any]) -> bool:
    return point.keys() == _FIELDS.keys() and all(
        isinstance(point[name], kind) for name, kind in _FIELDS.items()
    )


def _signature(point: dict[str, Any]) -> str:
    return keyed_hash({name: point[name] for name in ("sequence", "hash", "at", "previous")})


def _fault(point: dict[str, Any]) -> str | None:
    event = AuditEvent.objects.filter(sequence=point["sequence"]).first()
    if event is None:
        return f"Event {point['sequence']} is gone, which was there at the checkpoint of {point['at']}."
    if event.hash != point["hash"]:
        return f"Event {point['sequence']} is another one than at the checkpoint of {point['at']}."
    return None
