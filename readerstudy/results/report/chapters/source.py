"""What every chapter is built from."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from readerstudy.results.figure import Document, Figure
from readerstudy.results.report.blocks import Block, Heading, NumberedTable, Paragraph, Picture
from readerstudy.results.report.facts import Facts
from readerstudy.results.report.placing import Part, Placed
from readerstudy.results.report.svg import figure_svg


@dataclass(frozen=True)
class Source:
    """The document, what is told beside it, where its parts stand, and the coordinators' texts for the checklists."""

    document: Document
    facts: Facts
    placed: Placed
    texts: dict[str, str] = field(default_factory=dict)

    def shown(self, chapter: int) -> Iterator[Block]:
        """Everything that has its place in the chapter: figures, tables, and why something is not there."""
        for part in self.placed.parts[chapter]:
            yield from self._part(part)

    def _part(self, part: Part) -> Iterator[Block]:
        if part.title:
            yield Heading(part.title)
        for reason in part.reasons:
            yield Paragraph(reason)
        for figure in part.figures:
            yield self.picture(figure, self.placed.figures[figure.name])
        for table in part.tables:
            yield NumberedTable(self.placed.tables[table.name], table)

    def picture(self, figure: Figure, number: str = "") -> Picture:
        """A figure of the dashboard as a picture."""
        table = self.placed.tables.get(figure.table, "")
        return Picture(
            number=number,
            name=figure.name,
            title=figure.title,
            caption=figure.caption,
            svg=figure_svg(figure),
            table=table,
            table_name=figure.table if table else "",
            is_square=figure.is_square,
        )

    def has(self, chapter: int) -> bool:
        """Whether anything has its place there."""
        return any(
            part.tables or part.figures or part.reasons for part in self.placed.parts[chapter]
        )

    def nothing(self) -> Paragraph:
        """The sentence of a chapter that has nothing to show."""
        return Paragraph(_("This analysis holds nothing for this chapter."))
