"""`manage.py verify_backup FILE`: is the backup whole, without restoring it?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.backup.checking import Checked, check_backup, other_keys
from readerstudy.core.backup.sealing import identities_in
from readerstudy.core.errors import DomainError


def add_key_file(parser: ArgumentParser) -> None:
    """The option that says which secret key opens the backup."""
    parser.add_argument("--key-file", type=Path, help="the secret key, instead of BACKUP_KEY_FILE")


def identities_of(options: dict[str, Any]) -> list[Any]:
    """The secret keys of the option or the setting; none where neither says a file."""
    path = options["key_file"] or settings.BACKUP_KEY_FILE
    return identities_in(Path(path)) if path else []


def told(checked: Checked) -> str:
    """What a whole backup holds."""
    header = checked.header
    lines = [
        f"made     {header.made_at} by version {header.app_version} on {header.vendor}",
        f"tables   {len(header.facts.tables)}",
        f"files    {len(checked.files)}",
        f"trail    event {header.facts.audit_sequence}, {header.facts.audit_hash}",
    ]
    lines += [f"missing  {name}" for name in checked.missing]
    lines += [
        f"note     {name} at hand is another one than the backup's" for name in other_keys(header)
    ]
    return "\n".join(lines)


class Command(BaseCommand):
    help = (
        "Reads a backup from its first byte to its last and compares every part with its manifest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        add_key_file(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            checked = check_backup(options["file"], identities_of(options))
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{told(checked)}\nwhole: yes")
