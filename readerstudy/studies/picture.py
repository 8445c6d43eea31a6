"""The picture of an allocation: where its boxes, lines and words stand. A template draws it as SVG, without script."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from readerstudy.studies.choices import ArmKind, DesignKind
from readerstudy.studies.flow import Flow, Group, Part

_READERS_WIDTH, _SESSION_WIDTH, _GAP = 130, 340, 90
_HEAD, _PART, _PAD, _ROW_GAP = 40, 34, 10, 18


@dataclass(frozen=True)
class Word:
    """A line of text; (x, y) is the middle of its baseline."""

    x: int
    y: int
    text: str
    css: str = ""


@dataclass(frozen=True)
class Box:
    """A rectangle; `css` is the arm, or empty."""

    x: int
    y: int
    width: int
    height: int
    css: str = ""


@dataclass(frozen=True)
class Arrow:
    """A line from left to right with a head."""

    x: int
    y: int
    to: int


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn, in units of the SVG."""

    width: int
    height: int
    boxes: list[Box]
    words: list[Word]
    arrows: list[Arrow]


def picture_of(flow: Flow, *, washout_days: int) -> Picture:
    """Groups of readers from top to bottom, their sessions from left to right."""
    boxes: list[Box] = []
    words = list(_headings(flow, washout_days))
    arrows: list[Arrow] = []
    top = _HEAD
    for group in flow.groups:
        height = _height(group)
        _draw_group(group, flow.kind, top, height, boxes, words, arrows)
        top += height + _ROW_GAP
    width = _READERS_WIDTH + flow.sessions * (_GAP + _SESSION_WIDTH)
    return Picture(width, top, boxes, words, arrows)


def _headings(flow: Flow, washout_days: int) -> Iterator[Word]:
    yield Word(_READERS_WIDTH // 2, 20, _("Readers"), "head")
    for number in range(1, flow.sessions + 1):
        left = _left(number)
        yield Word(left + _SESSION_WIDTH // 2, 20, _("Session %d") % number, "head")
        if number > 1:
            days = ngettext("≥ %d day", "≥ %d days", washout_days) % washout_days
            yield Word(left - _GAP // 2, 20, days, "head")


def _left(session: int) -> int:
    return _READERS_WIDTH + _GAP + (session - 1) * (_SESSION_WIDTH + _GAP)


def _height(group: Group) -> int:
    return 2 * _PAD + _PART * max(2, *(len(parts) for parts in group.sessions))


def _draw_group(  # noqa: PLR0917 (private)
    group: Group,
    kind: str,
    top: int,
    height: int,
    boxes: list[Box],
    words: list[Word],
    arrows: list[Arrow],
) -> None:
    middle = top + height // 2
    boxes.append(Box(0, top, _READERS_WIDTH, height))
    words.append(Word(_READERS_WIDTH // 2, middle - 2, str(group.readers), "number"))
    readers = ngettext("reader", "readers", group.readers)
    words.append(Word(_READERS_WIDTH // 2, middle + 20, readers))
    for number, parts in enumerate(group.sessions, start=1):
        left = _left(number)
        arrows.append(Arrow(left - _GAP + 6, middle, left - 6))
        boxes.append(Box(left, top, _SESSION_WIDTH, height))
        first = middle - len(parts) * _PART // 2
        for place, part in enumerate(parts):
            y = first + place * _PART
            css = "repeat" if part.is_repeat else part.arm.value
            boxes.append(Box(left + 8, y + 3, _SESSION_WIDTH - 16, _PART - 6, css))
            words.append(Word(left + _SESSION_WIDTH // 2, y + 22, words_of(part, kind)))


def words_of(part: Part, kind: str) -> str:
    """What is read in the part, in words, with the half or block of the cases where there are some."""
    if part.is_repeat:
        return (
            ngettext("%d case again, unaided", "%d cases again, unaided", part.cases) % part.cases
        )
    words = _sentences(part.cases)[part.arm] % part.cases
    parts = {DesignKind.CROSSOVER: _("half %d"), DesignKind.BLOCKS: _("block %d")}
    return f"{words} · {parts[DesignKind(kind)] % part.block}" if kind in parts else words


def _sentences(cases: int) -> dict[Any, str]:
    return {
        ArmKind.UNAIDED: ngettext("%d case unaided", "%d cases unaided", cases),
        ArmKind.AIDED: ngettext("%d case aided", "%d cases aided", cases),
        ArmKind.SEQUENTIAL: ngettext(
            "%d case unaided, then aided", "%d cases unaided, then aided", cases
        ),
    }
