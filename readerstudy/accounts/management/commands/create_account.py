"""Makes the account of an admin, a coordinator or a reader at the command line."""

import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.services import create_user
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError

PASSWORD_VARIABLE = "NEW_ACCOUNT_PASSWORD"  # nosec B105  # noqa: S105 (the name of a variable)


class Command(BaseCommand):
    help = (
        "Makes an account. The password is asked for, or read from the environment variable "
        f"{PASSWORD_VARIABLE}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", choices=SiteRole.values, required=True)
        parser.add_argument("--language", default="en")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            user = create_user(
                actor=None,
                email=options["email"],
                name=options["name"],
                role=options["role"],
                language=options["language"],
                password=os.environ.get(PASSWORD_VARIABLE) or getpass("Password: "),
                now=now(),
            )
        except DomainError as error:
            raise CommandError(" ".join(str(problem) for problem in error.problems)) from error
        self.stdout.write(f"{user.email} can sign in as {user.role}.")
