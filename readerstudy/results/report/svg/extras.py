"""What a layout adds to the traces: lines, areas and words."""

from typing import Any

from readerstudy.results.report.svg.colours import colour
from readerstudy.results.report.svg.elements import element, text
from readerstudy.results.report.svg.panel import Panel
from readerstudy.results.report.svg.scatter import _DASHES

Panels = dict[tuple[str, str], Panel]


def drawn_shapes(layout: dict[str, Any], pair: tuple[str, str], panel: Panel) -> str:
    """The lines and rectangles of one pair of axes."""
    return "".join(_shape(one, panel) for one in layout.get("shapes", []) if _is_on(one, pair))


def _is_on(one: dict[str, Any], pair: tuple[str, str]) -> bool:
    names = [str(one.get(key) or key[0]).split(" ")[0] for key in ("xref", "yref")]
    found = [name if name == "paper" else f"{name[0]}axis{name[1:]}" for name in names]
    return all(name in ("paper", own) for name, own in zip(found, pair, strict=True))


def _place(value: Any, ref: Any, scale: Any) -> float | None:
    # "x domain" and "paper" count in parts of the panel.
    if ref and (ref == "paper" or str(ref).endswith("domain")):
        return float(scale.start + value * (scale.end - scale.start))
    found: float | None = scale.at(value)
    return found


def _shape(one: dict[str, Any], panel: Panel) -> str:
    x = [_place(one.get(key), one.get("xref"), panel.x) for key in ("x0", "x1")]
    y = [_place(one.get(key), one.get("yref"), panel.y) for key in ("y0", "y1")]
    if x[0] is None or x[1] is None or y[0] is None or y[1] is None:
        return ""
    line = one.get("line") or {}
    paint = {
        "stroke": colour(line.get("color")) if line.get("width", 2) else None,
        "stroke_width": line.get("width", 2),
        "stroke_dasharray": _DASHES.get(str(line.get("dash"))),
        "opacity": one.get("opacity"),
    }
    if one.get("type") == "line":
        return element("line", x1=x[0], x2=x[1], y1=y[0], y2=y[1], **paint)
    fill = colour(one["fillcolor"]) if one.get("fillcolor") else "none"
    size: dict[str, Any] = {"width": abs(x[1] - x[0]), "height": abs(y[1] - y[0])}
    return element("rect", x=min(x[0], x[1]), y=min(y[0], y[1]), fill=fill, **size, **paint)


def drawn_annotations(layout: dict[str, Any], panels: Panels) -> str:
    """The words that stand at places of their own."""
    parts = []
    for one in layout.get("annotations", []):
        panel = next(
            (own for pair, own in panels.items() if _is_on(one, pair)), next(iter(panels.values()))
        )
        x = _place(one.get("x", 0), one.get("xref"), panel.x)
        y = _place(one.get("y", 0), one.get("yref"), panel.y)
        if x is not None and y is not None:
            parts.append(text(x, y, str(one.get("text", "")), anchor=_anchor(one), font_size=11))
    return "".join(parts)


def _anchor(one: dict[str, Any]) -> str:
    return {"left": "start", "right": "end"}.get(str(one.get("xanchor")), "middle")
