"""Stored files that are lost for good, and whose loss somebody has answered for.

A backup without a file that the database names pushes out no older one, for that may be the last to hold it. Where a
file is lost for good this would go on for ever and fill the disk. So an operator acknowledges the loss of each file by
its name and with a reason. The audit trail is where that stands; a file that comes back takes it back.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from readerstudy.core.audit import record_event
from readerstudy.core.backup.faults import BackupRefused
from readerstudy.core.backup.making import Made
from readerstudy.core.backup.snapshot import files_named_by, vendor
from readerstudy.core.models import AuditEvent, AuditHead
from readerstudy.core.parts import in_parts

MADE = "backup.made"
ACKNOWLEDGED, OVER = "backup.loss_acknowledged", "backup.loss_over"
# Names in one event of the trail.
_AT_ONCE = 1_000


def lost_files() -> list[str]:
    """The files that the database names and the storage does not have, in the order of their names.

    Raises BackupRefused where it has none of them: then it is the storage that is away. OSError where that does not answer.
    """
    with vendor().reading() as reading:
        named = files_named_by(reading)
    lost = [name for name in sorted(named) if not default_storage.exists(name)]
    if lost and len(lost) == len(named):
        raise BackupRefused(
            f"The storage has none of the {len(named)} files that the database names. Is the disk mounted, is MEDIA_ROOT right?"
        )
    return lost


def acknowledged_losses() -> set[str]:
    """The names of the files whose loss is acknowledged, out of the audit trail."""
    names = set[str]()
    events = AuditEvent.objects.filter(verb__in=(ACKNOWLEDGED, OVER)).order_by("sequence")
    for verb, data in events.values_list("verb", "data"):
        names = names | set(data["names"]) if verb == ACKNOWLEDGED else names - set(data["names"])
    return names


def acknowledge_losses(*, names: Collection[str], reason: str, now: datetime) -> list[str]:
    """Writes into the trail that these files are lost for good; gives those that were not acknowledged before.

    Raises BackupRefused without a reason, and for a name whose file is there or which the database does not know.
    """
    if not reason.strip():
        raise BackupRefused("Say why the files cannot be brought back: --reason.")
    if unknown := sorted(set(names) - set(lost_files())):
        raise BackupRefused(f"{unknown[0]} is not lost: manage.py lost_files lists those that are.")
    new = sorted(set(names) - acknowledged_losses())
    _record(ACKNOWLEDGED, new, now, reason=reason.strip())
    return new


def take_back(*, missing: Collection[str], now: datetime) -> list[str]:
    """Ends the acknowledgement of files that a backup has found again, or that belong to nothing any more.

    Should such a file be lost a second time, its loss is a new one.
    """
    over = sorted(acknowledged_losses() - set(missing))
    _record(OVER, over, now)
    return over


def record_made(made: Made, *, complete: bool, now: datetime) -> None:
    """Writes into the trail that everything was copied, and whether anything new was missing from it."""
    data = {
        "file": made.path.name,
        "bytes": made.bytes,
        "missing": len(made.missing),
        "complete": complete,
    }
    record_event(actor=None, verb=MADE, subject=AuditHead(pk=1), now=now, data=data)


def last_complete_backup() -> datetime | None:
    """When the last backup that lacked nothing new was made; None where there was none."""
    made = AuditEvent.objects.filter(verb=MADE, data__complete=True).order_by("-sequence")
    return made.values_list("at", flat=True).first()


def _record(verb: str, names: list[str], now: datetime, **data: Any) -> None:
    with transaction.atomic():
        for some in in_parts(names, _AT_ONCE):
            given = {"names": some, **data}
            record_event(actor=None, verb=verb, subject=AuditHead(pk=1), now=now, data=given)
