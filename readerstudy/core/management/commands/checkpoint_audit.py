"""`manage.py checkpoint_audit`: writes down outside the database where the audit trail stands."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from readerstudy.core.checkpoints import write_checkpoint
from readerstudy.core.clock import now


class Command(BaseCommand):
    help = "Appends a checkpoint of the audit trail to the file AUDIT_CHECKPOINTS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        written = write_checkpoint(now=now())
        what = "written to" if written else "nothing new since the last one in"
        self.stdout.write(f"checkpoint: {what} {settings.AUDIT_CHECKPOINTS}")
