"""What is known of one way to lay out a manifest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from readerstudy.core.csvio import Table
from readerstudy.core.errors import Problem


class Shaped(NamedTuple):
    """A table made from others, with what is wrong in them and what is strange."""

    table: Table
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()


@dataclass(frozen=True)
class Layout:
    """A layout: the columns by which it is recognised, and what its authors say its words mean.

    `columns` is field → column where the usual names mislead, "" for a field that no column holds; `classes` is
    diagnosis → malignant or benign, as the authors say; `asked` is diagnosis → guess, where conventions differ.
    `leaves_blanks`: diagnoses may be missing in the published file. `shape` makes one row of every photograph.
    """

    name: str
    signature: frozenset[str] = frozenset()
    columns: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    leaves_blanks: bool = False
    shape: Callable[[Table], Shaped] | None = None

    def fits(self, keys: frozenset[str]) -> bool:
        """Whether a manifest with these columns is laid out so."""
        return bool(self.signature) and self.signature <= keys


PLAIN = Layout("plain")
