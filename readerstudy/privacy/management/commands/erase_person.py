"""`manage.py erase_person MAIL --name NAME --reason REASON`: leaves of a person the number of their account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.privacy.choices import ErasureReason
from readerstudy.privacy.erasing import erase_person
from readerstudy.privacy.management.commands.export_person import person_with


class Command(BaseCommand):
    help = "Erases a person; answers in closed studies stay under the code. It cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="the name of the account once more")
        parser.add_argument("--reason", required=True, choices=ErasureReason.values)

    def handle(self, *_args: Any, **options: Any) -> None:
        user, reason = person_with(options["email"]), options["reason"]
        try:
            counts = erase_person(
                actor=None, user=user, typed=options["name"], reason=reason, now=now()
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        lines = [f"{label:<28} {count}" for label, count in sorted(counts.items())]
        self.stdout.write("\n".join([*lines, f"erased: account {user.public_id}"]))
