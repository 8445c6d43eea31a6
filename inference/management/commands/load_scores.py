"""`manage.py load_scores STUDY scores.csv --name CNN --as-version 2 --user MAIL`: scores from elsewhere as runs of a study."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.external import LoadedScores
from inference.selectors import runnable_study_for
from inference.services import load_scores
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError


class Command(BaseCommand):
    help = "Loads a CSV file with one row per case and one column of probabilities per run of a CNN from elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="the study's short name, as in its address")
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--name", required=True, help="of the CNN")
        parser.add_argument("--as-version", required=True, help="of the CNN")
        parser.add_argument("--user", required=True, metavar="MAIL", help="who loads them")
        parser.add_argument("--case-column", default="", help="that names the case or the image")
        parser.add_argument(
            "--column", action="append", default=[], help="of scores; all with numbers by default"
        )

        parser.add_argument(
            "--positive",
            action="append",
            default=[],
            help="column of a class that counts as positive; all of these are summed into the score of one run",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        loaded = _loaded(options)
        for name in loaded.left_out:
            self.stderr.write(f"Left out, for it holds no numbers: {name}.")
        if not loaded.runs:
            self.stdout.write(f"{loaded.model.name} is part of the plan now.")
        for run in loaded.runs:
            self.stdout.write(f"{run.artefact}: {run.done} scores.")


def _loaded(options: dict[str, Any]) -> LoadedScores:
    """Raises CommandError with a line for every problem."""
    path: Path = options["file"]
    try:
        user = User.objects.filter(email__iexact=options["user"], is_active=True).get()
        return load_scores(
            actor=user,
            study=runnable_study_for(user, options["study"]),
            content=path.read_bytes(),
            file_name=path.name,
            name=options["name"],
            version=options["as_version"],
            naming_column=options["case_column"],
            columns=options["column"],
            positive=options["positive"],
            now=now(),
        )
    except User.DoesNotExist as error:
        raise CommandError(f"There is no account {options['user']}.") from error
    except DomainError as error:
        lines = dict.fromkeys([error.message, *map(str, error.problems)])
        raise CommandError("\n".join(lines)) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
