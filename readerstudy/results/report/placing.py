"""Which tables and figures stand in which chapter, and the numbers that they are called by.

Topics are known by name; one that nobody here knows stands in the appendices, so that nothing of an analysis is lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from readerstudy.results.figure import Document, Figure
from readerstudy.results.figures import all_figures
from readerstudy.results.report.facts import Facts
from readerstudy.results.report.people import people_tables
from readerstudy.results.shown import TOPICS
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable
from readerstudy.results.tables import main_tables

PRIMARY, READERS, POINTS, SUBGROUPS, AGREEMENT, TIME = 6, 7, 8, 9, 10, 11
CALIBRATION, CROWD, FAILURES, MISSING, SENSITIVITY, APPENDIX = 12, 13, 14, 15, 16, 19
PEOPLE = 5
_CHAPTER_OF_TOPIC = {
    "comparison": PRIMARY,
    "readers": READERS,
    "experience": READERS,
    "operating-points": POINTS,
    "subgroups": SUBGROUPS,
    "agreement": AGREEMENT,
    "time": TIME,
    "calibration": CALIBRATION,
    "net-benefit": CALIBRATION,
    "crowd": CROWD,
    "aided": CROWD,
    "difficulty": FAILURES,
    "missing": SENSITIVITY,
}
# The chapters of what every analysis has, by the end of its name; the first of a chapter has the chapter's number.
_CHAPTER_OF_TABLE = {
    "-against-readers": PRIMARY,
    "-auc": PRIMARY,
    "readers": READERS,
    "groups": READERS,
    "institutions": READERS,
    "-specificity-at-sensitivity": POINTS,
    "-sensitivity-at-specificity": POINTS,
    "-comparison": POINTS,
}
_CHAPTER_OF_FIGURE = {"roc": PRIMARY, "groups": READERS, "matched": POINTS}
# Tables 1 to 8 as the field counts them; further ones of the same chapter have a letter.
_MAIN = {PRIMARY: 4, READERS: 5, POINTS: 6, SUBGROUPS: 7, AGREEMENT: 8}
_FIRST_OTHER = 9
# Every point of a curve fills pages and says no more than the figure: it is for machines.
LONG = 220
# Of topics: what has a line for every reader of a large panel is for the CSV files too.
LONG_OF_TOPIC = 60
# Tables 1 and 2 and the flow diagram say the same.
_TOLD_ELSEWHERE = frozenset({"flow", "cases-table"})
_NUMERIC = frozenset({"rate", "auc", "difference_auc", "difference", "p"})
_LETTERS = "bcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Part:
    """What one topic, or the analysis itself, has to show in a chapter."""

    title: str
    reasons: tuple[str, ...] = ()
    tables: tuple[ResultTable, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Placed:
    """Chapter → parts, table name → number, figure name → number; `left_out` are the tables that are too long."""

    parts: dict[int, list[Part]]
    tables: dict[str, str]
    figures: dict[str, str]
    left_out: tuple[ResultTable, ...]


@dataclass(frozen=True)
class _Shown:
    """A topic with its tables and figures, which are made once."""

    topic: Topic
    tables: tuple[ResultTable, ...]
    figures: tuple[Figure, ...]


def placed(document: Document, facts: Facts, extra: dict[int, list[ResultTable]]) -> Placed:
    """Everything in its chapter. `extra` are tables that the report makes itself."""
    people = people_tables(document, facts)
    parts: dict[int, list[Part]] = {number: [] for number in range(20)}
    parts[PEOPLE] = [Part("", tables=tuple(people.values()))]
    shown = [
        _Shown(one, tuple(one.tables(document)), tuple(one.figures(document))) for one in TOPICS
    ]
    main = {table.name: table for table in main_tables(document)}
    seen = _base(document, main, shown, parts)
    _topics(document, shown, parts, seen)
    for chapter, tables in extra.items():
        parts[chapter].append(Part("", tables=tuple(tables)))
    left_out = _left_out(main, shown, seen, parts)
    numbers = _numbers(parts, {table.name: number for number, table in people.items()})
    figures = [figure.name for own in parts.values() for part in own for figure in part.figures]
    named = {name: str(number) for number, name in enumerate(figures, start=1)}
    return Placed(parts, numbers, named, left_out)


def _base(
    document: Document,
    main: dict[str, ResultTable],
    shown: list[_Shown],
    parts: dict[int, list[Part]],
) -> set[str]:
    """Places what every analysis has; returns the names of the tables."""
    of_topics = {one.name for own in shown for one in own.tables}
    of_topics |= {one.name for own in shown for one in own.figures}
    main_figures, seen = all_figures(document), set()
    for chapter in sorted({*_CHAPTER_OF_TABLE.values(), *_CHAPTER_OF_FIGURE.values()}):
        own = tuple(_ordered(chapter, main, of_topics))
        figures = [
            figure
            for figure in main_figures
            if _CHAPTER_OF_FIGURE.get(figure.name.split("-")[0]) == chapter
            and figure.name not in of_topics
        ]
        # The first figure of the primary result is the paper's, whatever else was planned.
        of_figures, of_tables = Part("", figures=tuple(figures)), Part("", tables=own)
        whole = Part("", tables=own, figures=tuple(figures))
        parts[chapter] += [of_figures, of_tables] if chapter == PRIMARY else [whole]
        seen |= {table.name for table in own}
    return seen


def _ordered(
    chapter: int, tables: dict[str, ResultTable], others: set[str]
) -> Iterable[ResultTable]:
    for ending, own in _CHAPTER_OF_TABLE.items():
        for name, table in tables.items():
            fits = name.endswith(ending) if ending.startswith("-") else name == ending
            if own == chapter and fits and name not in others and table.rows:
                yield table


def _topics(
    document: Document, shown: list[_Shown], parts: dict[int, list[Part]], seen: set[str]
) -> None:
    for own in shown:
        topic = own.topic
        chapter = _CHAPTER_OF_TOPIC.get(topic.name, APPENDIX)
        tables = [one for one in own.tables if one.name not in seen and one.rows]
        short = tuple(
            one
            for one in tables
            if len(one.rows) <= LONG_OF_TOPIC and one.name not in _TOLD_ELSEWHERE
        )
        seen |= {one.name for one in short}
        part = Part(str(topic.title), tuple(topic.reasons(document)), short, own.figures)
        # The comparison that was planned stands before the tables of single runs.
        parts[chapter].insert(1 if chapter == PRIMARY else len(parts[chapter]), part)


def _left_out(
    main: dict[str, ResultTable],
    shown: list[_Shown],
    seen: set[str],
    parts: dict[int, list[Part]],
) -> tuple[ResultTable, ...]:
    """What is left goes into the appendix, too long tables nowhere."""
    of_topics = {table.name: table for own in shown for table in own.tables}
    every = {**main, **of_topics}.values()
    rest = [one for one in every if one.name not in seen and one.rows]
    short = tuple(one for one in rest if len(one.rows) <= LONG and one.name not in of_topics)
    if short:
        parts[APPENDIX].append(Part("", tables=short))
    placed_there = {one.name for one in short}
    return tuple(one for one in rest if one.name not in placed_there)


def _numbers(parts: dict[int, list[Part]], people: dict[str, str]) -> dict[str, str]:
    numbers, other, appendix = dict(people), _FIRST_OTHER, 1
    for chapter, own in parts.items():
        tables = [table for part in own for table in part.tables if table.name not in numbers]
        if chapter in _MAIN:
            # The chapter's number is that of its first table with results, not of one that only tells what was planned.
            tables.sort(key=lambda table: _NUMERIC.isdisjoint(table.kinds))
        names = [table.name for table in tables]
        for place, name in enumerate(names):
            if chapter in _MAIN:
                numbers[name] = f"{_MAIN[chapter]}{_suffix(place)}"
            elif chapter == APPENDIX:
                numbers[name], appendix = f"A{appendix}", appendix + 1
            else:
                numbers[name], other = str(other), other + 1
    return numbers


def _suffix(place: int) -> str:
    if place == 0:
        return ""
    return _LETTERS[place - 1] if place <= len(_LETTERS) else f"-{place + 1}"
