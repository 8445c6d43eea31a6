"""`manage.py verify_bundle BUNDLE.zip`: the same as `python -m readerstudy.verify`, and whether it was made here."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.results.bundle.checking import check_bundle
from readerstudy.results.bundle.exporting import exports_of
from readerstudy.results.bundle.shown_files import shown_files


class Command(BaseCommand):
    help = "Computes every number of a bundle again from its own files and names whatever differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="of the zip")

    def handle(self, *_args: Any, path: Path, **_options: Any) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        report = check_bundle(data, shown=shown_files)
        *lines, verdict = report.lines()
        self.stdout.write("\n".join([*lines, f"made here: {_made_here(report.fingerprint)}"]))
        if not report.reproduced:
            raise CommandError(verdict)
        self.stdout.write(verdict)


def _made_here(fingerprint: str) -> str:
    """What the audit trail knows of the fingerprint; it is that of a whole bundle only where nothing differs."""
    events = exports_of(fingerprint)
    return f"yes, {events[0].at:%Y-%m-%d %H:%M} UTC" if events else "no"
