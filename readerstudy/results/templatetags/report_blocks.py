"""What the template of a report asks of its blocks."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from readerstudy.results.report.blocks import Block, NumberedTable, Picture

register = template.Library()
_SHORT = 14


@register.filter
def block_template(block: Block) -> str:
    """The template that a block is written with."""
    return f"results/report/_{type(block).__name__.lower()}.html"


@register.filter
def drawn(picture: Picture) -> SafeString:
    """The picture's SVG, whose texts were escaped when it was drawn."""
    return mark_safe(picture.svg)  # nosec B703, B308  # noqa: S308 (built of escaped parts by report.svg)


@register.filter
def is_short(block: NumberedTable) -> bool:
    """Whether the table is kept on one page."""
    return len(block.table.rows) <= _SHORT
