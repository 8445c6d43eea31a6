"""`manage.py erase_due_names`: what `celery beat` does once a day, where there is none."""

from typing import Any

from django.core.management.base import BaseCommand

from readerstudy.core.clock import now
from readerstudy.privacy.names import erase_due_names, remind_coordinators


class Command(BaseCommand):
    help = "Reminds coordinators of retention dates, and erases names in studies whose date has passed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        reminded = remind_coordinators(now=now())
        self.stdout.write(f"reminded of {reminded} studies")
        for study in erase_due_names(now=now()):
            self.stdout.write(f"names erased: {study.slug}")
