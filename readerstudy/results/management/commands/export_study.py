"""`manage.py export_study SLUG BUNDLE.zip --as EMAIL`: the bundle of a study as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.results.bundle.exporting import export_bundle
from readerstudy.studies.models import Study

_REASON = "Exported at the command line."


class Command(BaseCommand):
    help = "Writes the bundle of an unblinded study, from which its numbers can be computed again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="of the study, as in its address")
        parser.add_argument("path", type=Path, help="where to write the zip")
        parser.add_argument(
            "--as", dest="email", required=True, help="mail address of a coordinator of the study"
        )
        parser.add_argument("--reason", default=_REASON, help="written into the audit trail")

    def handle(self, *_args: Any, **options: Any) -> None:
        study = Study.objects.filter(slug=options["slug"]).first()
        actor = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if study is None or actor is None:
            missing = "study" if study is None else "account"
            name = options["slug"] if study is None else options["email"]
            raise CommandError(f"There is no {missing} {name}.")
        try:
            bundle = export_bundle(actor=actor, study=study, reason=options["reason"], now=now())
            options["path"].write_bytes(bundle.data)
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{options['path']} cannot be written: {error.strerror}.") from error
        self.stdout.write(
            f"{options['path']}\nfingerprint  {bundle.fingerprint}\nbytes        {len(bundle.data)}"
        )
