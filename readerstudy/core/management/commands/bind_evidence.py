"""`manage.py bind_evidence`: ties rows from before there was a hash for each of them to the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import QuerySet

from readerstudy.core.audit import first_fault, record_event
from readerstudy.core.clock import now
from readerstudy.core.models import AppendOnlyModel, AuditHead
from readerstudy.core.rows_checked import RowsChecked, bound_models
from readerstudy.core.snapshot import one_view

_AT_ONCE = 1_000


class Command(BaseCommand):
    help = (
        "Ties rows of evidence that stand in no audit event to the trail as they are now. Needed once, after an update "
        "from a version that did not do it. Look at them first: what was added before this is taken for genuine."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        for model, keys in _added():
            with transaction.atomic():
                for start in range(0, len(keys), _AT_ONCE):
                    _bind(model, keys[start : start + _AT_ONCE])
            if keys:
                self.stdout.write(f"{model._meta.label}: {len(keys)} rows are tied to the trail.")


def _added() -> list[tuple[type[AppendOnlyModel], list[int]]]:
    """The keys of the rows that stand in no event. A row that is stored meanwhile, with its event, is none of them."""
    with one_view():
        rows = RowsChecked()
        if fault := first_fault(on_event=rows.take):
            raise CommandError(f"The audit trail is not what was written: {fault.sentence}")
        rows.check_waiting()
        return [(model, rows.added(model)) for model in bound_models()]


def _bind(model: type[AppendOnlyModel], keys: list[int]) -> None:
    record_event(
        actor=None,
        verb="evidence.bound",
        subject=AuditHead.objects.get(pk=1),
        now=now(),
        data={"rows": len(keys), "model": model._meta.label},
        evidence=QuerySet(model).filter(pk__in=keys).order_by("pk"),
    )
