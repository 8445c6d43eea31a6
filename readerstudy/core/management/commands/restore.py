"""`manage.py restore FILE --verify`: a backup into an empty instance, and whether the two are equal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.backup.checking import Checked
from readerstudy.core.backup.comparing import compare_with
from readerstudy.core.backup.restoring import migrations_to_come, restore_backup
from readerstudy.core.errors import DomainError
from readerstudy.core.management.commands.verify_backup import add_key_file, identities_of, told


class Command(BaseCommand):
    help = "Restores a backup into an empty instance; nothing is changed where anything is wrong with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--verify", action="store_true", help="compare the restored instance with the backup"
        )
        add_key_file(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            checked = restore_backup(
                path=options["file"], identities=identities_of(options), say=self.stdout.write
            )
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(told(checked))
        differences = self._compare(checked) if options["verify"] else []
        if to_come := migrations_to_come(checked.header):
            self.stdout.write(
                f"The backup is of an older version: run manage.py migrate ({len(to_come)} migrations)."
            )
        if differences:
            raise CommandError(
                f"The restored instance is not equal to the backup. {differences[0]}"
            )
        if options["verify"]:
            self.stdout.write("verified: equal")

    def _compare(self, checked: Checked) -> list[str]:
        differences = []
        for finding in compare_with(checked):
            verdict = finding.difference or "equal"
            self.stdout.write(f"{finding.what:<12} {finding.said}: {verdict}")
            differences += [finding.difference] if finding.difference else []
        return differences
