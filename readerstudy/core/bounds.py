"""The one study that somebody is held to who asks with a token of that study alone."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def bound_study(user: Any) -> str:
    """The public id of that study; empty for everybody who is not held to one."""
    return str(getattr(user, "only_study", ""))


def within_bounds(user: Any, rows: QuerySet[Row], study: str) -> QuerySet[Row]:
    """The rows without those of other studies. `study` is the path from a row to the public id of its study."""
    only = bound_study(user)
    return rows.filter(**{study: only}) if only else rows
