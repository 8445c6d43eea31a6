"""Box plots with their points beside them."""

from collections import defaultdict
from typing import Any

from readerstudy.results.report.svg.colours import colour
from readerstudy.results.report.svg.elements import element, path
from readerstudy.results.report.svg.numbers import is_number
from readerstudy.results.report.svg.panel import Panel
from readerstudy.results.report.svg.scales import Categories
from readerstudy.results.report.svg.scatter import Trace

_GOLDEN = 0.6180339887498949
_WHISKER = 1.5
Side = tuple[float, float]  # middle and half width across the box, in pixels


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """First quartile, median, third quartile: those of the points half-way between ranks, as Plotly takes them."""
    ordered = sorted(values)
    return _quantile(ordered, 0.25), _quantile(ordered, 0.5), _quantile(ordered, 0.75)


def _quantile(ordered: list[float], share: float) -> float:
    # Hyndman and Fan's fifth definition (Am Stat 1996;50:361).
    place = share * len(ordered) - 0.5
    below = min(max(int(place // 1), 0), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    part = min(max(place - below, 0.0), 1.0)
    return ordered[below] + part * (ordered[above] - ordered[below])


class Boxes:
    """Draws the boxes of a figure; it knows how many stand side by side."""

    def __init__(self, traces: list[Trace], layout: dict[str, Any]) -> None:
        self.all = [trace for trace in traces if trace.get("type") == "box"]
        self.in_groups = layout.get("boxmode") == "group"

    def drawn(self, trace: Trace, panel: Panel, own: str) -> str:
        """A box for every name of the trace."""
        lies = trace.get("orientation") == "h" or ("y" not in trace and "x" in trace)
        return "".join(
            self._box(trace, panel, name, values, own, lies=lies)
            for name, values in boxes_of(trace, lies=lies).items()
        )

    def _box(
        self, trace: Trace, panel: Panel, name: str, values: list[float], own: str, *, lies: bool
    ) -> str:
        across, along = (panel.y, panel.x) if lies else (panel.x, panel.y)
        middle = across.at(name)
        if middle is None or not values:
            return ""
        side = self._side(trace, middle, abs(across.band) if isinstance(across, Categories) else 60)
        pixels = [pixel for one in values if (pixel := along.at(one)) is not None]
        paint: dict[str, Any] = {
            "stroke": _line_colour(trace, own),
            "stroke_width": 1.5,
            "fill": "none",
        }
        corners = _corners(values, along.at, side)
        outline = "".join(
            element("path", d=path([_turned(*point, lies=lies) for point in piece]), **paint)
            for piece in corners
        )
        return outline + (_points(trace, side, pixels, own, lies=lies) if pixels else "")

    def _side(self, trace: Trace, middle: float, band: float) -> Side:
        count = len(self.all) if self.in_groups else 1
        place = (
            next(number for number, one in enumerate(self.all) if one is trace)
            if self.in_groups
            else 0
        )
        width = 0.8 * band / count
        return middle - 0.4 * band + (place + 0.5) * width, min(0.35 * width, 34)


def boxes_of(trace: Trace, *, lies: bool) -> dict[str, list[float]]:
    """Name → values; the trace's own name where it gives none."""
    along, across = ("x", "y") if lies else ("y", "x")
    values = trace.get(along) or []
    names = trace.get(across) or [trace.get("name") or ""] * len(values)
    found: dict[str, list[float]] = defaultdict(list)
    for name, value in zip(names, values, strict=False):
        if is_number(value):
            found[str(name)].append(value)
    return found


def _corners(values: list[float], at: Any, side: Side) -> list[list[tuple[float, float]]]:
    """Box, median and whiskers as (across, along) pixels."""
    middle, half = side
    first, median, third = quartiles(values)
    reach = _WHISKER * (third - first)
    low = min(one for one in values if one >= first - reach)
    high = max(one for one in values if one <= third + reach)
    q1, q2, q3, end, start = (at(one) for one in (first, median, third, low, high))
    left, right = middle - half, middle + half
    return [
        [(left, q1), (right, q1), (right, q3), (left, q3), (left, q1)],
        [(left, q2), (right, q2)],
        [(middle, q1), (middle, end)],
        [(middle, q3), (middle, start)],
        [(middle - half / 2, end), (middle + half / 2, end)],
        [(middle - half / 2, start), (middle + half / 2, start)],
    ]


def _points(trace: Trace, side: Side, pixels: list[float], own: str, *, lies: bool) -> str:
    if trace.get("boxpoints") in (None, False, "outliers"):
        return ""
    marker = trace.get("marker") or {}
    spread = min(trace.get("jitter", 0.3), 1.0) * side[1]
    middle = side[0] + trace.get("pointpos", 0) * side[1]
    # Spread evenly by the golden ratio: the same places every time.
    offsets = [spread * (2 * ((number + 1) * _GOLDEN % 1) - 1) for number in range(len(pixels))]
    return "".join(
        _dot(_turned(middle + offset, pixel, lies=lies), marker, own)
        for offset, pixel in zip(offsets, pixels, strict=True)
    )


def _dot(place: tuple[float, float], marker: Trace, own: str) -> str:
    radius = float(marker.get("size") or 4) / 2
    fill = colour(marker.get("color") if isinstance(marker.get("color"), str) else own)
    return element(
        "circle",
        cx=place[0],
        cy=place[1],
        r=radius,
        fill=fill,
        fill_opacity=marker.get("opacity", 0.7),
    )


def _line_colour(trace: Trace, own: str) -> str:
    given = (trace.get("line") or {}).get("color") or (trace.get("marker") or {}).get("color")
    return colour(given if isinstance(given, str) else own)


def _turned(across: float, along: float, *, lies: bool) -> tuple[float, float]:
    return (along, across) if lies else (across, along)
