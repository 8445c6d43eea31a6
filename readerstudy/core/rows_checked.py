"""Whether the rows of evidence still are what the audit trail says of them."""

from collections import defaultdict
from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from readerstudy.core.audit import EVIDENCE
from readerstudy.core.binding import row_hash
from readerstudy.core.evidence import ERASED
from readerstudy.core.models import AppendOnlyModel, AuditEvent

_AT_ONCE = 1_000


class RowsChecked:
    """Is shown every event in turn, and holds what is wrong with the rows that they tell of.

    Of a long trail it keeps one bit for each row, and what was erased; the rows are read in batches.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.rows = 0
        self._erased: dict[tuple[str, int], int] = {}
        self._changed: dict[tuple[str, int], tuple[str, int]] = {}
        self._waiting: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
        self._seen: dict[str, bytearray] = defaultdict(bytearray)
        for event in AuditEvent.objects.filter(verb=ERASED).order_by("sequence").iterator():
            self._note_erasure(event)

    def take(self, event: AuditEvent) -> None:
        """Remembers the rows that the event tells of, and checks them once there are many."""
        for label, key, hashed in event.data.get(EVIDENCE, ()):
            self._waiting[label].append((key, hashed, event.sequence))
            if len(self._waiting[label]) >= _AT_ONCE:
                self._check(label)

    def check_waiting(self) -> None:
        """Checks the rows that wait for there to be many."""
        for label in list(self._waiting):
            self._check(label)

    def finish(self) -> None:
        """Checks what waits, and looks for rows that no event tells of."""
        self.check_waiting()
        for model in bound_models():
            if added := self.added(model):
                self.faults.append(
                    f"{len(added)} rows of {model._meta.label} stand in no event of the trail, the first is row {added[0]}: "
                    "they were added behind the application's back, or are of a version before (manage.py bind_evidence)."
                )

    def added(self, model: type[AppendOnlyModel]) -> list[int]:
        """The keys of the rows that none of the events shown tells of."""
        seen = self._seen[model._meta.label]
        keys = QuerySet(model).order_by("pk").values_list("pk", flat=True)
        return [key for key in keys.iterator(chunk_size=10_000) if not _is_marked(seen, key)]

    def _note_erasure(self, event: AuditEvent) -> None:
        for label, keys in event.data.get("erased", {}).items():
            self._erased |= {(label, key): event.sequence for key in keys}
        for label, key, hashed in event.data.get("changed", ()):
            self._changed[label, key] = hashed, event.sequence

    def _check(self, label: str) -> None:
        told = self._waiting.pop(label)
        try:
            model = apps.get_model(label)
        except LookupError:
            self.faults.append(f"No version of the program that runs here knows rows of {label}.")
            return
        rows = QuerySet(model).in_bulk([key for key, _hash, _sequence in told])
        self.rows += len(told)
        for key, hashed, sequence in told:
            _mark(self._seen[label], key)
            self.faults += self._faults(label, key, rows.get(key), hashed, sequence)

    def _faults(
        self, label: str, key: int, row: models.Model | None, hashed: str, sequence: int
    ) -> Iterator[str]:
        what, place = f"Row {key} of {label}", (label, key)
        hashed, sequence = self._changed.get(place, (hashed, sequence))
        if place in self._erased:
            if row is not None:
                yield f"{what} was erased in event {self._erased[place]} and is there again."
        elif row is None:
            yield f"{what}, which event {sequence} tells of, was removed."
        elif row_hash(row) != hashed:
            yield f"{what} is not what event {sequence} tells of it: it was changed."


def bound_models() -> list[type[AppendOnlyModel]]:
    """The models each of whose rows stands in the audit event of its making."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel) and model.is_bound
    ]


def _mark(bits: bytearray, key: int) -> None:
    missing = key // 8 + 1 - len(bits)
    if missing > 0:
        bits.extend(bytes(max(missing, len(bits) // 2)))
    bits[key // 8] |= 1 << key % 8


def _is_marked(bits: bytearray, key: int) -> bool:
    return key // 8 < len(bits) and bool(bits[key // 8] >> key % 8 & 1)
