"""Migrations that the version of the site that is still running would not survive, or that lock people out.

    python -m tools.lint_migrations             what is wrong with migrations after the recorded ones; 1 if anything is
    python -m tools.lint_migrations --record    with a release: all that are there now are released and not looked at again

The operations are looked at and not their SQL, so that no PostgreSQL is needed and SQLite's way of changing tables, by making
them anew, does not matter. What has to be done all the same, once no running version needs it any more, says why in the
migration: `ALLOWED = {"drop-column": "Not read since 1.3."}`.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
import django
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field, ManyToManyField

RELEASED = Path(__file__).with_name("released_migrations.json")
OWN = ("readerstudy.", "inference")
# Tables that grow with every answer, event or score: what scans one of them under a lock is felt.
BIG = {
    "core.auditevent", "studies.position", "reading.reading", "reading.practiceanswer", "reading.message",
    "inference.score", "images.image", "images.case",
}  # fmt: skip
_CONCURRENT = "Concurrently", "WhileRunning"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one operation, by a name that `ALLOWED` can hold."""

    migration: str
    name: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.name}: {self.sentence}"


def faults_of(migration: Migration, state: ProjectState, allowed: Mapping[str, str]) -> Iterator[Fault]:  # fmt: skip
    """The faults of a migration that begins with this state of the models, but those that it says a reason for."""
    own = str(migration)
    before, created = state.clone(), set()
    for operation in migration.operations:
        after = before.clone()
        operation.state_forwards(migration.app_label, after)
        if isinstance(operation, ops.CreateModel):
            created.add(operation.name_lower)
        named = getattr(operation, "model_name_lower", "")
        if named not in created:
            for name, sentence in _faults(operation, migration, before, after):
                if not allowed.get(name, "").strip():
                    yield Fault(own, name, sentence)
        before = after
    yield from (
        Fault(own, *one) for one in _mixed(migration) if not allowed.get(one[0], "").strip()
    )


def _faults(operation: Any, migration: Migration, before: ProjectState, after: ProjectState) -> Iterator[tuple[str, str]]:  # fmt: skip
    check = next((own for kind, own in _CHECKS.items() if isinstance(operation, kind)), None)
    if check:
        yield from check(operation, migration, before, after)


def _big(operation: Any, migration: Migration) -> bool:
    return f"{migration.app_label}.{operation.model_name_lower}" in BIG


def _added_field(operation: Any, migration: Migration, *_states: ProjectState) -> Iterator[tuple[str, str]]:  # fmt: skip
    field, what = operation.field, f"{operation.model_name}.{operation.name}"
    if isinstance(field, ManyToManyField):
        return
    if not field.null and field.db_default is NOT_PROVIDED:
        yield "not-null", f"{what} has to be given, which the version that is still running does not do. Give it db_default, or allow NULL first."  # fmt: skip
    if (field.unique or field.db_index) and _big(operation, migration):
        yield "index", f"{what} builds an index on a big table while nobody can write. Add the field without it, and the index with AddIndexWhileRunning."  # fmt: skip


def _removed_field(operation: Any, *_rest: Any) -> Iterator[tuple[str, str]]:
    yield "drop-column", f"{operation.model_name}.{operation.name} is still read by the version that is running. Remove it in the release after."  # fmt: skip


def _removed_model(operation: Any, *_rest: Any) -> Iterator[tuple[str, str]]:
    yield "drop-table", f"{operation.name} is still read by the version that is running. Remove it in the release after."  # fmt: skip


def _renamed(operation: Any, *_rest: Any) -> Iterator[tuple[str, str]]:
    what = getattr(operation, "old_name", None) or operation.name
    yield "rename", f"The version that is still running knows {what} by its old name alone. Add the new one, copy, and remove the old one later."  # fmt: skip


def _altered(operation: Any, migration: Migration, before: ProjectState, after: ProjectState) -> Iterator[tuple[str, str]]:  # fmt: skip
    key = (migration.app_label, operation.model_name_lower)
    old, new = (state.apps.get_model(*key)._meta.get_field(operation.name) for state in (before, after))  # fmt: skip
    what = f"{operation.model_name}.{operation.name}"
    if old.null and not new.null:
        yield "not-null", f"{what} has to be given from now on, and the whole table is read under a lock to see that it is."  # fmt: skip
    if _type(old) != _type(new) and not _is_wider(old, new):
        yield "type", f"{what} becomes {_type(new)} from {_type(old)}: the table is written anew under a lock."  # fmt: skip
    if new.unique and not old.unique:
        yield "unique", f"{what} becomes unique: the index is built while nobody can write."
    if new.db_index and not old.db_index and not new.unique and _big(operation, migration):
        yield "index", f"{what} builds an index on a big table while nobody can write. Use AddIndexWhileRunning."  # fmt: skip


