"""`manage.py verify_study SLUG`: is the study still what was locked?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.canonical import canonical_json
from readerstudy.core.errors import DomainError
from readerstudy.studies.models import Study
from readerstudy.studies.selectors import lock_of
from readerstudy.studies.verifying import faults_of


class Command(BaseCommand):
    help = "Builds the lock manifest and every reading order again and compares them with what is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="of the study, as in its address")
        parser.add_argument("--no-files", action="store_true", help="do not hash the photographs")
        parser.add_argument(
            "--manifest", action="store_true", help="print the stored manifest, canonical JSON"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        study = Study.objects.filter(slug=options["slug"]).first()
        if study is None:
            raise CommandError(f"There is no study {options['slug']}.")
        try:
            faults = faults_of(study, with_files=not options["no_files"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self._print(study, print_manifest=options["manifest"])
        if faults:
            lines = "\n".join(f"  {fault}" for fault in faults)
            raise CommandError(f"{study.title} is not what was locked ({len(faults)}):\n{lines}")
        self.stdout.write("verified: yes")

    def _print(self, study: Study, *, print_manifest: bool) -> None:
        lock = lock_of(study)
        if lock is None:
            return
        if print_manifest:
            self.stdout.write(canonical_json(lock.manifest).decode())
        readers = study.enrolments.count()
        self.stdout.write(
            f"{study.title}\nlock hash  {lock.sha256}\nlocked     {lock.locked_at:%Y-%m-%d %H:%M} UTC\n"
            f"readers    {readers}, cases {study.study_cases.count()}"
        )
