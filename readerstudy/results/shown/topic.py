"""What a topic of the dashboard is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

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
        """Why sections of this topic could not be computed."""
        parts = (document.get("sections", {}).get(name, {}) for name in self.sections)
        return [part["reason"] for part in parts if "reason" in part]
