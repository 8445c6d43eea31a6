"""`manage.py worker_lives`: the health check of a worker's container."""

import platform
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.operations.workers import lives


class Command(BaseCommand):
    help = "Ends with an error where the worker of this machine was not heard of within 90 seconds."
    # A check twice a minute should not look through all models.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", default=f"celery@{platform.node()}")

    def handle(self, *_args: Any, name: str, **_options: Any) -> None:
        if not lives(name):
            raise CommandError(f"{name} was not heard of lately.")
        self.stdout.write(f"{name} lives")
