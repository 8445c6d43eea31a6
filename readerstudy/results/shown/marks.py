"""What the figures and tables of several topics share: lines, bands, points, headings of intervals, names of groups."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import MUTED, PERCENT, TEXT, Document
from readerstudy.results.shown.topic import is_missing

Trace = dict[str, Any]
Numbers = Sequence[float | None]
LEGEND = {"orientation": "h", "y": -0.26, "yanchor": "top"}
_HEIGHT = 500  # of a curve with its legend, in pixels
SHARE = {"range": [-0.02, 1.02], **PERCENT}


def section(document: Document, name: str) -> Document | None:
    """A section of the document, None where it is absent or has a reason instead."""
    part: Document | None = document.get("sections", {}).get(name)
    return None if part is None or "reason" in part else part


def computed(parts: Iterable[Document]) -> Iterator[tuple[int, Document]]:
    """Number from 1 and part of those that have more than a reason why they are not there."""
    return (one for one in enumerate(parts, start=1) if not is_missing(one[1]))


def group_name(name: str) -> str:
    """How a table names a rank group; the empty name is everybody."""
    return name or _("All readers")


def in_two_lines(text: str) -> str:
    """A long label for an axis, broken at the space nearest to its middle."""
    spaces = [place for place, letter in enumerate(text) if letter == " "]
    if not spaces:
        return text
    middle = min(spaces, key=lambda place: abs(2 * place - len(text)))
    return f"{text[:middle]}<br>{text[middle + 1 :]}"


def limits_of(level: float) -> tuple[str, str]:
    """The headings of a lower and an upper confidence limit."""
    words = {"level": round(100 * level, 6)}
    return _("%(level)g %% CI, low") % words, _("%(level)g %% CI, high") % words


def range_of_runs() -> tuple[str, str]:
    """The headings of the smallest and the largest value over training runs."""
    return _("Runs, lowest"), _("Runs, highest")


def line(x: Sequence[Any], y: Sequence[Any], name: str, colour: str, **more: Any) -> Trace:
    """A line; `width`, `dash` and `opacity` may be given, all else is Plotly's own."""
    style = {"color": colour, "width": more.pop("width", 2.5), "dash": more.pop("dash", "solid")}
    return {"x": x, "y": y, "mode": "lines", "line": style, "name": name, **more}


def band(x: Sequence[float], low: Numbers, high: Numbers, name: str, colour: str) -> Trace:
    """The area between two lines, where both are known."""
    known = [
        (at, below, above)
        for at, below, above in zip(x, low, high, strict=True)
        if below is not None and above is not None
    ]
    there, back = known, known[::-1]
    return {
        "x": [one[0] for one in there] + [one[0] for one in back],
        "y": [one[2] for one in there] + [one[1] for one in back],
        "fill": "toself",
        "fillcolor": colour,
        "opacity": 0.18,
        "mode": "none",
        "hoverinfo": "skip",
        "name": name,
    }


def dots(
    x: Sequence[Any], y: Sequence[Any], name: str, style: tuple[str, str], **more: Any
) -> Trace:
    """Points in the colour and with the symbol of `style`; `size` may be given."""
    colour, symbol = style
    marker = {
        "color": colour,
        "symbol": symbol,
        "size": more.pop("size", 8),
        "opacity": 0.8,
        "line": {"color": "var(--surface)", "width": 0.75},
    }
    return {"x": x, "y": y, "mode": "markers", "marker": marker, "name": name, **more}


def bars(values: Numbers, low: Numbers, high: Numbers, colour: str = TEXT) -> Trace:
    """Plotly's error bars from confidence limits; none where a limit is missing."""
    rows = list(zip(values, low, high, strict=True))
    return {
        "type": "data",
        "symmetric": False,
        "array": [None if v is None or h is None else h - v for v, _low, h in rows],
        "arrayminus": [None if v is None or b is None else v - b for v, b, _high in rows],
        "color": colour,
        "thickness": 1.5,
        "width": 4,
    }


def diagonal(name: str, low: float = 0.0, high: float = 1.0) -> Trace:
    """The line on which both axes are equal."""
    return line([low, high], [low, high], name, MUTED, width=1, dash="dot", hoverinfo="skip")


def level_line(y: float, x: Sequence[float], name: str, colour: str, dash: str = "dash") -> Trace:
    """A horizontal line over the whole width."""
    return line([x[0], x[-1]], [y, y], name, colour, width=2, dash=dash)


def square(x: str, y: str, **axes: Any) -> Document:
    """The layout of two shares against each other, equally long."""
    return {
        "xaxis": {"title": {"text": x}, "constrain": "domain", **SHARE, **axes},
        "yaxis": {"title": {"text": y}, "scaleanchor": "x", "constrain": "domain", **SHARE, **axes},
        "legend": {**LEGEND, "y": -0.14},
    }


def wide(
    x: str, y: str, *, xaxis: Document | None = None, yaxis: Document | None = None
) -> Document:
    """The layout of a curve over the whole width."""
    return {
        "xaxis": {"title": {"text": x}, **(xaxis or {})},
        "yaxis": {"title": {"text": y}, **(yaxis or {})},
        "legend": LEGEND,
        "height": _HEIGHT,
    }
