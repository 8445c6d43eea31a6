"""What readers were told is stored, on disk before it counts; and what the database has to say to that."""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One answer under its idempotency key."""

    attempt: str
    position: str
    decision: str
    confidence: int


@dataclass(frozen=True)
class Verdict:
    """How many acknowledged answers are not stored, stored otherwise, stored twice, and stored though nobody sent them."""

    acknowledged: int
    lost: int
    changed: int
    duplicates: int
    unknown: int

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.changed or self.duplicates or self.unknown)


def compare(
    acknowledged: Iterable[Entry], stored: Iterable[Entry], sent: Iterable[Entry]
) -> Verdict:
    """Compares the ledger with the rows of the database.

    Rows that were sent and not acknowledged are right: the answer was on its way back. A position answered by two
    rows is a duplicate, whatever its attempts.
    """
    told, rows = list(acknowledged), list(stored)
    by_attempt = {row.attempt: row for row in rows}
    known = {entry.attempt for entry in sent} | {entry.attempt for entry in told}
    positions = Counter(row.position for row in rows)
    attempts = Counter(row.attempt for row in rows)
    return Verdict(
        acknowledged=len(told),
        lost=sum(entry.attempt not in by_attempt for entry in told),
        changed=sum(by_attempt.get(entry.attempt, entry) != entry for entry in told),
        duplicates=max(_more_than_once(positions), _more_than_once(attempts)),
        unknown=sum(row.attempt not in known for row in rows),
    )


def _more_than_once(counts: Counter[str]) -> int:
    return sum(count - 1 for count in counts.values())


class Ledger:
    """A file with a line for each acknowledged answer, forced to the disk before the answer counts."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()
        self.path = path
        self.count = 0
        self.sent: dict[str, Entry] = {}

    def send(self, entry: Entry) -> None:
        """Notes that this answer is on its way."""
        self.sent[entry.attempt] = entry

    def acknowledge(self, entry: Entry) -> None:
        """Writes down that the server has said it is stored."""
        line = json.dumps(asdict(entry)).encode() + b"\n"
        with self._lock:
            self._file.write(line)
            os.fsync(self._file.fileno())
            self.count += 1

    def acknowledged(self) -> list[Entry]:
        """What stands on the disk."""
        return [Entry(**json.loads(line)) for line in self.path.read_bytes().splitlines()]

    def close(self) -> None:
        """No line comes after this."""
        self._file.close()
