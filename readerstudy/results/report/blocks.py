"""What a report is made of, whatever it is written as: chapters of paragraphs, lists, facts, tables and pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.table_model import ResultTable

# Characters that stand beside each other on an upright page, and where a cell of words wraps.
_MOST_CHARACTERS, _WRAPS_AT, _FEW_COLUMNS = 105, 26, 5


@dataclass(frozen=True)
class Paragraph:
    """Some sentences. `is_english` marks titles of publications, which are English in every language."""

    text: str
    is_english: bool = False
    is_primary: bool = False
    is_given: bool = False
    """Written by people of the study, word for word: the wording guard leaves it alone."""


@dataclass(frozen=True)
class Heading:
    """A heading inside a chapter."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]
    is_english: bool = False


@dataclass(frozen=True)
class FactRows:
    """Names and their values; `is_code` sets the values as code, such as hashes."""

    rows: tuple[tuple[str, str], ...]
    is_code: bool = False


@dataclass(frozen=True)
class NumberedTable:
    """A table with the number that the text calls it by."""

    number: str
    table: ResultTable
    note: str = ""

    @property
    def caption(self) -> str:
        label = _("Table %(number)s") % {"number": self.number}
        return f"{label}. {self.table.title}"

    @property
    def anchor(self) -> str:
        return f"table-{self.table.name}"

    @property
    def is_wide(self) -> bool:
        """Whether the table needs a page turned on its side."""
        columns = zip(self.table.header, *self.table.rows, strict=True)
        return (
            len(self.table.header) > _FEW_COLUMNS and sum(map(_width, columns)) > _MOST_CHARACTERS
        )


def _width(column: tuple[Any, ...]) -> int:
    """About how many characters a column needs: its longest cell, up to where it wraps, or word of its heading."""
    heading, *cells = column
    longest = max(
        (7 if isinstance(cell, float) else len(str(cell or "")) for cell in cells), default=0
    )
    return max(min(longest, _WRAPS_AT), *map(len, str(heading).split() or [""])) + 2


@dataclass(frozen=True)
class Picture:
    """A picture as SVG with its caption; `number` is empty for the flow diagram and that of the synopsis."""

    number: str
    name: str
    title: str
    caption: str
    svg: str
    table: str = ""
    """The number of the table with the figure's numbers, empty where it is not in the report."""
    table_name: str = ""
    is_square: bool = False

    @property
    def label(self) -> str:
        label = _("Figure %(number)s") % {"number": self.number}
        return f"{label}. {self.title}" if self.number else self.title


Block = Paragraph | Heading | Bullets | FactRows | NumberedTable | Picture


@dataclass(frozen=True)
class Chapter:
    """One chapter, counted from 0."""

    number: int
    title: str
    blocks: tuple[Block, ...]

    @property
    def anchor(self) -> str:
        return f"chapter-{self.number}"


@dataclass(frozen=True)
class Report:
    """The whole report in one language."""

    title: str
    language: str
    lock_sha256: str
    analysis_sha256: str
    is_synthetic: bool
    chapters: tuple[Chapter, ...]

    def tables(self) -> Iterator[NumberedTable]:
        """Every table, in order."""
        for block in self.blocks():
            if isinstance(block, NumberedTable):
                yield block

    def blocks(self) -> Iterator[Block]:
        """Everything in order."""
        for chapter in self.chapters:
            yield from chapter.blocks

    def sentences(self) -> Iterator[str]:
        """Every text of our own, for the wording guard; texts of the study's people are left out."""
        for chapter in self.chapters:
            yield chapter.title
            for block in chapter.blocks:
                yield from _texts(block)


def _texts(block: Block) -> Iterator[Any]:
    if isinstance(block, Paragraph):
        yield from () if block.is_given else (block.text,)
    elif isinstance(block, Heading):
        yield block.text
    elif isinstance(block, Bullets):
        yield from block.items
    elif isinstance(block, FactRows):
        yield from (name for name, _value in block.rows)
    elif isinstance(block, NumberedTable):
        yield from (block.table.title, *map(str, block.table.header), block.note)
    else:
        yield from (block.title, block.caption)
