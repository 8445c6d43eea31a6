"""A whole figure: room for its words, its axes, its traces, its legend."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import Figure
from readerstudy.results.report.svg.bars import Bars, stripe_patterns
from readerstudy.results.report.svg.boxes import Boxes, boxes_of
from readerstudy.results.report.svg.colours import series
from readerstudy.results.report.svg.elements import element, number, plain, text
from readerstudy.results.report.svg.extras import drawn_annotations, drawn_shapes
from readerstudy.results.report.svg.heat import colour_bar, drawn_heat, heat_names
from readerstudy.results.report.svg.histograms import as_bars
from readerstudy.results.report.svg.legend import ROW, drawn_legend, entries_of, rows_of
from readerstudy.results.report.svg.numbers import is_number
from readerstudy.results.report.svg.panel import Panel, drawn_axes, x_words_height, y_words_width
from readerstudy.results.report.svg.scales import Categories, Scale, scale_of
from readerstudy.results.report.svg.scatter import Trace, drawn_scatter, values

WIDTH, HEIGHT, SQUARE = 720, 380, 440
_KINDS = ("scatter", "scattergl", "bar", "box", "heatmap", "histogram")
# Of a plot's field: pixels for each name on the left, and what a figure's own height has beside the field.
_ROW_OF_NAMES, _AROUND, _LEAST, _MOST = 24, 90, 60, 700


def figure_svg(figure: Figure, *, prefix: str = "") -> str:
    """The figure as one SVG element with its title and caption as description.

    What cannot be drawn (another kind of trace) is told in a sentence in its place. `prefix` keeps ids apart where
    several pictures stand in one page.
    """
    name = f"{prefix}{figure.name}"
    width, height, content = _drawn(figure, name)
    head = element("title", _escaped(figure.title), id=f"{name}-title") + element(
        "desc", _escaped(figure.caption), id=f"{name}-desc"
    )
    return element(
        "svg",
        head + content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        font_family="'DejaVu Sans', Verdana, 'Segoe UI', sans-serif",
    )


def _escaped(words: str) -> str:
    return plain(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _kind(trace: Trace) -> str:
    return str(trace.get("type") or "scatter")


def _drawn(figure: Figure, name: str) -> tuple[float, float, str]:
    layout = figure.plot.get("layout", {})
    every: list[Trace] = [
        one for one in figure.plot.get("data", []) if one.get("visible", True) is True
    ]
    known = [trace for trace in every if _kind(trace) in _KINDS]
    unknown = sorted({_kind(trace) for trace in every} - set(_KINDS))
    if not known:
        return WIDTH, 60, _cannot(unknown, 30)
    if any(_kind(trace) == "histogram" for trace in known):
        layout = {"barmode": "stack", "bargap": 0.0, **layout}
    bars = [as_bars(trace) for trace in known]
    return _Drawing(bars, layout, name=name, is_square=figure.is_square).whole(unknown)


def _cannot(kinds: Sequence[str], y: float) -> str:
    if not kinds:
        return text(10, y, _("There is nothing to draw."))
    words = _("A part of this figure cannot be drawn here (%(kinds)s); its table has the numbers.")
    return text(10, y, words % {"kinds": ", ".join(kinds)})


class _Drawing:
    def __init__(
        self, traces: list[Trace], layout: dict[str, Any], *, name: str, is_square: bool
    ) -> None:
        self.traces, self.layout, self.is_square = traces, layout, is_square
        self.colours = [series(index) for index in range(len(traces))]
        self.bars, self.boxes = Bars(traces, layout, name), Boxes(traces, layout)
        self.pairs = list(dict.fromkeys(_axes(trace) for trace in traces))

    def whole(self, unknown: Sequence[str]) -> tuple[float, float, str]:
        """Width, height and content."""
        panels = self._panels()
        parts = [element("defs", stripe_patterns(self.bars.name))] if len(self.bars.all) > 1 else []
        for pair, panel in panels.items():
            parts.append(
                drawn_axes(panel) + self._clipped(pair, panel) + self._colour_bar(pair, panel)
            )
        parts.append(drawn_annotations(self.layout, panels))
        low = max(panel.bottom + self._below(panel) for panel in panels.values())
        rows = rows_of(entries_of(self.traces, self.colours, self.layout), WIDTH - 40)
        parts.append(drawn_legend(rows, 20, low + 18))
        height = low + 14 + ROW * len(rows)
        if unknown:
            height += ROW
            parts.append(_cannot(unknown, height - 6))
        return WIDTH, round(height), "".join(parts)

    def _panels(self) -> dict[tuple[str, str], Panel]:
        """The panels of every pair of axes; laid out twice, the second time with room for the widest words."""
        loose = {pair: self._panel(pair, (60.0, 0.0)) for pair in self.pairs}
        left = 24 + max(
            y_words_width(panel.y) + (18 if panel.y.spec.get("title") else 0)
            for panel in loose.values()
        )
        right = 56.0 if any(_kind(one) == "heatmap" for one in self.traces) else 16.0
        return {pair: self._panel(pair, (left, right)) for pair in self.pairs}

    def _panel(self, pair: tuple[str, str], margins: tuple[float, float]) -> Panel:
        specs = [self.layout.get(name, {}) for name in pair]
        left, right, top, bottom = self._area(margins)
        x0, x1 = (left + share * (right - left) for share in specs[0].get("domain", (0, 1)))
        y0, y1 = (bottom - share * (bottom - top) for share in specs[1].get("domain", (0, 1)))
        # A further panel of a row needs room for the words beside it.
        x0 = x0 + 46 if x0 > left + 1 else x0
        own = [trace for trace in self.traces if _axes(trace) == pair]
        return Panel(
            self._scale(own, "x", specs[0], x0, x1), self._scale(own, "y", specs[1], y0, y1)
        )

    def _area(self, margins: tuple[float, float]) -> tuple[float, float, float, float]:
        left, right = margins
        if self.is_square:
            side = min(SQUARE, WIDTH - left - 20)
            middle = (WIDTH - left + left) / 2
            return middle - side / 2 + 20, middle + side / 2 + 20, 14.0, 14.0 + side
        return left, WIDTH - right, 14.0, 14.0 + self._height()

    def _height(self) -> float:
        """As high as usual, or as the names on the left need."""
        names = {
            str(one)
            for trace in self.traces
            for one in _on_axis(trace, "y")
            if isinstance(one, str)
        }
        given = self.layout.get("height")
        if is_number(given):
            return float(min(max(given - _AROUND, _LEAST), _MOST))
        return float(min(max(HEIGHT - 80, _ROW_OF_NAMES * len(names)), _MOST))

    def _scale(
        self, own: list[Trace], axis: str, spec: dict[str, Any], start: float, end: float
    ) -> Scale:
        found = [one for trace in own for one in _on_axis(trace, axis)]
        along = "x" if any(one.get("orientation") == "h" for one in self.bars.all) else "y"
        is_bar = any(_kind(trace) == "bar" for trace in own) and axis == along
        spec = {**spec, "type": "category"} if any(_kind(one) == "heatmap" for one in own) else spec
        found += self._stacked(own, along) if is_bar else []
        return scale_of(spec, found, start, end, with_zero=is_bar)

    def _stacked(self, own: list[Trace], along: str) -> list[float]:
        if self.bars.mode not in ("stack", "relative"):
            return []
        heights: dict[Any, float] = {}
        for trace in (one for one in own if _kind(one) == "bar"):
            for name, value in zip(
                values(trace, "x" if along == "y" else "y"), values(trace, along), strict=False
            ):
                heights[name] = heights.get(name, 0.0) + (value if is_number(value) else 0.0)
        return list(heights.values())

    def _clipped(self, pair: tuple[str, str], panel: Panel) -> str:
        parts = [drawn_shapes(self.layout, pair, panel)]
        before: Trace | None = None
        for trace, own in zip(self.traces, self.colours, strict=True):
            if _axes(trace) == pair:
                parts.append(self._trace(trace, panel, own, before))
                before = trace
        # A frame of its own clips what goes over the axes.
        width, height = panel.right - panel.left, panel.bottom - panel.top
        shift = f"{panel.left:g} {panel.top:g} {width:g} {height:g}"
        return element(
            "svg",
            "".join(parts),
            x=panel.left,
            y=panel.top,
            width=width,
            height=height,
            viewBox=shift,
            overflow="hidden",
        )

    def _colour_bar(self, pair: tuple[str, str], panel: Panel) -> str:
        maps = [one for one in self.traces if _kind(one) == "heatmap" and _axes(one) == pair]
        shown = [one for one in maps if one.get("showscale", True) is not False]
        return colour_bar(shown[0], panel) if shown else ""

    def _trace(self, trace: Trace, panel: Panel, own: str, before: Trace | None) -> str:
        draw: dict[str, Callable[[], str]] = {
            "bar": lambda: self.bars.drawn(trace, panel, own),
            "box": lambda: self.boxes.drawn(trace, panel, own),
            "heatmap": lambda: drawn_heat(trace, panel),
        }
        if _kind(trace) in draw:
            return draw[_kind(trace)]()
        drawn = drawn_scatter(trace, panel, own, before)
        shift = self._shift(trace, panel)
        return element("g", drawn, transform=f"translate({number(shift)} 0)") if shift else drawn

    def _shift(self, trace: Trace, panel: Panel) -> float:
        """How far the points of a group stand from the middle of their name, where groups stand side by side."""
        if self.layout.get("scattermode") != "group" or not isinstance(panel.x, Categories):
            return 0.0
        groups = [
            one
            for one in self.traces
            if _axes(one) == _axes(trace) and _kind(one) in ("scatter", "scattergl")
        ]
        place = next(index for index, one in enumerate(groups) if one is trace)
        width = abs(panel.x.band) * (1 - self.layout.get("scattergap", 0.2))
        return width * ((place + 0.5) / len(groups) - 0.5)

    def _below(self, panel: Panel) -> float:
        room = (panel.right - panel.left) / max(len(panel.x.ticks), 1) - 6
        return 16 + x_words_height(panel.x, room) + (18 if panel.x.spec.get("title") else 0)


def _axes(trace: Trace) -> tuple[str, str]:
    x, y = str(trace.get("xaxis") or "x"), str(trace.get("yaxis") or "y")
    return f"xaxis{x[1:]}", f"yaxis{y[1:]}"


def _on_axis(trace: Trace, axis: str) -> list[Any]:
    """The values that must be in sight on the axis, with the ends of error bars."""
    if _kind(trace) == "heatmap":
        return [str(one) for one in heat_names(trace)[axis == "y"]]
    if _kind(trace) == "box":
        lies = trace.get("orientation") == "h" or ("y" not in trace and "x" in trace)
        boxes = boxes_of(trace, lies=lies)
        is_along = (axis == "x") == lies
        return [one for box in boxes.values() for one in box] if is_along else list(boxes)
    found = values(trace, axis)
    width = trace.get("width")
    lies = trace.get("orientation") == "h"
    if _kind(trace) == "bar" and is_number(width) and (axis == "y") == lies:
        edges = [one + side * width / 2 for one in found if is_number(one) for side in (-1, 1)]
        return [*found, *edges]
    bars = trace.get(f"error_{axis}") or {}
    if bars.get("visible") is False or "array" not in bars:
        return found
    below = bars.get("arrayminus") or bars["array"]
    ends = [
        end
        for value, plus, minus in zip(found, bars["array"], below, strict=False)
        if is_number(value) and is_number(plus) and is_number(minus)
        for end in (value - minus, value + plus)
    ]
    return [*found, *ends]
