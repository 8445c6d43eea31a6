"""`manage.py verify_audit`: is the audit trail still what was written?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.audit import first_fault
from readerstudy.core.checkpoints import checkpoint_count, checkpoint_faults
from readerstudy.core.models import AuditHead


class Command(BaseCommand):
    help = "Follows the chain of audit events from the first to the last, and through every checkpoint."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--need-checkpoints",
            action="store_true",
            help="fail where there is no checkpoint at all",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        fault = first_fault()
        faults = ([fault.sentence] if fault else []) + list(checkpoint_faults())
        if options["need_checkpoints"] and not checkpoint_count():
            faults.append("There is no checkpoint.")
        if faults:
            lines = "\n".join(f"  {one}" for one in faults)
            raise CommandError(f"The audit trail is not what was written:\n{lines}")
        head = AuditHead.objects.filter(pk=1).first() or AuditHead()
        self.stdout.write(
            f"events       {head.sequence}\nhead         {head.hash}\n"
            f"checkpoints  {checkpoint_count()}\nverified: yes"
        )
