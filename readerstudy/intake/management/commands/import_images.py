"""`manage.py import_images ARCHIVE.zip`: images and truth from a zip or tar archive or a folder, with a manifest."""

import json
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, InvalidInput
from readerstudy.intake.mapping import ManifestMapping, checked_mapping
from readerstudy.intake.plan import ImportPlan
from readerstudy.intake.report import report_json, report_text
from readerstudy.intake.services import apply_plan, plan_import, temporary_staging
from readerstudy.intake.uploads import name_without_ending


class Command(BaseCommand):
    help = "Imports images and their reference standard from a zip or tar archive, or a folder, with a manifest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path, help="the zip or tar archive, or the folder")
        parser.add_argument("--manifest", type=Path, help="a CSV file beside the archive")
        parser.add_argument(
            "--map", type=Path, help="a JSON file that says what columns and diagnoses mean"
        )
        parser.add_argument("--name", help="of the image set; the archive's name by default")
        parser.add_argument(
            "--synthetic", action="store_true", help="mark the image set as synthetic"
        )
        parser.add_argument("--dry-run", action="store_true", help="report, and store nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument(
            "--admin", metavar="MAIL", help="who imports; the first admin by default"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        # What is checked alone need not be encoded.
        keep = nullcontext() if options["dry_run"] else temporary_staging()
        with keep as staging:
            plan = self._plan(options, staging)
            report = plan.report()
            if plan.can_be_applied and not options["dry_run"]:
                report["image_set"] = self._apply(plan, _name(options), options)
        self.stdout.write(report_json(report) if options["json"] else _text(report))
        if plan.problems:
            raise CommandError(
                f"The import has problems ({len(plan.problems)}); nothing was stored."
            )
        if plan.questions:
            count = len(plan.questions)
            raise CommandError(f"The manifest leaves questions ({count}); answer them with --map.")

    def _plan(self, options: dict[str, Any], staging: Path | None) -> ImportPlan:
        manifest: Path | None = options["manifest"]
        mapping = _mapping(options["map"])
        try:
            return plan_import(
                archive_path=options["archive"],
                staging=staging,
                manifest=manifest.read_bytes() if manifest else None,
                manifest_name=manifest.name if manifest else "",
                name=_name(options),
                mapping=mapping,
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error

    def _apply(self, plan: ImportPlan, name: str, options: dict[str, Any]) -> str:
        try:
            image_set = apply_plan(
                actor=_admin(options["admin"]),
                plan=plan,
                name=name,
                is_synthetic=options["synthetic"],
                now=now(),
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        return image_set.public_id


def _name(options: dict[str, Any]) -> str:
    """The image set's: as given, or the archive's."""
    return str(options["name"] or name_without_ending(options["archive"].name))


def _mapping(path: Path | None) -> ManifestMapping:
    """What the file says. Raises CommandError for one that cannot be read or says nothing that is understood."""
    if path is None:
        return ManifestMapping()
    try:
        return checked_mapping(json.loads(path.read_bytes()), name=path.name)
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
    except InvalidInput as error:
        raise CommandError(error.message) from error
    except ValueError as error:
        raise CommandError(f"{path.name} is not a readable JSON file: {error}.") from error


def _text(report: dict[str, Any]) -> str:
    text = report_text(report)
    return f"{text}\nStored as image set {report['image_set']}." if "image_set" in report else text


def _admin(email: str | None) -> User:
    admins = User.objects.filter(role=SiteRole.ADMIN, is_active=True).order_by("pk")
    admin = admins.filter(email__iexact=email).first() if email else admins.first()
    if admin is None:
        wanted = f"There is no admin {email}" if email else "There is no admin yet"
        raise CommandError(f"{wanted}; make one with: manage.py createsuperuser")
    return admin
