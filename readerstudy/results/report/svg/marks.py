"""Symbols of points, each with a shape of its own, so that groups can be told apart in grey."""

from math import cos, pi, sin
from typing import Any

from readerstudy.results.report.svg.elements import element, path

Points = tuple[tuple[float, float], ...]
_CROSS = (
    (-0.33, -1), (0.33, -1), (0.33, -0.33), (1, -0.33), (1, 0.33), (0.33, 0.33),
    (0.33, 1), (-0.33, 1), (-0.33, 0.33), (-1, 0.33), (-1, -0.33), (-0.33, -0.33),
)  # fmt: skip


def _turned(points: Points, angle: float) -> Points:
    return tuple(
        (x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)) for x, y in points
    )


def _star() -> Points:
    radii = [1.0, 0.4] * 5
    return tuple(
        (radius * sin(n * pi / 5), -radius * cos(n * pi / 5)) for n, radius in enumerate(radii)
    )


# Corners in parts of the radius.
_SHAPES: dict[str, Points] = {
    "square": ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
    "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "triangle-up": ((0, -1.1), (1.05, 0.8), (-1.05, 0.8)),
    "triangle-down": ((0, 1.1), (1.05, -0.8), (-1.05, -0.8)),
    "triangle-left": ((-1.1, 0), (0.8, -1.05), (0.8, 1.05)),
    "triangle-right": ((1.1, 0), (-0.8, -1.05), (-0.8, 1.05)),
    "cross": _CROSS,
    "x": _turned(_CROSS, pi / 4),
    "star": _star(),
}
_STROKES: dict[str, tuple[Points, ...]] = {
    "line-ns": (((0, -1.2), (0, 1.2)),),
    "line-ew": (((-1.2, 0), (1.2, 0)),),
}


def mark(symbol: Any, x: float, y: float, size: float, **paint: Any) -> str:
    """One symbol of Plotly's, `size` pixels across; unknown ones are circles. `-open` symbols are not filled."""
    name = str(symbol or "circle")
    is_open = name.endswith(("-open", "-thin"))
    name = name.removesuffix("-open").removesuffix("-thin").removesuffix("-dot")
    radius = size / 2
    if is_open:
        paint = {**paint, "fill": "none", "stroke": paint.get("fill"), "stroke_width": 1.5}
    if name in _STROKES:
        stroke: dict[str, Any] = {
            "stroke": paint.get("stroke") or paint.get("fill"),
            "stroke_width": 2,
        }
        return "".join(
            element("path", d=path(_placed(line, x, y, radius)), **stroke)
            for line in _STROKES[name]
        )
    if name not in _SHAPES:
        return element("circle", cx=x, cy=y, r=radius, **paint)
    return element("path", d=path(_placed(_SHAPES[name], x, y, radius), closed=True), **paint)


def _placed(points: Points, x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [(x + radius * across, y + radius * down) for across, down in points]
