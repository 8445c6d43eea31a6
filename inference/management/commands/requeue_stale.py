"""`manage.py requeue_stale`: take up model runs whose worker was lost."""

from typing import Any

from django.core.management import BaseCommand

from inference.recovery import requeue_stale_runs
from readerstudy.core.clock import now


class Command(BaseCommand):
    help = "Sends model runs to the queue again whose worker or message was lost."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = requeue_stale_runs(now=now())
        self.stdout.write(f"{count} {'run' if count == 1 else 'runs'} sent again.")
