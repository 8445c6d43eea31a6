"""Bars, side by side or on top of each other, lying or standing."""

import itertools
from collections import defaultdict
from typing import Any

from readerstudy.results.report.svg.colours import colour
from readerstudy.results.report.svg.elements import element, number, text
from readerstudy.results.report.svg.numbers import is_number
from readerstudy.results.report.svg.panel import Panel
from readerstudy.results.report.svg.scales import Categories, Scale
from readerstudy.results.report.svg.scatter import Trace, error_bars, point_colour, values

_GAP = 0.2
# Stripes for the second, third … series, so that they differ in grey.
_STRIPES = (None, 45, 135, 0, 90)


class Bars:
    """Draws the bars of a figure; it knows how many stand side by side, and how high the lower ones reach."""

    def __init__(self, traces: list[Trace], layout: dict[str, Any], name: str) -> None:
        self.name = name
        self.mode = layout.get("barmode", "group")
        self.gap = layout.get("bargap", _GAP)
        self.all = [trace for trace in traces if trace.get("type") == "bar"]
        self._height: dict[Any, float] = defaultdict(float)

    def drawn(self, trace: Trace, panel: Panel, own: str) -> str:
        """The bars of one trace with their error bars and words."""
        place = next(number for number, one in enumerate(self.all) if one is trace)
        marker = trace.get("marker") or {}
        parts = []
        for index, (x, y) in enumerate(zip(values(trace, "x"), values(trace, "y"), strict=False)):
            box = self._box(trace, panel, (x, y), place, index)
            if box:
                parts.append(
                    self._bar(box, point_colour(marker, index, own), place, _words(trace, index))
                )
        bars = "".join(error_bars(trace, panel, axis, own) for axis in ("error_x", "error_y"))
        parts.append(element("g", bars, transform=self._shift(trace, panel, place)) if bars else "")
        return element("g", "".join(parts), opacity=trace.get("opacity") or marker.get("opacity"))

    def _box(
        self, trace: Trace, panel: Panel, pair: tuple[Any, Any], place: int, number: int
    ) -> tuple[float, float, float, float] | None:
        lies = trace.get("orientation") == "h"
        scale, other = (panel.y, panel.x) if lies else (panel.x, panel.y)
        name, length = reversed(pair) if lies else pair
        if not is_number(length) or scale.at(name) is None:
            return None
        low, high = self._ends(trace, name, length, number)
        ends = other.at(low), other.at(high)
        if ends[0] is None or ends[1] is None:
            return None
        first, last = self._side(trace, scale, name, place)
        x, y = ((ends[0], ends[1]), (first, last)) if lies else ((first, last), (ends[0], ends[1]))
        return min(x), min(y), abs(x[1] - x[0]), abs(y[1] - y[0])

    def _ends(self, trace: Trace, name: Any, length: float, number: int) -> tuple[float, float]:
        base = trace.get("base") or 0
        low = float(base[number] if isinstance(base, list) else base)
        if self.mode in ("stack", "relative"):
            low = self._height[name, length >= 0]
            self._height[name, length >= 0] = low + length
        return low, low + length

    def _side(self, trace: Trace, scale: Scale, name: Any, place: int) -> tuple[float, float]:
        band = abs(scale.band) if isinstance(scale, Categories) else _distance(trace, scale)
        width, middle = band * (1 - self.gap), scale.at(name) or 0.0
        if self.mode == "group":
            own = width / len(self.all)
            return middle - width / 2 + place * own, middle - width / 2 + (place + 1) * own
        return middle - width / 2, middle + width / 2

    def _shift(self, trace: Trace, panel: Panel, place: int) -> str | None:
        """How far the middle of a bar of a group is from the middle of its name."""
        lies = trace.get("orientation") == "h"
        scale = panel.y if lies else panel.x
        band = abs(scale.band) if isinstance(scale, Categories) else _distance(trace, scale)
        if self.mode != "group" or len(self.all) == 1:
            return None
        shift = number(band * (1 - self.gap) * ((place + 0.5) / len(self.all) - 0.5))
        return f"translate(0 {shift})" if lies else f"translate({shift} 0)"

    def _bar(
        self, box: tuple[float, float, float, float], fill: str, place: int, words: str
    ) -> str:
        x, y, width, height = box
        paint: dict[str, Any] = {
            "fill": fill,
            "stroke": colour("var(--surface)"),
            "stroke_width": 0.5,
        }
        bar = element("rect", x=x, y=y, width=width, height=height, **paint)
        label = text(x + width / 2, y - 3, words, anchor="middle", font_size=10) if words else ""
        return bar + (self._stripes(box, place) if len(self.all) > 1 else "") + label

    def _stripes(self, box: tuple[float, float, float, float], place: int) -> str:
        turn = _STRIPES[place % len(_STRIPES)]
        x, y, width, height = box
        return (
            ""
            if turn is None
            else element(
                "rect",
                x=x,
                y=y,
                width=width,
                height=height,
                fill=f"url(#{self.name}-stripes-{turn})",
            )
        )


def stripe_patterns(name: str) -> str:
    """The definitions of the stripes, light lines on the bar's colour; `name` keeps those of several figures apart."""
    line = element(
        "line", x1=0, y1=0, x2=0, y2=6, stroke="#ffffff", stroke_width=1.6, stroke_opacity=0.75
    )
    return "".join(
        element(
            "pattern", line, id=f"{name}-stripes-{turn}", width=6, height=6,
            patternUnits="userSpaceOnUse", patternTransform=f"rotate({turn})",
        )
        for turn in _STRIPES
        if turn is not None
    )  # fmt: skip


def _words(trace: Trace, number: int) -> str:
    words = trace.get("text")
    if trace.get("textposition") == "none" or words is None:
        return ""
    return str(words[number] if isinstance(words, list) else words)


def _distance(trace: Trace, scale: Scale) -> float:
    """Pixels between neighbouring bars on an axis of numbers."""
    along = values(trace, "y" if trace.get("orientation") == "h" else "x")
    places = sorted({pixel for one in along if (pixel := scale.at(one)) is not None})
    steps = [after - before for before, after in itertools.pairwise(places)]
    given = trace.get("width")
    if is_number(given):
        ends = scale.at(given), scale.at(0)
        return abs((ends[0] or 0.0) - (ends[1] or 0.0))
    return min(steps, default=abs(scale.end - scale.start) / 10)
