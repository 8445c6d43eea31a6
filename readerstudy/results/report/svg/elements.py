"""The pieces of SVG that figures are made of, as text. Every number has at most two decimals, so that equal figures are equal bytes."""

import re
from html import escape
from typing import Any

from readerstudy.core.xml_text import xml_text

FONT_SIZE = 12
# Mean width of a character of a sans-serif font in parts of its size: enough to leave room for words.
_CHARACTER = 0.62
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|em|strong|sub|sup|span)\b[^>]*>", re.IGNORECASE)


def number(value: float) -> str:
    """A coordinate, such as 12.5 or 3."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def element(name: str, content: str = "", **attributes: Any) -> str:
    """One element; `_` in a name stands for `-`, None leaves an attribute out, floats are written short."""
    own = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{own}>{content}</{name}>" if content else f"<{name}{own}/>"


def _attribute(value: Any) -> str:
    return (
        number(value)
        if isinstance(value, int | float)
        else escape(xml_text(str(value)), quote=True)
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", **attributes: Any) -> str:
    """A line of words; (x, y) is the end of its baseline that `anchor` names."""
    size = attributes.pop("font_size", FONT_SIZE)
    content = escape(plain(words), quote=False)
    return element("text", content, x=x, y=y, text_anchor=anchor, font_size=size, **attributes)


def lines(
    x: float, y: float, words: list[str], *, anchor: str = "middle", **attributes: Any
) -> str:
    """Several lines of words, one below the other."""
    return "".join(
        text(x, y + number_ * 1.15 * FONT_SIZE, one, anchor=anchor, **attributes)
        for number_, one in enumerate(words)
    )


def plain(words: Any) -> str:
    """Words without the few tags that Plotly understands."""
    return _TAG.sub("", _BREAK.sub(" ", xml_text(str(words))))


def width_of(words: str, size: float = FONT_SIZE) -> float:
    """About how wide the words are, in pixels."""
    return _CHARACTER * size * len(plain(words))


def wrapped(words: str, room: float, most: int = 3) -> list[str]:
    """The words in lines that fit into the room, at most so many; what is left over stays in the last."""
    found: list[str] = [""]
    for word in plain(words).split():
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and width_of(longer) > room and len(found) < most:
            found.append(word)
        else:
            found[-1] = longer
    return found


def path(points: list[tuple[float, float]], *, closed: bool = False) -> str:
    """The `d` of a path through the points."""
    steps = " L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{steps}{' Z' if closed else ''}" if points else ""
