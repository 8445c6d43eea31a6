"""What all figures share: the Figure itself, its colours and symbols.

Colours are names of the style sheet's custom properties, `var(--series-1)`: the page fills them in for the
light or the dark theme. Every figure names the table that holds its numbers.
"""

from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
TEXT, MUTED, CNN = "var(--text)", "var(--text-muted)", "var(--series-1)"
# The first series is the CNN; groups take the following ones, each with its own symbol for readers of grey prints.
_GROUP_COLOURS = tuple(f"var(--series-{number})" for number in range(2, 9))
_SYMBOLS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "star")
PERCENT = {"tickformat": ".0%"}


@dataclass(frozen=True)
class Figure:
    """What the browser draws, what stands below it, and which table holds its numbers."""

    name: str
    title: str
    caption: str
    plot: dict[str, Any]
    table: str

    @property
    def is_square(self) -> bool:
        """Whether both axes are fractions and must look equally long."""
        return "scaleanchor" in self.plot["layout"].get("yaxis", {})


def group_style(number: int) -> tuple[str, str]:
    """Colour and symbol of the rank group in place `number`."""
    return _GROUP_COLOURS[number % len(_GROUP_COLOURS)], _SYMBOLS[number % len(_SYMBOLS)]
