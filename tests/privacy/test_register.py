"""No field in which a person could stand is forgotten: every model is walked, and docs/privacy.md says the same."""

from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from readerstudy.privacy.activities import ACTIVITIES
from readerstudy.privacy.register import REGISTER
from readerstudy.privacy.register_types import Kind, Rows
from tools.privacy_record import with_tables

TELLING = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.GenericIPAddressField,
)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
# Apps that may be switched on later; their tables are classified already.
OPTIONAL = {"account", "mfa", "socialaccount", "usersessions"}
OPTIONAL_TABLES = {"accounts.ApiToken"}


def installed():
    return {model._meta.label: model for model in apps.get_models()}


def is_left_to_nobody(field):
    """Opaque ids and hashes tell nothing of anybody."""
    return field.name == "public_id" or field.name.endswith("sha256")


@pytest.mark.parametrize("label", sorted(installed()))
def test_every_field_that_could_tell_of_a_person_is_classified(label):
    assert label in REGISTER, f"{label} is in no line of readerstudy/privacy/register.py"
    kinds = REGISTER[label].kinds()
    fields = installed()[label]._meta.concrete_fields
    telling = {
        one.name for one in fields if isinstance(one, TELLING) and not is_left_to_nobody(one)
    }
    assert telling - kinds.keys() == set(), f"{label}: not classified"


def test_the_register_names_no_field_or_way_that_is_not_there():
    for label, table in REGISTER.items():
        model = installed().get(label)
        if model is None:
            assert label.split(".")[0] in OPTIONAL or label in OPTIONAL_TABLES
            continue
        for name in table.kinds():
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist:
                pytest.fail(f"{label} has no field {name}.")
        if table.person:
            str(model._default_manager.filter(**{table.person: 1}).query)


def test_what_is_personal_is_emptied_or_deleted():
    for label, table in REGISTER.items():
        if Kind.PERSONAL in table.kinds().values():
            assert table.rows in {Rows.CHANGE, Rows.DELETE}, label
            assert table.person or label == "sessions.Session", label


def test_rows_that_lead_to_a_person_say_how():
    """A model with a reference to an account or an enrolment, other than who made it, has a way to the person."""
    by = {"created_by", "set_by", "opened_by", "locked_by", "sent_by", "invited_by", "updated_by"}
    for label, model in installed().items():
        for field in model._meta.concrete_fields if label in REGISTER else ():
            target = field.related_model and field.related_model._meta.label
            if target in {"accounts.User", "studies.Enrolment"} and field.name not in by:
                known = REGISTER[label].person or REGISTER[label].activity in {
                    "study",
                    "audit",
                    "patients",
                }
                assert known, f"{label}.{field.name} leads to a person"


def test_the_document_is_the_register():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_tables(text) == text, "python -m tools.privacy_record"
    for activity in ACTIVITIES.values():
        for words in (
            activity.about,
            activity.purpose,
            activity.basis,
            activity.kept,
            activity.seen_by,
        ):
            assert words in text, words
    for label, table in REGISTER.items():
        names = [name for name, kind in table.kinds().items() if kind == Kind.PERSONAL]
        if names:
            line = next(line for line in text.splitlines() if line.startswith(f"| `{label}`"))
            assert all(f"`{name}`" in line for name in names), label
            assert table.rows.value in line, label
