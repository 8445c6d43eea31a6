"""`manage.py backup OUT`: database, stored files and checkpoints of this moment in one encrypted file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from readerstudy.core.backup.losses import acknowledged_losses, record_made, take_back
from readerstudy.core.backup.making import Made, make_backup
from readerstudy.core.backup.retention import name_at, remove_all_but, remove_broken_off
from readerstudy.core.backup.sealing import recipients_of
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError

_NO_KEY = (
    "There is no public key to encrypt the backup for: set BACKUP_RECIPIENT (manage.py backup_key makes a pair), "
    "or say --unencrypted."
)


class Command(BaseCommand):
    help = "Writes the database, the stored files and the checkpoints of this moment to one encrypted file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, help="the file to write, or with --keep the folder")
        parser.add_argument(
            "--keep", type=int, help="write into the folder and keep the newest KEEP backups there"
        )
        parser.add_argument(
            "--recipient", action="append", help="a public key, instead of BACKUP_RECIPIENT"
        )
        parser.add_argument(
            "--unencrypted", action="store_true", help="write it readable for everybody"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        out, keep = options["out"], options["keep"]
        if keep is not None and keep < 1:
            raise CommandError("--keep is 1 or more.")
        try:
            made = self._made(out, keep, options)
        except (DomainError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        self.stdout.write(_summary(made))
        # Before anything older goes: a backup without its photographs must not push out one that has them.
        if new := self._new_losses(made):
            raise CommandError(_incomplete(new))
        if keep is not None:
            self._tidy(out, keep, made)

    def _new_losses(self, made: Made) -> list[str]:
        """The files that the backup lacks and nobody has answered for; also notes in the trail that it was made."""
        try:
            known = acknowledged_losses()
            new = [name for name in made.missing if name not in known]
            record_made(made, complete=not new, now=now())
            back = take_back(missing=made.missing, now=now())
        except DatabaseError as error:
            raise CommandError(_untold(error)) from error
        for name in back:
            self.stdout.write(f"back     {name}")
        if made.missing and not new:
            self.stdout.write(f"lost     {len(made.missing)} files, all of them acknowledged")
        return new

    def _tidy(self, folder: Path, keep: int, made: Made) -> None:
        older = remove_all_but(folder, keep=keep, fresh=made.path)
        for path in [*older, *remove_broken_off(folder, now=now())]:
            self.stdout.write(f"removed  {path.name}")

    def _made(self, out: Path, keep: int | None, options: dict[str, Any]) -> Made:
        texts = [] if options["unencrypted"] else options["recipient"] or settings.BACKUP_RECIPIENTS
        recipients, moment = recipients_of(texts), now()
        if not recipients and not options["unencrypted"]:
            raise CommandError(_NO_KEY)
        if keep is not None:
            out.mkdir(parents=True, exist_ok=True)
            out = out / name_at(moment, is_sealed=bool(recipients))
        return make_backup(path=out, recipients=recipients, now=moment)


def _incomplete(missing: list[str]) -> str:
    return (
        f"The backup is written, but {len(missing)} files that the database names are not in the "
        f"storage; no older backup was removed. The first one: {missing[0]} (all of them: manage.py lost_files)"
    )


def _untold(error: DatabaseError) -> str:
    return f"The backup is written, but the audit trail could not be told; no older backup was removed. {error}"


def _summary(made: Made) -> str:
    facts = made.facts
    assert facts is not None  # nosec B101  # noqa: S101 (set with the first part)
    rows = sum(content.rows for content in facts.tables.values())
    return (
        f"backup   {made.path} ({made.bytes / 1e6:,.1f} MB)\n"
        f"tables   {len(facts.tables)} with {rows:,} rows\n"
        f"files    {made.files:,}\n"
        f"trail    event {facts.audit_sequence}, {facts.audit_hash}"
    )
