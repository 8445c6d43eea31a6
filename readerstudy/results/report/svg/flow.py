"""The flow diagram: boxes from top to bottom, and beside them who or what is left out there."""

from collections.abc import Sequence
from dataclasses import dataclass

from readerstudy.results.report.svg.colours import colour
from readerstudy.results.report.svg.elements import element, lines, wrapped

_WIDTH, _SIDE, _GAP, _ROW = 300, 300, 60, 15
_FILL, _EDGE, _WORDS = (
    colour("var(--surface-2)"),
    colour("var(--line-strong)"),
    colour("var(--text)"),
)


@dataclass(frozen=True)
class Step:
    """A box with its words, and what is left out after it."""

    words: str
    left_out: tuple[str, ...] = ()


def flow_svg(columns: Sequence[Sequence[Step]], *, title: str, description: str) -> str:
    """The columns one below the other, each a chain of boxes."""
    parts, top = [], 10.0
    for steps in columns:
        drawn, top = _chain(steps, top)
        parts.append(drawn)
        top += 26
    marker = element(
        "marker", element("path", d="M0 0 L8 4 L0 8 Z", fill=_EDGE),
        id="flow-head", viewBox="0 0 8 8", refX=7, refY=4, markerWidth=7, markerHeight=7, orient="auto",
    )  # fmt: skip
    head = (
        element("title", title, id="flow-title")
        + element("desc", description, id="flow-desc")
        + element("defs", marker)
    )
    width = _WIDTH + _GAP + _SIDE + 20
    return element(
        "svg", head + "".join(parts), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {round(top - 20)}",
        width=width, height=round(top - 20), role="img", aria_labelledby="flow-title flow-desc",
        font_family="'DejaVu Sans', Verdana, 'Segoe UI', sans-serif",
    )  # fmt: skip


def _chain(steps: Sequence[Step], top: float) -> tuple[str, float]:
    parts: list[str] = []
    middle = 10 + _WIDTH / 2
    for place, step in enumerate(steps):
        box, bottom = _box(10, top, _WIDTH, [step.words])
        parts.append(box)
        if place == len(steps) - 1:
            return "".join(parts), bottom
        side_height = _height(step.left_out, _SIDE) if step.left_out else 0
        next_top = bottom + max(26.0, side_height + 20)
        if step.left_out:
            aside, _bottom = _box(10 + _WIDTH + _GAP, bottom + 10, _SIDE, list(step.left_out))
            turn = bottom + 10 + side_height / 2
            parts += [aside, _arrow(middle, turn, 10 + _WIDTH + _GAP, turn)]
        parts.append(_arrow(middle, bottom, middle, next_top))
        top = next_top
    return "".join(parts), top


def _rows(words: Sequence[str], width: float) -> list[str]:
    return [row for one in words for row in wrapped(one, width - 20, most=8)]


def _height(words: Sequence[str], width: float) -> float:
    return 16 + _ROW * len(_rows(words, width))


def _box(x: float, y: float, width: float, words: list[str]) -> tuple[str, float]:
    height = _height(words, width)
    rect = element("rect", x=x, y=y, width=width, height=height, rx=4, fill=_FILL, stroke=_EDGE)
    text = lines(x + width / 2, y + 20, _rows(words, width), anchor="middle", fill=_WORDS)
    return rect + text, y + height


def _arrow(x0: float, y0: float, x1: float, y1: float) -> str:
    return element(
        "line",
        x1=x0,
        y1=y0,
        x2=x1,
        y2=y1,
        stroke=_EDGE,
        stroke_width=1.4,
        marker_end="url(#flow-head)",
    )
