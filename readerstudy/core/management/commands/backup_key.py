"""`manage.py backup_key FILE`: a pair of keys for backups, as `age-keygen` makes it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.backup.sealing import write_new_key
from readerstudy.core.errors import DomainError


class Command(BaseCommand):
    help = "Writes a new secret key for backups to FILE and prints the public one. Keep FILE away from the server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            public = write_new_key(options["file"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"BACKUP_RECIPIENT={public}")
