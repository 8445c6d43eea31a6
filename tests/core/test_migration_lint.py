"""A migration that the running version would not survive is refused before it is merged."""

import pytest
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader

from readerstudy.core.migration_operations import AddIndexWhileRunning, RemoveIndexWhileRunning
from tools import lint_migrations
from tools.lint_migrations import faults_of, linted, own_migrations, released

BY_TIME = models.Index(fields=["received_at"], name="reading_by_time")


@pytest.fixture(scope="module")
def state():
    """The models as the newest migrations leave them."""
    return MigrationLoader(None).project_state()


def migration(*operations, app="reading", atomic=True):
    made = Migration("9999_next", app)
    made.operations, made.atomic = list(operations), atomic
    return made


def names(state, *operations, allowed=(), **options):
    return [one.name for one in faults_of(migration(*operations, **options), state, dict(allowed))]


def nothing(_apps, _editor):
    """A step of a data migration."""


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (ops.AddField("conduct", "colour", models.CharField(max_length=5, default="red")), "not-null"),
        (ops.AddField("reading", "seen_at", models.DateTimeField(null=True, db_index=True)), "index"),
        (ops.RemoveField("conduct", "minimum_width"), "drop-column"),
        (ops.DeleteModel("SignRules"), "drop-table"),
        (ops.RenameField("conduct", "minimum_width", "least_width"), "rename"),
        (ops.RenameModel("SignRules", "Rules"), "rename"),
        (ops.AlterModelTable("signrules", "rules"), "rename"),
        (ops.AlterField("reading", "confidence", models.PositiveSmallIntegerField()), "not-null"),
        (ops.AlterField("reading", "confidence", models.TextField(null=True)), "type"),
        (ops.AlterField("reading", "language", models.CharField(max_length=2)), "type"),
        (ops.AlterField("reading", "language", models.CharField(max_length=5, unique=True)), "unique"),
        (ops.AlterField("reading", "language", models.CharField(max_length=5, db_index=True)), "index"),
        (ops.AddIndex("reading", BY_TIME), "index"),
        (AddIndexWhileRunning("reading", BY_TIME), "atomic"),
        (ops.AddConstraint("reading", models.CheckConstraint(condition=models.Q(zooms__gte=0), name="z")), "constraint"),
        (ops.RunSQL("SELECT 1"), "sql"),
        (ops.RunPython(nothing), "one-way"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_what_the_running_version_would_not_survive_is_named(state, operation, name):
    assert names(state, operation) == [name]
    assert names(state, operation, allowed={name: "Not read since 1.3."}) == []
    assert names(state, operation, allowed={name: " ", "other": "A reason."}) == [name]


def test_moving_data_beside_a_change_of_the_schema_is_named(state):
    field = ops.AddField("conduct", "colour", models.CharField(max_length=5, null=True))
    move = ops.RunPython(nothing, ops.RunPython.noop)
    assert names(state, field, move) == ["mixed"]
    assert names(state, move) == names(state, field) == []


@pytest.mark.parametrize(
    "operation",
    [
        ops.AddField("reading", "seen_at", models.DateTimeField(null=True)),
        ops.AddField("reading", "tries", models.PositiveIntegerField(db_default=0)),
        ops.AlterField("reading", "language", models.CharField(max_length=9, help_text="Longer")),
        ops.AddIndex("signrules", models.Index(fields=["set_at"], name="rules_by_time")),
        ops.CreateModel("Note", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())]),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_nobody_notices_is_let_through(state, operation):
    assert names(state, operation) == []


def test_an_index_that_locks_nobody_out_needs_its_own_transactions(state):
    assert names(state, AddIndexWhileRunning("reading", BY_TIME), atomic=False) == []
    with_it = state.clone()
    ops.AddIndex("reading", BY_TIME).state_forwards("reading", with_it)
    remove = RemoveIndexWhileRunning("reading", BY_TIME.name)
    assert names(with_it, remove, atomic=False) == []
    assert names(with_it, ops.RemoveIndex("reading", BY_TIME.name)) == ["index"]


def test_a_table_that_the_migration_makes_itself_may_be_anything(state):
    fields = [("id", models.BigAutoField(primary_key=True))]
    made = ops.CreateModel("Note", fields)
    more = ops.AddField("note", "text", models.CharField(max_length=5, default="x"))
    assert names(state, made, more) == []


def test_the_migrations_since_the_last_release_have_no_faults():
    known = released()
    everything = own_migrations()
    assert known <= set(everything)
    fresh = {key: one for key, one in everything.items() if key not in known}
    assert linted(fresh, MigrationLoader(None)) == []


def test_the_command_fails_on_a_bad_migration_and_says_which(monkeypatch, capsys):
    bad = own_migrations()["reading", "0009_messages"]
    monkeypatch.setattr(bad, "operations", [ops.RemoveField("reading", "zooms")])
    monkeypatch.setattr(lint_migrations, "own_migrations", lambda: {("reading", "0009_messages"): bad})  # fmt: skip
    monkeypatch.setattr(lint_migrations, "released", set)
    assert lint_migrations.main([]) == 1
    told = capsys.readouterr().out
    assert "reading.0009_messages: drop-column: reading.zooms is still read" in told
    assert "1 migrations since the last release, 1 faults" in told
