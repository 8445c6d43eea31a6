"""`manage.py evidence_grants ROLE`: SQL for a database role that cannot change evidence, even without the triggers."""

import re
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.evidence import Guard, guards


class Command(BaseCommand):
    help = (
        "Prints SQL that lets a PostgreSQL role do what the web server and the workers do, and nothing to evidence but "
        "to read and to append it. Run it as the owner of the tables, again after every update."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="name of the role; it has to be there already")

    def handle(self, *_args: Any, **options: Any) -> None:
        role = options["role"]
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", role):
            raise CommandError(f"{role} is no name of a role: small letters, digits and _ alone.")
        for line in statements(role):
            self.stdout.write(f"{line};")


def statements(role: str) -> Iterator[str]:
    """The statements, in their order."""
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
    for guard in guards():
        yield f"REVOKE {_refused(guard)} ON {guard.table} FROM {role}"
    # Only the owner opens the gate by which evidence is erased, and migrates.
    for table in ("core_erasuregate", "django_migrations"):
        yield f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}"


def _refused(guard: Guard) -> str:
    """What the role loses. Where some rows or columns may change, the triggers alone say which."""
    update = [] if guard.fixed or guard.changeable_while else ["UPDATE"]
    delete = [] if guard.removable_while else ["DELETE"]
    return ", ".join([*update, *delete, "TRUNCATE"])
