"""`manage.py permission_matrix`: who may do what at which address, as Markdown, or with `--csv` as a table."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from readerstudy.core.csvio import write_table
from readerstudy.core.policies import Policy, Role, State, Thing, addresses, declared_policies

HEADER = ("address", "route", "method", "names", "study state", "served", "refused with a sentence")
_STATES = {
    State.ANY: "",
    State.LOCKED: "from the lock on",
    State.READING: "while it is read",
    State.CLOSED: "once closed",
    State.UNBLINDED: "once unblinded",
}


class Command(BaseCommand):
    """Writes what the policies declare; that the site keeps to it is what a test looks at."""

    help = "Who may do what at which address. For everybody else the thing is not there (404)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", action="store_true", help="A table in place of Markdown.")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        rows = list(matrix_rows())
        self.stdout.write(write_table(HEADER, rows) if options["csv"] else _markdown(rows))


def matrix_rows() -> Iterator[tuple[str, ...]]:
    """A row for every address and method, sorted by address."""
    routes = {one.name: f"/{one.route}" for one in addresses()}
    for policy in sorted(declared_policies(), key=lambda one: one.name):
        yield from _rows(policy, routes.get(policy.name, ""))


def _rows(policy: Policy, route: str) -> Iterator[tuple[str, ...]]:
    names = "" if policy.thing == Thing.NOTHING else policy.thing.value
    if policy.named_by:
        names = f"{names} (in the body)"
    for method, grant in policy.methods.items():
        yield (
            policy.name,
            route,
            method,
            names,
            _STATES[grant.state],
            _words(grant.roles),
            _words(grant.told),
        )


def _words(roles: frozenset[Role]) -> str:
    """In the order in which the roles are listed in the module."""
    return ", ".join(role.value for role in Role if role in roles)


def _markdown(rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(HEADER) + " |", "|" + "---|" * len(HEADER)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in row) + " |" for row in rows]  # fmt: skip
    return "\n".join(lines)
