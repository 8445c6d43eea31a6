"""Histograms as bars: how many values lie in each bin."""

from math import ceil, floor, sqrt
from typing import Any

from readerstudy.results.report.svg.numbers import is_number, nice_step

Trace = dict[str, Any]


def as_bars(trace: Trace) -> Trace:
    """The bar trace of a histogram; every other trace as it is.

    Bins are those of `xbins` (`ybins` where it lies), or round ones, about as many as the root of the number of values.
    """
    if trace.get("type") != "histogram":
        return trace
    lies = "x" not in trace
    values = [one for one in trace.get("y" if lies else "x") or [] if is_number(one)]
    start, size = _bins(trace.get("ybins" if lies else "xbins") or {}, values)
    middles, counts = _counted(values, start, size)
    total = {"percent": len(values) / 100, "probability": len(values)}.get(
        str(trace.get("histnorm")), 1
    )
    heights = [count / total for count in counts]
    along = (
        {"y": middles, "x": heights, "orientation": "h"} if lies else {"x": middles, "y": heights}
    )
    return {**trace, "type": "bar", "width": size, **along}


def _bins(given: Trace, values: list[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    size = given.get("size")
    if not is_number(size) or size <= 0:
        size = nice_step((high - low) / max(ceil(sqrt(len(values))), 1) or 1.0)
    start = given.get("start")
    return (start if is_number(start) else floor(low / size) * size), size


def _counted(values: list[float], start: float, size: float) -> tuple[list[float], list[int]]:
    """The middle of every bin from the first to the last that holds something, and its count; a bin holds its lower end."""
    # A value on an edge may miss it by rounding alone.
    places = [floor((value - start) / size + 1e-9) for value in values]
    bins = range(min(places, default=0), max(places, default=-1) + 1)
    return [round(start + (one + 0.5) * size, 12) for one in bins], [
        places.count(one) for one in bins
    ]
