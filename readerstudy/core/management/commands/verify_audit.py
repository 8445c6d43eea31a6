"""`manage.py verify_audit`: is the audit trail still what was written?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.verifying import verify_trail


class Command(BaseCommand):
    help = (
        "Follows the chain of audit events from the first to the last and through every checkpoint, and compares the "
        "rows of evidence and the locked studies with what it says of them. Ends with a status other than 0 otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--need-checkpoints",
            action="store_true",
            help="fail where there is no checkpoint at all",
        )
        parser.add_argument(
            "--no-studies", action="store_true", help="do not verify the locked studies"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        found = verify_trail(further=not options["no_studies"])
        faults = list(found.faults)
        if options["need_checkpoints"] and not found.checkpoints:
            faults.append("There is no checkpoint.")
        if faults:
            lines = "\n".join(f"  {one}" for one in faults)
            raise CommandError(f"The audit trail is not what was written:\n{lines}")
        self.stdout.write(
            f"events       {found.events}\nhead         {found.head}\nrows         {found.rows}\n"
            f"checkpoints  {found.checkpoints}\nverified: yes"
        )
