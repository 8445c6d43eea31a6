"""`manage.py lost_files`: which stored files are lost, and the word of somebody that they will not come back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.backup.losses import acknowledge_losses, acknowledged_losses, lost_files
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError

_LAST_WORD = (
    "From the next backup on older ones are removed again, and with them the last copies: set one that still holds the "
    "files aside, if there is any."
)


class Command(BaseCommand):
    help = (
        "Lists the files that the database names and the storage has lost; ends with 1 while the loss of any is not "
        "acknowledged. Until then backups remove no older ones."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--acknowledge", nargs="+", metavar="NAME", help="these files are lost for good"
        )
        parser.add_argument("--reason", default="", help="why they cannot be brought back")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["acknowledge"]:
                self._acknowledge(options["acknowledge"], options["reason"])
            else:
                self._list()
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error

    def _acknowledge(self, names: list[str], reason: str) -> None:
        new = acknowledge_losses(names=names, reason=reason, now=now())
        self.stdout.write(f"{len(new)} losses are acknowledged. {_LAST_WORD}")

    def _list(self) -> None:
        known, lost = acknowledged_losses(), lost_files()
        for name in lost:
            self.stdout.write(f"lost  {name}{'  acknowledged' if name in known else ''}")
        if new := [name for name in lost if name not in known]:
            raise CommandError(
                f"{len(new)} files are lost: bring them back out of a backup, or acknowledge their loss."
            )
        self.stdout.write("No file is lost whose loss is not acknowledged.")
