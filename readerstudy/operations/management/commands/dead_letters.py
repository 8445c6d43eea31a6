"""`manage.py dead_letters`: work that was given up, to be sent again or dropped."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.operations.selectors import open_letters
from readerstudy.operations.services import drop_letter, requeue_letter


class Command(BaseCommand):
    help = "Lists work that was given up after its last try; sends it again, or drops it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--requeue", metavar="ID", action="append", default=[])
        parser.add_argument("--drop", metavar="ID", action="append", default=[])

    def handle(self, *_args: Any, requeue: list[str], drop: list[str], **_options: Any) -> None:
        try:
            for public_id in requeue:
                letter = requeue_letter(public_id=public_id, now=now())
                self.stdout.write(f"sent again  {letter.public_id}  {letter.task}")
            for public_id in drop:
                letter = drop_letter(public_id=public_id, now=now())
                self.stdout.write(f"dropped     {letter.public_id}  {letter.task}")
        except DomainError as error:
            raise CommandError(error.message) from error
        if not requeue and not drop:
            self._list()

    def _list(self) -> None:
        letters = list(open_letters())
        for one in letters:
            what = f"{one.task} {one.args or ''}{one.kwargs or ''}"
            self.stdout.write(
                f"{one.public_id}  {one.parked_at:%Y-%m-%d %H:%M}  {one.tries} tries  {what}\n    {one.reason}"
            )
        self.stdout.write(f"dead letters: {len(letters)}")
