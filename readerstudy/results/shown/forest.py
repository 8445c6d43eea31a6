"""Points with their intervals, as forest plots show them."""

from collections.abc import Sequence
from typing import Any

from readerstudy.results.figure import MUTED, TEXT, Document

_ROW = 30
_REST = 150


def points(
    rows: Sequence[tuple[str, Document]],
    name: str,
    *,
    colour: str,
    symbol: str,
    hover: str = "%{x:.1%}",
) -> dict[str, Any]:
    """One mark a row, label and estimate, with its interval where there is one."""
    values = [found["value"] for _label, found in rows]
    return {
        "x": values,
        "y": [label for label, _found in rows],
        "error_x": _bars([found for _label, found in rows], colour),
        "mode": "markers",
        "marker": {"color": colour, "symbol": symbol, "size": 10},
        "name": name,
        "hovertemplate": f"%{{y}}<br>{hover}<extra>{name}</extra>",
    }


def _bars(found: Sequence[Document], colour: str) -> dict[str, Any]:
    """An end that is not known has no bar."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [_length(one["value"], one["high"]) for one in found],
        "arrayminus": [_length(one["low"], one["value"]) for one in found],
        "color": colour,
        "thickness": 2,
        "width": 5,
    }


def _length(low: float | None, high: float | None) -> float:
    return 0.0 if low is None or high is None else high - low


def forest_layout(rows: int, title: str, **axis: Any) -> dict[str, Any]:
    """As high as the rows need, the first one on top."""
    return {
        "height": _REST + _ROW * rows,
        "xaxis": {"title": {"text": title}, **axis},
        "yaxis": {"automargin": True, "autorange": "reversed", "type": "category"},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    }


def upright(x: float, colour: str = MUTED) -> dict[str, Any]:
    """A vertical line over the whole height."""
    line = {"color": colour, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line}  # fmt: skip


def level(y: float, colour: str = TEXT) -> dict[str, Any]:
    """A horizontal line over the whole width."""
    line = {"color": colour, "width": 1, "dash": "dash"}
    return {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line}  # fmt: skip
