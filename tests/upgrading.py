"""A database as the first migrations made it, with a row in every table, brought up to date."""

import hashlib
import uuid
from datetime import UTC, datetime
from importlib import import_module

from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

OWN = ("readerstudy.", "inference")
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
# What the rules of the tables ask for; everything else is the first that its kind of column takes.
RULES = {
    "reading.reading": {"decision": "biopsy / further treatment", "confidence": 3},
    "accounts.invitation": {"expires_at": datetime(2026, 2, 15, tzinfo=UTC)},
    "core.auditevent": {"previous_hash": "0" * 64},
}  # fmt: skip
_BY_KIND = (
    (models.EmailField, "rhea@example.org"),
    (models.BooleanField, True),
    (models.DateTimeField, NOW),
    (models.JSONField, {}),
    (models.UUIDField, uuid.UUID(int=1)),
    (models.BinaryField, b"x"),
    (models.FloatField, 0.5),
    (models.IntegerField, 1),
    (models.Field, "x"),
)


def upgraded():
    """Table → the columns that are not as they were, once every migration has run; and how many tables had a row."""
    own = _own()
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    others = [node for node in graph.leaf_nodes() if node[0] not in own]
    # Apps that came later stand on later migrations of the others: they are no part of the first version.
    first = [
        node for node in graph.root_nodes() if node[0] in own and _is_of_the_first(graph, node)
    ]
    executor.migrate([*others, *first])
    rows = _one_of_each(executor.loader.project_state(first).apps, own)
    before = {row._meta.db_table: _stored(row) for row in rows}
    call_command("migrate", verbosity=0)
    after = {table: _row(table, list(columns)) for table, columns in before.items()}
    changed = {
        table: [name for name, value in columns.items() if after[table].get(name, value) != value]
        for table, columns in before.items()
    }
    return {"tables": len(before), "changed": {table: names for table, names in changed.items() if names}}  # fmt: skip


def _is_of_the_first(graph, node):
    needed = graph.forwards_plan(node)
    return all(name == "0001_initial" for app, name in needed if app in _own())


def _own():
    return {config.label for config in _apps() if config.name.startswith(OWN)}


def _apps():
    from django.apps import apps

    return apps.get_app_configs()


def _one_of_each(apps, own):
    """A row of every model, those first that others point at."""
    waiting = [model for model in apps.get_models() if model._meta.app_label in own]
    made = {}
    while waiting:
        ready = [model for model in waiting if _needed(model) <= set(made)]
        assert ready, waiting
        for model in ready:
            made[model._meta.label_lower] = _made(model, made)
        waiting = [model for model in waiting if model not in ready]
    return list(made.values())


def _needed(model):
    """The models that a row of this one cannot be without."""
    if model._meta.label_lower == "core.audithead":
        return {"core.auditevent"}  # which it tells of
    keys = [field for field in model._meta.concrete_fields if field.is_relation and not field.null]
    return {field.related_model._meta.label_lower for field in keys}


def _made(model, made):
    values = {field.name: _value(field, made) for field in model._meta.concrete_fields if not field.primary_key}  # fmt: skip
    row = model(**{**values, **RULES.get(model._meta.label_lower, {})})
    if model._meta.label_lower == "core.auditevent":
        migration = import_module("readerstudy.core.migrations.0002_keyed_chain")
        row.hash = hashlib.sha256(migration.content(row)).hexdigest()
    if model._meta.label_lower == "core.audithead":
        row.sequence, row.hash = 1, made["core.auditevent"].hash
    row.save()
    return row


def _value(field, made):
    if field.is_relation:
        return None if field.null else made[field.related_model._meta.label_lower]
    if field.has_default():
        return field.get_default()
    if field.choices:
        return field.choices[0][0]
    return next(value for kind, value in _BY_KIND if isinstance(field, kind))


def _stored(row):
    return _row(row._meta.db_table, [field.column for field in row._meta.concrete_fields])


def _row(table, columns):
    """The one row of the table, of these columns those that are there, as texts."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 (a table of ours)
        (values,) = cursor.fetchall()
        there = dict(zip([one[0] for one in cursor.description], map(str, values), strict=True))
    return {name: there[name] for name in columns if name in there}