def _type(field: Field) -> str:
    return str(field.db_type(connection))


def _is_wider(old: Field, new: Field) -> bool:
    """A longer text of the same kind changes nothing that is stored."""
    lengths = old.max_length, new.max_length
    same = old.get_internal_type() == new.get_internal_type() == "CharField"
    return same and all(lengths) and lengths[0] <= lengths[1]


def _index(operation: Any, migration: Migration, *_states: ProjectState) -> Iterator[tuple[str, str]]:  # fmt: skip
    name = type(operation).__name__
    if name.endswith(_CONCURRENT):
        if migration.atomic:
            yield "atomic", f"{name} needs atomic = False in its migration."
    elif _big(operation, migration):
        yield "index", f"{name} on the big table {operation.model_name} keeps everybody from writing. Use {name}WhileRunning."  # fmt: skip


def _constraint(operation: Any, migration: Migration, *_states: ProjectState) -> Iterator[tuple[str, str]]:  # fmt: skip
    if _big(operation, migration):
        yield "constraint", f"{operation.constraint.name} reads the big table {operation.model_name} under a lock. Add it NOT VALID, and validate it in another migration."  # fmt: skip


def _sql(_operation: Any, *_rest: Any) -> Iterator[tuple[str, str]]:
    yield "sql", "What raw SQL locks cannot be told from here: say it in ALLOWED."


def _python(operation: Any, *_rest: Any) -> Iterator[tuple[str, str]]:
    if operation.reverse_code is None:
        yield "one-way", "RunPython has no way back: give it reverse_code, if only RunPython.noop."


def _mixed(migration: Migration) -> Iterator[tuple[str, str]]:
    moves = [one for one in migration.operations if isinstance(one, ops.RunPython)]
    if moves and len(moves) < len(migration.operations):
        yield "mixed", "Data are moved while the locks of the schema's change are held. Move them in a migration of their own."  # fmt: skip


_CHECKS: dict[Any, Any] = {
    ops.AddField: _added_field,
    ops.RemoveField: _removed_field,
    ops.DeleteModel: _removed_model,
    (ops.RenameField, ops.RenameModel, ops.AlterModelTable): _renamed,
    ops.AlterField: _altered,
    (ops.AddIndex, ops.RemoveIndex): _index,
    ops.AddConstraint: _constraint,
    ops.RunSQL: _sql,
    ops.RunPython: _python,
}


def own_migrations() -> dict[tuple[str, str], Migration]:
    """The migrations of this project."""
    loader = MigrationLoader(None)
    return {key: one for key, one in loader.disk_migrations.items() if one.__module__.startswith(OWN)}  # fmt: skip


def released() -> set[tuple[str, str]]:
    """The recorded migrations."""
    recorded = json.loads(RELEASED.read_text(encoding="utf-8"))
    return {(app, name) for app, names in recorded.items() for name in names}


def linted(migrations: Mapping[tuple[str, str], Migration], loader: MigrationLoader) -> list[Fault]:
    """The faults of these migrations, each looked at as it comes after those that it depends on."""
    found = []
    for key, migration in sorted(migrations.items()):
        state = loader.project_state(key, at_end=False)
        allowed = getattr(import_module(migration.__module__), "ALLOWED", {})
        found += faults_of(migration, state, allowed)
    return found


def record() -> None:
    """Writes all migrations that are there into the list of the released ones."""
    names: dict[str, list[str]] = {}
    for app, name in sorted(own_migrations()):
        names.setdefault(app, []).append(name)
    RELEASED.write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Prints what is wrong; how many faults there are is the exit status, 1 at most."""
    parser = argparse.ArgumentParser(prog="python -m tools.lint_migrations", description=__doc__)
    parser.add_argument("--record", action="store_true", help="all migrations are released now")
    if parser.parse_args(arguments).record:
        record()
        return 0
    known = released()
    fresh = {key: one for key, one in own_migrations().items() if key not in known}
    found = linted(fresh, MigrationLoader(None))
    for fault in found:
        print(fault)
    print(f"{len(fresh)} migrations since the last release, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    django.setup()
    sys.exit(main())
