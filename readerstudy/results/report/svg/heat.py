"""Heat maps: a coloured field for every pair, with its number where there is room."""

from typing import Any

from readerstudy.results.report.svg.colours import from_scale, is_dark
from readerstudy.results.report.svg.elements import element, text, width_of
from readerstudy.results.report.svg.numbers import is_number
from readerstudy.results.report.svg.panel import Panel
from readerstudy.results.report.svg.scales import Categories, Scale
from readerstudy.results.report.svg.scatter import Trace
from readerstudy.results.sentences import decimal, percent

_SMALL = 10
_EMPTY = "#ffffff"


def heat_names(trace: Trace) -> tuple[list[Any], list[Any]]:
    """The columns and the rows, places from 0 where the trace names none."""
    rows = trace.get("z") or []
    width = max((len(row) for row in rows), default=0)
    return list(trace.get("x") or range(width)), list(trace.get("y") or range(len(rows)))


def drawn_heat(trace: Trace, panel: Panel) -> str:
    """All fields."""
    across, down = heat_names(trace)
    width, height = _size(panel.x, len(across)), _size(panel.y, len(down))
    low, high = bounds(trace)
    parts = []
    for y, row in zip(down, trace.get("z") or [], strict=False):
        for x, value in zip(across, row, strict=False):
            middle = panel.point(x, y)
            if middle is not None:
                share = (value - low) / (high - low) if is_number(value) and high > low else 0.5
                fill = from_scale(_scale(trace), share) if is_number(value) else _EMPTY
                parts.append(_field(middle, width, height, fill, _words(trace, value)))
    return "".join(parts)


def bounds(trace: Trace) -> tuple[float, float]:
    """The lowest and the highest value of the scale."""
    known = [one for row in trace.get("z") or [] for one in row if is_number(one)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    return float(trace.get("zmin", low)), float(trace.get("zmax", high))


def colour_bar(trace: Trace, panel: Panel) -> str:
    """The scale's colours with its lowest and highest number, right of the field."""
    low, high = bounds(trace)
    step = (panel.bottom - panel.top) / 24
    x = panel.right + 14
    fields = "".join(
        element(
            "rect",
            x=x,
            y=panel.bottom - (n + 1) * step,
            width=12,
            height=step + 0.3,
            fill=from_scale(_scale(trace), (n + 0.5) / 24),
        )
        for n in range(24)
    )
    ends = (
        (panel.bottom, low),
        ((panel.top + panel.bottom) / 2 + 4, (low + high) / 2),
        (panel.top + 9, high),
    )
    return fields + "".join(
        text(x + 16, y, decimal(value, 2), font_size=_SMALL) for y, value in ends
    )


def _scale(trace: Trace) -> Any:
    scale = trace.get("colorscale")
    if trace.get("reversescale") and isinstance(scale, list):
        return [[1 - at, name] for at, name in reversed(scale)]
    return scale


def _size(scale: Scale, count: int) -> float:
    if isinstance(scale, Categories):
        return abs(scale.band)
    return abs(scale.end - scale.start) / max(count, 1)


def _field(middle: tuple[float, float], width: float, height: float, fill: str, words: str) -> str:
    x, y = middle
    field = element(
        "rect", x=x - width / 2, y=y - height / 2, width=width, height=height, fill=fill
    )
    if not words or width_of(words, _SMALL) > width or height < _SMALL + 2:
        return field
    ink = "#ffffff" if is_dark(fill) else "#15222b"
    return field + text(x, y + 4, words, anchor="middle", font_size=_SMALL, fill=ink)


def _words(trace: Trace, value: Any) -> str:
    if not is_number(value):
        return ""
    template = str(trace.get("texttemplate") or "")
    return percent(value, 0) if "%}" in template else decimal(value, 2)
