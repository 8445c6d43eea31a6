"""Which tables hold evidence, what of them never changes, and the one gate by which evidence is erased.

Every `AppendOnlyModel` is guarded as a whole without being named here. `_REASONED` names what else is evidence:

- the reading order (`Position`) and the cases of a study (`StudyCase`, `PracticeCase`): frozen at the lock, every result
  rests on them. Only the withdrawal of a case may be noted afterwards;
- a model's run (`ModelRun`): which file ran over which study is evidence, how far it is changes all the time;
- a finished analysis (`Analysis`): the numbers that were shown. It is filled once, when it is computed.

A model says itself when its rows are none of evidence yet (`removable_while`): the truth of a case that is in no study.

What is *not* guarded, and why: drafts (protocol, design, questions, conduct, aid, plans) are edited until the lock, and
after it the lock manifest, which is guarded, tells of every difference (`verify_study`); so it does for image sets, cases
and images. A study's state is told by its transitions, an enrolment's by audit events, and a person's name and address
have to be erasable by law. Invitations, imports, drafts of models, PDF files and uploads of finished studies are work in
progress. `AuditHead` has to move on; a head that was tampered with does not fit the chain.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import ProgrammingError, models, transaction

from readerstudy.core.audit import record_event
from readerstudy.core.binding import bound_entries
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.models import AppendOnlyModel, AuditEvent, ErasureGate, gate_is_open

ERASED = "evidence.erased"
_NO_PRIVILEGE = "42501"


@dataclass(frozen=True)
class Guard:
    """What the database refuses for the rows of a table.

    `fixed` are the fields that never change, none meaning all of them; `changeable_while` and `removable_while` are SQL
    conditions on the row as it was (`OLD`) under which a change or a deletion is none of evidence yet.
    """

    model: type[models.Model]
    fixed: tuple[str, ...] = ()
    changeable_while: str = ""
    removable_while: str = ""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the fields that never change; none where all are."""
        return tuple(str(self.model._meta.get_field(name).column) for name in self.fixed)  # type: ignore[union-attr]  # no reverse relations are named

    @property
    def can_be_erased(self) -> bool:
        return self.model is not AuditEvent


_REASONED: dict[str, dict[str, Any]] = {
    "studies.Position": {},
    "studies.PracticeCase": {},
    "studies.StudyCase": {"fixed": ("public_id", "study", "case", "patient")},
    "inference.ModelRun": {
        "fixed": ("public_id", "study", "artefact", "artefact_sha256", "spec_sha256", "created_by", "created_at")
    },
    "results.Analysis": {"changeable_while": "OLD.state<>'done'"},
}  # fmt: skip


def missing_sentence(name: str, table: str) -> str:
    """What is told of a trigger that is not as it should be."""
    return f"The trigger {name} of the table {table} is missing or was changed: the database does not refuse what it should."


def guards() -> list[Guard]:
    """One for every table that holds evidence, in the order of the tables."""
    appended = [model for model in apps.get_models() if issubclass(model, AppendOnlyModel)]
    found = [
        *(Guard(model, removable_while=model.removable_while) for model in appended),
        *(Guard(apps.get_model(label), **parts) for label, parts in _REASONED.items()),
    ]
    return sorted(found, key=lambda guard: guard.table)


@dataclass
class Erasure:
    """What is being erased. Everything goes through `erase` and `change`, so that the audit trail can tell of it."""

    erased: dict[str, list[int]] = field(default_factory=dict)
    changed: list[list[Any]] = field(default_factory=list)

    def erase(self, rows: models.QuerySet[Any]) -> int:
        """Deletes the rows and gives their number. Raises ProtectedError where other rows rest on them."""
        keys = list(rows.order_by().values_list("pk", flat=True))
        rows.delete()
        self.erased.setdefault(rows.model._meta.label, []).extend(keys)
        return len(keys)

    def change(self, rows: models.QuerySet[Any], **values: Any) -> int:
        """Sets the fields of the rows, such as a name that is to be forgotten, and gives their number."""
        keys = list(rows.order_by().values_list("pk", flat=True))
        rows.update(**values)
        self.changed += bound_entries(models.QuerySet(rows.model).filter(pk__in=keys))
        return len(keys)


@contextmanager
def erasing(
    *, actor: Any, subject: models.Model, reason: str, now: datetime, study_id: str = ""
) -> Iterator[Erasure]:
    """The one way in which evidence is erased or made anonymous, for rules that were declared beforehand.

    Meant for privacy (a withdrawal, a retention date, a person's right to be forgotten), never for corrections: those are
    new rows. All happens in one transaction, and one event `evidence.erased` tells who erased which rows and why, so that
    `verify_audit` knows them as erased and not as stolen. The audit trail itself cannot be erased.

        with erasing(actor=actor, subject=enrolment, reason="…", now=now, study_id=…) as erasure:
            erasure.erase(Reading.objects.filter(position__enrolment=enrolment))
            erasure.change(Attestation.objects.filter(enrolment=enrolment), printed_name="")

    On PostgreSQL with a separate role for the web server (docs/operations.md), call it from a command of the owner's: the
    web server's role cannot open the gate. Raises InvalidInput without a reason, Conflict where the gate is not ours to open.
    """
    if not reason.strip():
        raise InvalidInput(
            "Erasing evidence needs a reason.", code="reason_missing", field="reason"
        )
    erasure = Erasure()
    with transaction.atomic():
        gate = _opened_gate(now)
        token = gate_is_open.set(True)
        try:
            yield erasure
        finally:
            gate_is_open.reset(token)
        gate.delete()
        data = {"reason": reason.strip(), "erased": erasure.erased, "changed": erasure.changed}
        record_event(
            actor=actor, verb=ERASED, subject=subject, now=now, study_id=study_id, data=data
        )


def _opened_gate(now: datetime) -> ErasureGate:
    try:
        return ErasureGate.objects.create(opened_at=now)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != _NO_PRIVILEGE:
            raise
        raise Conflict(
            "This web server may not delete evidence: whoever runs it has to do so on the server.",
            code="operator_only",
        ) from error
