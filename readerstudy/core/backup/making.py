"""The service that writes a backup."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from readerstudy.core.backup.archive import END, PIECE, Ledger
from readerstudy.core.backup.faults import BackupRefused
from readerstudy.core.backup.files import store_files
from readerstudy.core.backup.keys import fingerprints
from readerstudy.core.backup.sealing import seal
from readerstudy.core.backup.snapshot import LEFT_OUT, Facts, facts_of, files_named_by, vendor
from readerstudy.core.canonical import canonical_json
from readerstudy.core.keyed import keyed_hash
from readerstudy.core.version import VERSION, revision

FORMAT = 1
HEADER, MANIFEST, CHECKPOINTS = "header.json", "manifest.json", "audit-checkpoints.jsonl"
DATABASE = "database/"


@dataclass
class Made:
    """What a backup holds. `missing` are files that the database names and the storage does not have."""

    path: Path
    facts: Facts | None = None
    files: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)


def make_backup(*, path: Path, recipients: Sequence[Any], now: datetime) -> Made:
    """Writes the backup of this moment to `path`, encrypted where there are recipients; whole or not at all.

    Raises BackupRefused where the file is there already or a program is missing, BackupFault where the database's
    program fails or a file changes meanwhile, OSError for a disk that is full.
    """
    if path.exists():
        raise BackupRefused(
            f"{path} is there already; a backup never takes the place of another file."
        )
    made, partial = Made(path), path.with_name(f"{path.name}.part")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb", buffering=PIECE) as file:
            seal(_archive(made, now), file, recipients)
            file.flush()
            os.fsync(handle)
        partial.rename(path)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    made.bytes = path.stat().st_size
    return made


def _archive(made: Made, now: datetime) -> Iterator[bytes]:
    ledger = Ledger()
    # Before the snapshot: what they tell of is in it. Those that are written later tell of what may not be.
    checkpoints = _checkpoints()
    with vendor().snapshot(sorted(LEFT_OUT)) as snapshot:
        made.facts, named = facts_of(snapshot), files_named_by(snapshot)
        yield from ledger.whole(HEADER, canonical_json(_header(made.facts, now)))
        for number, piece in enumerate(snapshot.dump(), start=1):
            yield from ledger.whole(f"{DATABASE}{number:08}", piece)
    yield from ledger.whole(CHECKPOINTS, checkpoints)
    yield from store_files(ledger, named, made.missing)
    made.files = sum(bool(member.stored) for member in ledger.members)
    manifest = {"members": [asdict(one) for one in ledger.members], "missing": made.missing}
    signed = {**manifest, "signature": keyed_hash(manifest)}
    yield from Ledger().whole(MANIFEST, canonical_json(signed))
    yield END


def _header(facts: Facts, now: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": now.astimezone(UTC).isoformat(),
        "app_version": VERSION,
        "revision": revision(),
        "vendor": connection.vendor,
        "versions": vendor().versions(),
        "needed_keys": fingerprints(),
        "left_out": sorted(LEFT_OUT),
        "facts": facts.as_dict(),
    }


def _checkpoints() -> bytes:
    path = settings.AUDIT_CHECKPOINTS
    return bytes(path.read_bytes()) if path.exists() else b""
