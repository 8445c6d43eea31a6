"""Does it grow? What processes hold over time, and a rule that says no."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PAGE = 4096
# The first part of a day is warming up: code is loaded, pools and caches are filled.
WARM_UP_SHARE = 0.25
FEWEST = 8


@dataclass(frozen=True)
class Growth:
    """What a series does after warming up: units an hour, and how much the fitted line rises over the time, as a share."""

    per_hour: float
    share: float
    noise: float

    def is_growth(self, *, limit: float) -> bool:
        """More than the limit, and more than the points scatter about the line."""
        return self.share > limit and self.share > 2 * self.noise


def growth_of(times: Sequence[float], values: Sequence[float]) -> Growth:
    """The line through a series by the median of all slopes (Theil and Sen), which single peaks do not move.

    The start of the series is left out. Raises ValueError for fewer points than a line can be judged by.
    """
    first = int(len(times) * WARM_UP_SHARE)
    xs, ys = list(times[first:]), list(values[first:])
    if len(xs) < FEWEST or len(xs) != len(ys):
        raise ValueError(f"{len(xs)} points after warming up are too few to judge growth by.")
    slope = _median(
        [
            (y2 - y1) / (x2 - x1)
            for i, (x1, y1) in enumerate(zip(xs, ys, strict=True))
            for x2, y2 in zip(xs[i + 1 :], ys[i + 1 :], strict=True)
            if x2 > x1
        ]
    )
    start = _median([y - slope * (x - xs[0]) for x, y in zip(xs, ys, strict=True)])
    off = [abs(y - start - slope * (x - xs[0])) for x, y in zip(xs, ys, strict=True)]
    level = max(start, 1e-9)
    return Growth(3600 * slope, slope * (xs[-1] - xs[0]) / level, _median(off) / level)


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[-middle - 1]) / 2


def resident_bytes(leader: int) -> int:
    """What a process and all below it hold in memory of their own (RSS without what is shared), now."""
    return sum(_own_bytes(pid) for pid in [leader, *descendants(leader)])


def descendants(pid: int) -> list[int]:
    """The processes below one; none where it has ended."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(word) for word in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *descendants(child)]
    return found


def _own_bytes(pid: int) -> int:
    try:
        words = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(words[1]) - int(words[2])) * _PAGE
