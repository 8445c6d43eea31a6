"""`manage.py export_person MAIL OUT`: everything that is stored of one person."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.privacy.exporting import export_person


def person_with(email: str) -> User:
    """The account of this mail address. Raises CommandError where there is none."""
    found = User.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise CommandError("There is no account with this mail address.")
    return found


class Command(BaseCommand):
    help = "Writes a zip archive with everything that is stored of one person, as JSON and as a page to read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("out", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        content = export_person(actor=None, user=person_with(options["email"]), now=now())
        try:
            with options["out"].open("xb") as file:
                file.write(content)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{options['out']}: {len(content):,} bytes")
