"""What is written down of every table in which anything about a person could stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What the content of a field tells of a person."""

    PERSONAL = "personal"
    PSEUDONYMOUS = "pseudonymous"
    NOT_PERSONAL = "not personal"


class Rows(StrEnum):
    """What becomes of the rows of a person whose account is erased."""

    STAY = "stay"
    CHANGE = "personal fields are emptied"
    DELETE = "are deleted"


@dataclass(frozen=True)
class Activity:
    """One line of the record of processing activities (GDPR, Art. 30)."""

    about: str
    purpose: str
    basis: str
    kept: str
    seen_by: str


@dataclass(frozen=True)
class Table:
    """One model: its activity, how its rows lead to a person, and what each of its fields tells.

    `personal` gives each such field what it becomes at the erasure; `pseudonymous` and `none` are names of fields.
    """

    activity: str
    person: str = ""
    rows: Rows = Rows.STAY
    personal: Mapping[str, Any] = field(default_factory=dict)
    pseudonymous: str = ""
    none: str = ""

    def kinds(self) -> dict[str, Kind]:
        """Field → what it tells."""
        return {
            **dict.fromkeys(self.none.split(), Kind.NOT_PERSONAL),
            **dict.fromkeys(self.pseudonymous.split(), Kind.PSEUDONYMOUS),
            **dict.fromkeys(self.personal, Kind.PERSONAL),
        }
