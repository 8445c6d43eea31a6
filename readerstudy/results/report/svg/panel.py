"""One pair of axes: where it stands, its scales, and how it is drawn."""

from dataclasses import dataclass
from typing import Any

from readerstudy.results.report.svg.colours import colour
from readerstudy.results.report.svg.elements import (
    FONT_SIZE,
    element,
    lines,
    plain,
    text,
    width_of,
    wrapped,
)
from readerstudy.results.report.svg.scales import Categories, Scale

_LINE, _FRAME, _WORDS = colour("var(--line)"), colour("var(--line-strong)"), colour("var(--text)")
_SLANT = -35


@dataclass(frozen=True)
class Panel:
    """The scales of one pair of axes."""

    x: Scale
    y: Scale

    @property
    def left(self) -> float:
        return min(self.x.start, self.x.end)

    @property
    def right(self) -> float:
        return max(self.x.start, self.x.end)

    @property
    def top(self) -> float:
        return min(self.y.start, self.y.end)

    @property
    def bottom(self) -> float:
        return max(self.y.start, self.y.end)

    def point(self, x: Any, y: Any) -> tuple[float, float] | None:
        """The pixel of a pair of values; None where one of them has none."""
        across, down = self.x.at(x), self.y.at(y)
        return None if across is None or down is None else (across, down)


def drawn_axes(panel: Panel) -> str:
    """Grid, frame, ticks and titles."""
    width, height = panel.right - panel.left, panel.bottom - panel.top
    frame = element(
        "rect", x=panel.left, y=panel.top, width=width, height=height, fill="none", stroke=_FRAME
    )
    return _grid(panel) + frame + _x_words(panel) + _y_words(panel)


def _grid(panel: Panel) -> str:
    across = (
        element("line", x1=x, x2=x, y1=panel.top, y2=panel.bottom, stroke=_LINE, stroke_width=0.6)
        for x, _words in panel.x.ticks
        if not isinstance(panel.x, Categories) and _shows(panel.x)
    )
    down = (
        element("line", x1=panel.left, x2=panel.right, y1=y, y2=y, stroke=_LINE, stroke_width=0.6)
        for y, _words in panel.y.ticks
        if _shows(panel.y)
    )
    return "".join((*across, *down))


def _shows(scale: Scale) -> bool:
    return scale.spec.get("showgrid", True) is not False and scale.spec.get("visible") is not False


def _words_shown(scale: Scale) -> bool:
    return (
        scale.spec.get("showticklabels", True) is not False
        and scale.spec.get("visible") is not False
    )


def _x_words(panel: Panel) -> str:
    ticks = panel.x.ticks if _words_shown(panel.x) else []
    marks = "".join(
        element("line", x1=x, x2=x, y1=panel.bottom, y2=panel.bottom + 4, stroke=_FRAME)
        for x, _words in ticks
    )
    room = (panel.right - panel.left) / max(len(ticks), 1) - 6
    title = _title(panel.x)
    below = panel.bottom + 14 + x_words_height(panel.x, room)
    words = "".join(_x_tick(x, one, panel.bottom, room) for x, one in ticks)
    middle = (panel.left + panel.right) / 2
    return (
        marks
        + words
        + (text(middle, below + 10, title, anchor="middle", fill=_WORDS) if title else "")
    )


def _x_tick(x: float, words: str, bottom: float, room: float) -> str:
    if _fits(words, room):
        return lines(x, bottom + 17, wrapped(words, room), fill=_WORDS)
    turn = f"rotate({_SLANT} {x:.1f} {bottom + 14:.1f})"
    return text(x, bottom + 14, words, anchor="end", fill=_WORDS, transform=turn)


def _fits(words: str, room: float) -> bool:
    return all(width_of(line) <= room for line in wrapped(words, room))


def x_words_height(scale: Scale, room: float) -> float:
    """How high the words below the axis are."""
    names = [words for _x, words in scale.ticks] if _words_shown(scale) else []
    slanted = [0.6 * width_of(words) for words in names if not _fits(words, room)]
    straight = [
        1.15 * FONT_SIZE * len(wrapped(words, room)) for words in names if _fits(words, room)
    ]
    return max([*slanted, *straight], default=0)


def _y_words(panel: Panel) -> str:
    ticks = panel.y.ticks if _words_shown(panel.y) else []
    marks = "".join(
        element("line", x1=panel.left - 4, x2=panel.left, y1=y, y2=y, stroke=_FRAME)
        for y, _words in ticks
    )
    room = y_words_width(panel.y)
    words = "".join(_y_tick(panel.left - 8, y, one) for y, one in ticks)
    return marks + words + _y_title(panel, panel.left - room - 16)


def _y_tick(x: float, y: float, words: str) -> str:
    rows = wrapped(words, MOST_Y_WORDS)
    first = y + 4 - 0.5 * 1.15 * FONT_SIZE * (len(rows) - 1)
    return lines(x, first, rows, anchor="end", fill=_WORDS)


MOST_Y_WORDS = 190


def y_words_width(scale: Scale) -> float:
    """How wide the widest words beside the axis are."""
    ticks = scale.ticks if _words_shown(scale) else []
    return max(
        (width_of(line) for _y, one in ticks for line in wrapped(one, MOST_Y_WORDS)), default=0
    )


def _y_title(panel: Panel, x: float) -> str:
    title, middle = _title(panel.y), (panel.top + panel.bottom) / 2
    if not title:
        return ""
    turn = f"rotate(-90 {x:.1f} {middle:.1f})"
    return text(x, middle, title, anchor="middle", fill=_WORDS, transform=turn)


def _title(scale: Scale) -> str:
    title = scale.spec.get("title") or ""
    return plain(title.get("text", "") if isinstance(title, dict) else title)
