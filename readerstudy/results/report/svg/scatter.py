"""Points, lines, error bars and filled areas."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from readerstudy.results.report.svg.colours import colour, from_scale
from readerstudy.results.report.svg.elements import element, path, text
from readerstudy.results.report.svg.marks import mark
from readerstudy.results.report.svg.panel import Panel

_DASHES = {"dot": "1.5 3", "dash": "6 4", "longdash": "10 5", "dashdot": "6 3 1.5 3"}
_MOST = 10_000
Trace = dict[str, Any]
Place = tuple[float, float]


def values(trace: Trace, name: str) -> list[Any]:
    """The values on one axis; places from 0 where the trace gives none."""
    other = trace.get("y" if name == "x" else "x") or []
    given = trace.get(name)
    return list(range(len(other))) if given is None else list(given)


def drawn_scatter(trace: Trace, panel: Panel, own: str, before: Trace | None) -> str:
    """The trace in its order: area, line, error bars, points, words. `own` is the colour if it names none."""
    mode = trace.get("mode") or ("lines" if trace.get("fill") else "lines+markers")
    parts = [_area(trace, panel, own, before)]
    if "lines" in mode:
        parts.append(_line(trace, panel, own))
    parts += [error_bars(trace, panel, axis, own) for axis in ("error_x", "error_y")]
    if "markers" in mode:
        parts.append(_points(trace, panel, own))
    if "text" in mode:
        parts.append(_words(trace, panel))
    return element("g", "".join(parts), opacity=trace.get("opacity")) if any(parts) else ""


def _places(trace: Trace, panel: Panel) -> list[Place | None]:
    pairs = zip(values(trace, "x"), values(trace, "y"), strict=False)
    return [panel.point(x, y) for x, y in pairs]


def _pieces(places: Sequence[Place | None]) -> Iterator[list[Place]]:
    """The runs of points between gaps."""
    piece: list[Place] = []
    for place in (*places, None):
        if place is not None:
            piece.append(place)
        elif piece:
            yield piece
            piece = []


def _line(trace: Trace, panel: Panel, own: str) -> str:
    line = trace.get("line") or {}
    shape = str(line.get("shape") or "linear")
    pieces = [_stepped(piece, shape) for piece in _pieces(_places(trace, panel))]
    return "".join(
        element("path", d=path(piece), fill="none", stroke=line_colour(trace, own), **_stroke(line))
        for piece in pieces
        if len(piece) > 1
    )


def _stroke(line: Trace) -> dict[str, Any]:
    dash = str(line.get("dash") or "solid")
    return {"stroke_width": line.get("width", 2), "stroke_dasharray": _DASHES.get(dash)}


def line_colour(trace: Trace, own: str) -> str:
    """The colour of a trace's line, or of its points where the line names none."""
    marker = (trace.get("marker") or {}).get("color")
    line = (trace.get("line") or {}).get("color")
    return colour(line or (marker if isinstance(marker, str) else None) or own)


def _stepped(piece: list[Place], shape: str) -> list[Place]:
    if shape not in ("hv", "vh"):
        return piece
    found = piece[:1]
    for (x0, y0), (x1, y1) in itertools.pairwise(piece):
        found += [(x1, y0) if shape == "hv" else (x0, y1), (x1, y1)]
    return found


def _area(trace: Trace, panel: Panel, own: str, before: Trace | None) -> str:
    fill = trace.get("fill")
    edge = [place for place in _places(trace, panel) if place]
    if not fill or fill == "none" or not edge:
        return ""
    paint = colour(trace.get("fillcolor") or line_colour(trace, own))
    # Plotly makes an unnamed fill half transparent itself.
    opacity = None if trace.get("fillcolor") else 0.3
    back = _back(fill, edge, panel, before)
    return element("path", d=path([*edge, *back], closed=True), fill=paint, fill_opacity=opacity)


def _back(fill: str, edge: list[Place], panel: Panel, before: Trace | None) -> list[Place]:
    """The way back from the end of the edge to its beginning."""
    if fill == "tonexty" and before is not None:
        return [place for place in reversed(_places(before, panel)) if place]
    if fill in ("tozeroy", "tonexty"):
        zero = panel.y.at(0)
        floor = panel.bottom if zero is None else min(max(zero, panel.top), panel.bottom)
        return [(edge[-1][0], floor), (edge[0][0], floor)]
    return []


