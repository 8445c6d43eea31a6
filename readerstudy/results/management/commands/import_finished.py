"""`manage.py import_finished FILE --name …`: the readings of a finished study, analysed like those of own studies."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.results.finished.building import Header
from readerstudy.results.finished.opening import NamedFile
from readerstudy.results.finished.plan import Files, plan_finished
from readerstudy.results.finished.said import Said, said_of
from readerstudy.results.finished.services import About, apply_finished, upload_finished


class Command(BaseCommand):
    help = "Imports the readings of a finished study: long or wide CSV, iMRMC text, MClass, VIPER, ISIC, counts of votes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the readings")
        parser.add_argument("--name", required=True, help="of the study")
        parser.add_argument("--names", type=Path, help="of MClass: the sheet that names the images")
        parser.add_argument("--truth", type=Path, help="a table with one row a case and its truth")
        parser.add_argument(
            "--said", type=Path, help="a JSON file that answers what the files leave open"
        )
        for field in ("source", "licence", "citation"):
            parser.add_argument(f"--{field}", default="")
        parser.add_argument("--synthetic", action="store_true", help="mark the study as synthetic")
        parser.add_argument("--dry-run", action="store_true", help="report, and store nothing")
        parser.add_argument(
            "--coordinator", metavar="MAIL", help="who imports; the first admin by default"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        files, said = _files(options), _said(options["said"])
        about = About(
            options["name"], options["source"], options["licence"], options["citation"], options["synthetic"]
        )  # fmt: skip
        try:
            plan = plan_finished(files, said, Header(about.title))
            report = plan.report()
            if plan.table is not None and not options["dry_run"]:
                report["finished"] = _stored(about, files, said, _actor(options["coordinator"]))
        except DomainError as error:
            raise CommandError("\n".join(map(str, error.problems))) from error
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
        if plan.questions:
            raise CommandError(
                f"The files leave questions ({len(plan.questions)}); answer them with --said. Nothing was stored."
            )


def _stored(about: About, files: Files, said: Said, actor: User) -> str:
    finished = upload_finished(actor=actor, about=about, files=files, said=said, now=now())
    apply_finished(actor=actor, finished=finished, now=now())
    return finished.public_id


def _files(options: dict[str, Any]) -> Files:
    names, truth = (_file(options[one]) if options[one] else None for one in ("names", "truth"))
    return Files(_file(options["file"]), names, truth)


def _file(path: Path) -> NamedFile:
    try:
        return NamedFile(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _said(path: Path | None) -> Said:
    if path is None:
        return Said()
    try:
        given = json.loads(_file(path).content)
    except ValueError as error:
        raise CommandError(f"{path.name} is not a readable JSON file: {error}.") from error
    if not isinstance(given, dict):
        raise CommandError(f"{path.name} must hold an object.")
    try:
        return said_of(given)
    except DomainError as error:
        raise CommandError(error.message) from error


def _actor(email: str | None) -> User:
    staff = User.objects.filter(
        role__in=[SiteRole.ADMIN, SiteRole.COORDINATOR], is_active=True
    ).order_by("pk")
    found = (
        staff.filter(email__iexact=email).first()
        if email
        else staff.filter(role=SiteRole.ADMIN).first()
    )
    if found is None:
        raise CommandError(
            f"There is no coordinator or admin {email}."
            if email
            else "There is no admin yet; make one with: manage.py createsuperuser"
        )
    return found
