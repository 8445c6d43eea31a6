"""The legend below a figure: every series with its own symbol, in rows."""

from typing import Any

from readerstudy.results.report.svg.colours import colour
from readerstudy.results.report.svg.elements import element, path, plain, text, width_of
from readerstudy.results.report.svg.marks import mark
from readerstudy.results.report.svg.scatter import _DASHES, Trace, line_colour, point_colour

ROW = 20
_SWATCH, _SPACE = 28, 18
Entry = tuple[Trace, str, str]  # trace, words, colour


def entries_of(traces: list[Trace], colours: list[str], layout: dict[str, Any]) -> list[Entry]:
    """The series that have a name, each once; none where only one is there, as Plotly has it."""
    if layout.get("showlegend") is False:
        return []
    found: dict[str, Entry] = {}
    for trace, own in zip(traces, colours, strict=True):
        words = plain(trace.get("name") or "")
        if words and trace.get("showlegend", True) is not False and trace.get("type") != "heatmap":
            found.setdefault(f"{trace.get('legendgroup') or ''}|{words}", (trace, words, own))
    asked = layout.get("showlegend") or any(one.get("showlegend") for one in traces)
    return list(found.values()) if len(found) > 1 or asked else []


def rows_of(entries: list[Entry], width: float) -> list[list[Entry]]:
    """The entries in rows that fit into the width."""
    rows: list[list[Entry]] = [[]]
    left = width
    for entry in entries:
        own = _SWATCH + width_of(entry[1]) + _SPACE
        if own > left and rows[-1]:
            rows.append([])
            left = width
        rows[-1].append(entry)
        left -= own
    return rows if entries else []


def drawn_legend(rows: list[list[Entry]], x: float, y: float) -> str:
    """The rows from (x, y) down."""
    parts = []
    for number, row in enumerate(rows):
        at = x
        for trace, words, own in row:
            middle = y + number * ROW
            parts += [_swatch(trace, own, at, middle), text(at + _SWATCH, middle + 4, words)]
            at += _SWATCH + width_of(words) + _SPACE
    return "".join(parts)


def _swatch(trace: Trace, own: str, x: float, y: float) -> str:
    if trace.get("type") in ("bar", "box"):
        fill = point_colour(trace.get("marker") or {}, 0, own)
        return element("rect", x=x + 4, y=y - 5, width=14, height=10, fill=fill)
    mode = trace.get("mode") or "lines"
    parts = [_fill(trace, own, x, y)]
    if "lines" in mode:
        parts.append(_line(trace, own, x, y))
    if "markers" in mode:
        parts.append(_symbol(trace, own, x, y))
    return "".join(parts)


def _fill(trace: Trace, own: str, x: float, y: float) -> str:
    if not trace.get("fill") or trace["fill"] == "none":
        return ""
    paint = colour(trace.get("fillcolor") or line_colour(trace, own))
    opacity = trace.get("opacity", 0.3)
    return element("rect", x=x, y=y - 6, width=22, height=12, fill=paint, fill_opacity=opacity)


def _line(trace: Trace, own: str, x: float, y: float) -> str:
    line = trace.get("line") or {}
    dash = _DASHES.get(str(line.get("dash") or "solid"))
    paint = {"stroke": line_colour(trace, own), "stroke_width": line.get("width", 2)}
    return element(
        "path",
        d=path([(x, y), (x + 22, y)]),
        stroke_dasharray=dash,
        opacity=trace.get("opacity"),
        **paint,
    )


def _symbol(trace: Trace, own: str, x: float, y: float) -> str:
    marker = trace.get("marker") or {}
    symbol = marker.get("symbol")
    name = symbol[0] if isinstance(symbol, list) and symbol else symbol
    return mark(name, x + 11, y, size=10, fill=point_colour(marker, 0, own))
