"""What a topic of the dashboard is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from readerstudy.core.sentences import translated
from readerstudy.results.figure import Document, Figure
from readerstudy.results.table_model import ResultTable


@dataclass(frozen=True)
class Topic:
    """One page of the dashboard. `sections` are the parts of the document that it shows."""

    name: str
    title: str | Promise
    sections: tuple[str, ...]
    tables: Callable[[Document], Sequence[ResultTable]]
    figures: Callable[[Document], Sequence[Figure]]
    is_optional: bool = False
    """Whether it is passed over where none of its sections could be computed."""

    def reasons(self, document: Document) -> list[str]:
        """Why sections of this topic, or parts of them, could not be computed, in the active language; each sentence once."""
        parts = (document.get("sections", {}).get(name, {}) for name in self.sections)
        return list(dict.fromkeys(reason for part in parts for reason in _missing(part)))


# What stands beside the reason of a part that has nothing else.
_NAMES = {"reason", "model", "scale", "scores"}


def is_missing(part: Any) -> bool:
    """Whether a part of the document has nothing but its name and the reason why it is not there."""
    return isinstance(part, dict) and "reason" in part and part.keys() <= _NAMES


def _missing(part: Any) -> Iterator[str]:
    """The reasons of parts that have nothing but a reason and a name, at any depth."""
    if isinstance(part, list):
        # Columns of numbers hold no parts.
        yield from (reason for one in part if isinstance(one, dict) for reason in _missing(one))
    elif is_missing(part):
        model = f"{part['model']}: " if "model" in part else ""
        yield f"{model}{translated(part['reason'])}"
    elif isinstance(part, dict):
        yield from (reason for _name, one in sorted(part.items()) for reason in _missing(one))
