"""Lets somebody in again who has lost their second factor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.accounts.second_factor import reset_second_factor
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError


class Command(BaseCommand):
    help = "Removes every second factor of a person, ends their sessions and revokes their tokens. Make sure first that it is them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="Written into the audit trail")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            user = reset_second_factor(
                actor=None, email=options["email"], reason=options["reason"], now=now()
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"{user.email} signs in with the password alone until a new factor is set up."
        )
