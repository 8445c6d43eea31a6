"""The named colours of figures in print: those of the light theme, told apart by lightness too."""

import itertools
import re
from typing import Any

from django.conf import settings

_TOKENS = settings.BASE_DIR / "static" / "css" / "tokens.css"


def _light() -> dict[str, str]:
    """The custom properties of the light theme: the first rule of the style sheet."""
    rule = _TOKENS.read_text(encoding="utf-8").split("}", 1)[0]
    return dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-fA-F]{3,8})\b", rule))


_LIGHT = _light()
_VARIABLE = re.compile(r"^var\((--[\w-]+)\)$")
_TEXT = _LIGHT["--text"]
_SCALES = {
    "Blues": ("#f3f8fc", "#0b3c6f"),
    "Greys": ("#ffffff", "#1a1a1a"),
    "RdBu": ("#8c1d18", "#f7f7f7", "#1b4f8a"),
    "Viridis": ("#fde725", "#21918c", "#440154"),
}
_DEFAULT_SCALE = ("#f4f8f9", "#0b5d6f")


def colour(name: Any, default: str = "var(--text)") -> str:
    """The colour as SVG knows it."""
    name = name if isinstance(name, str) else default
    match = _VARIABLE.match(name.strip())
    return _LIGHT.get(match[1], _TEXT) if match else name


def series(index: int) -> str:
    """The colour of a series that names none."""
    return _LIGHT[f"--series-{index % 8 + 1}"]


def from_scale(scale: Any, share: float) -> str:
    """The colour at a share from 0 to 1 of a scale: one of Plotly's names, or its list of (share, colour)."""
    stops = _stops(scale)
    share = min(max(share, 0.0), 1.0)
    for (low, first), (high, second) in itertools.pairwise(stops):
        if share <= high:
            return _between(first, second, (share - low) / (high - low) if high > low else 0.0)
    return stops[-1][1]


def is_dark(name: str) -> bool:
    """Whether words on this colour must be light."""
    red, green, blue = _channels(name)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140  # noqa: PLR2004 (of 255)


def _stops(scale: Any) -> list[tuple[float, str]]:
    if isinstance(scale, list) and scale:
        return [(float(at), colour(name)) for at, name in scale]
    names = _SCALES.get(scale, _DEFAULT_SCALE) if isinstance(scale, str) else _DEFAULT_SCALE
    return [(place / (len(names) - 1), name) for place, name in enumerate(names)]


def _between(first: str, second: str, share: float) -> str:
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(one + share * (other - one)):02x}" for one, other in pairs)


def _channels(name: str) -> tuple[int, int, int]:
    digits = name.lstrip("#") if re.fullmatch(r"#[0-9a-fA-F]{6}", name) else "808080"
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
