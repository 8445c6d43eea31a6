"""What ties a row of evidence to the audit trail: a keyed hash of its content, which stands in an event.

The hash is keyed (`AUDIT_KEY`), so that it tells nobody what the row says, however few answers there are to try.
Fields that are empty or have their default are left out: a column that comes with a later version changes no hash.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models

from readerstudy.core.canonical import canonical_json
from readerstudy.core.keyed import keyed_hash

_EMPTY: tuple[Any, ...] = (None, "", "{}", "[]")


def row_hash(row: models.Model) -> str:
    """The keyed hash of all that the row says."""
    content = {
        field.attname: text
        for field in row._meta.concrete_fields
        if (text := _text(field, row)) not in _EMPTY and text != _default(field)
    }
    return keyed_hash([row._meta.label, content])


def bound_entries(rows: Iterable[models.Model]) -> list[list[Any]]:
    """[model, key, hash] of each row, as they stand in an audit event."""
    return [[row._meta.label, row.pk, row_hash(row)] for row in rows]


def _text(field: "models.Field[Any, Any]", row: models.Model) -> str | None:
    value = getattr(row, field.attname)
    if value is None:
        return None
    if isinstance(field, models.BinaryField):
        return bytes(value).hex()
    if isinstance(field, models.FloatField):
        return repr(float(value))
    if isinstance(field, models.JSONField):
        return canonical_json(value).decode()
    if isinstance(field, models.FileField):
        return str(value)
    cleaned = field.to_python(value)
    return cleaned.isoformat() if isinstance(field, models.DateTimeField) else str(cleaned)


def _default(field: "models.Field[Any, Any]") -> str | None:
    default = field.default
    return None if default is models.NOT_PROVIDED or callable(default) else str(default)