def error_bars(trace: Trace, panel: Panel, axis: str, own: str) -> str:
    """The bars of one direction, with caps."""
    bars = trace.get(axis)
    if not bars or bars.get("visible") is False or "array" not in bars:
        return ""
    above = bars["array"]
    below = (
        above
        if bars.get("symmetric", True) and "arrayminus" not in bars
        else bars.get("arrayminus", above)
    )
    rows = zip(values(trace, "x"), values(trace, "y"), above, below, strict=False)
    paint = {
        "stroke": colour(bars.get("color") or line_colour(trace, own)),
        "stroke_width": bars.get("thickness", 1.5),
        "fill": "none",
    }
    draw = _across if axis == "error_x" else _down
    cap = bars.get("width", 5)
    return "".join(
        element("path", d=draw(panel, row, cap), **paint)
        for row in rows
        if None not in row and draw(panel, row, cap)
    )


def _across(panel: Panel, row: tuple[Any, ...], cap: float) -> str:
    x, y, plus, minus = row
    ends = panel.point(x - minus, y), panel.point(x + plus, y)
    if ends[0] is None or ends[1] is None:
        return ""
    (left, middle), (right, _same) = ends[0], ends[1]
    return " ".join((
        path([(left, middle - cap), (left, middle + cap)]),
        path([(left, middle), (right, middle)]),
        path([(right, middle - cap), (right, middle + cap)]),
    ))  # fmt: skip


def _down(panel: Panel, row: tuple[Any, ...], cap: float) -> str:
    x, y, plus, minus = row
    ends = panel.point(x, y - minus), panel.point(x, y + plus)
    if ends[0] is None or ends[1] is None:
        return ""
    (middle, low), (_same, high) = ends[0], ends[1]
    return " ".join((
        path([(middle - cap, low), (middle + cap, low)]),
        path([(middle, low), (middle, high)]),
        path([(middle - cap, high), (middle + cap, high)]),
    ))  # fmt: skip


def _points(trace: Trace, panel: Panel, own: str) -> str:
    marker = trace.get("marker") or {}
    line = marker.get("line") or {}
    edge: dict[str, Any] = {
        "stroke": colour(line["color"]) if line.get("color") else None,
        "stroke_width": line.get("width"),
    }
    places = _places(trace, panel)[:_MOST]
    return "".join(
        mark(
            _one(marker.get("symbol"), number),
            *place,
            size=max(float(_one(marker.get("size"), number) or 6), 2.0),
            fill=point_colour(marker, number, own),
            fill_opacity=marker.get("opacity"),
            **edge,
        )
        for number, place in enumerate(places)
        if place
    )


def point_colour(marker: Trace, number: int, own: str) -> str:
    """The colour of one point: its own, the one of all, or that of its number on a scale."""
    given = marker.get("color")
    if not isinstance(given, list):
        return colour(given or own)
    value = given[number] if number < len(given) else None
    if isinstance(value, str) or value is None:
        return colour(value or own)
    known = [one for one in given if one is not None]
    low, high = marker.get("cmin", min(known)), marker.get("cmax", max(known))
    return from_scale(marker.get("colorscale"), (value - low) / (high - low) if high > low else 0.5)


def _one(value: Any, number: int) -> Any:
    if isinstance(value, list):
        return value[number] if number < len(value) else None
    return value


def _words(trace: Trace, panel: Panel) -> str:
    side = str(_one(trace.get("textposition"), 0) or "middle center")
    anchor = "start" if "right" in side else "end" if "left" in side else "middle"
    shift = -8 if "top" in side else 14 if "bottom" in side else 4
    aside = 8 if anchor == "start" else -8 if anchor == "end" else 0
    size = (trace.get("textfont") or {}).get("size", 11)
    return "".join(
        text(
            place[0] + aside,
            place[1] + shift,
            words,
            anchor=anchor,
            font_size=size,
            fill=colour(None),
        )
        for number, place in enumerate(_places(trace, panel))
        if place and (words := str(_one(trace.get("text"), number) or ""))
    )
