"""By what an exploration can be narrowed: groups of readers, kinds of cases, arm and session of the readings."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from readerstudy.core.errors import Conflict
from readerstudy.images.choices import Sex
from readerstudy.reading.conduct_choices import BoardCertification
from readerstudy.results.table import MISSING, CaseRow, ReadingTable

UNAIDED, AIDED = "unaided", "aided"
NOT_RECORDED = "not-recorded"
Words = str | Promise
_AGES = (30, 50, 70)
_YEARS = (5, 10, 20)
_PHOTOTYPES = ("I–II", "III–IV", "V–VI")
_ENDS = {NOT_RECORDED: _("not recorded")}


@dataclass(frozen=True)
class Facet:
    """One property by which readers or cases fall into classes; `value` gives the class of one row of the table."""

    name: str
    title: Words
    value: Callable[[Any], str]
    words: Callable[[str], Words] = str


def _band(number: int | None, limits: Sequence[int]) -> str:
    """The class of a number between the limits: `0-4`, `5-9`, `20-` (20 and more)."""
    if number is None:
        return NOT_RECORDED
    low = max((limit for limit in limits if limit <= number), default=0)
    above = [limit for limit in limits if limit > number]
    return f"{low}-{above[0] - 1}" if above else f"{low}-"


def _band_words(band: str) -> Words:
    if band in _ENDS:
        return _ENDS[band]
    low, high = band.split("-")
    return f"{low}–{high}" if high else f"≥ {low}"


def _named(value: str, names: Mapping[str, Words]) -> Words:
    return {**_ENDS, **names}.get(value, value)


def _phototype(case: CaseRow) -> str:
    return _PHOTOTYPES[(case.fitzpatrick - 1) // 2] if case.fitzpatrick else NOT_RECORDED


_SEXES = {value: label for value, label in Sex.choices if value}
_CERTIFICATIONS = dict(BoardCertification.choices)

READER_FACETS = (
    Facet("group", _("Rank group"), lambda one: one.group),
    Facet("institution", _("Institution"), lambda one: one.institution),
    Facet(
        "years",
        _("Years of experience"),
        lambda one: _band(one.years_of_experience, _YEARS),
        _band_words,
    ),
    Facet(
        "certification",
        _("Board certification"),
        lambda one: one.board_certification or NOT_RECORDED,
        partial(_named, names=_CERTIFICATIONS),
    ),
)
CASE_FACETS = (
    Facet("sex", _("Sex"), lambda one: one[0].sex or NOT_RECORDED, partial(_named, names=_SEXES)),
    Facet("age", _("Age in years"), lambda one: _band(one[0].age_years, _AGES), _band_words),
    Facet(
        "phototype",
        _("Fitzpatrick skin type"),
        lambda one: _phototype(one[0]),
        partial(_named, names={}),
    ),
    Facet("site", _("Anatomical site"), lambda one: one[0].site or NOT_RECORDED, partial(_named, names={})),
    Facet("diagnosis", _("Diagnosis"), lambda one: one[1] or NOT_RECORDED, partial(_named, names={})),
)  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """What is chosen: the classes of each facet (none of a facet is all of it), an arm, and a session or 0 for all."""

    classes: Mapping[str, tuple[str, ...]]
    arm: str = UNAIDED
    session: int = 0

    @property
    def opened(self) -> set[str]:
        """The facets in which something is chosen."""
        return {name for name, chosen in self.classes.items() if chosen}

    @property
    def is_everything(self) -> bool:
        """Whether nothing is narrowed."""
        return not any(self.classes.values()) and self.arm == UNAIDED and not self.session


def picked_table(table: ReadingTable, selection: Selection) -> ReadingTable:
    """The table of the chosen readers, cases and readings. Raises Conflict, with a sentence, where nothing is left."""
    readers = _chosen(table.readers, READER_FACETS, selection)
    cases = _chosen(_case_pairs(table), CASE_FACETS, selection)
    if not readers.any():
        raise Conflict("No reader fits this choice.", code="no_reader")
    if not cases.any():
        raise Conflict("No case fits this choice.", code="no_case")
    return _of_session(_of_arm(table, selection.arm), selection.session).picked(
        readers=readers, cases=cases
    )


def _case_pairs(table: ReadingTable) -> list[tuple[CaseRow, str]]:
    rows = table.cases or (CaseRow(),) * len(table.case_ids)
    return list(zip(rows, table.diagnosis, strict=True))


def _chosen(
    rows: Sequence[Any], facets: Sequence[Facet], selection: Selection
) -> NDArray[np.bool_]:
    chosen = np.ones(len(rows), np.bool_)
    for facet in facets:
        if classes := selection.classes.get(facet.name):
            chosen &= np.array([facet.value(row) in classes for row in rows])
    return chosen


def _of_arm(table: ReadingTable, arm: str) -> ReadingTable:
    if arm != AIDED:
        return table
    if table.aided is None:
        raise Conflict("Nobody read with the CNN's aid in this study.", code="no_aided_reading")
    own = table.aided
    # Order and sessions are those of the unaided readings.
    return replace(
        table,
        decision=own.decision, rating=own.rating, milliseconds=own.milliseconds, not_assessable=own.not_assessable,
        aided=None, repeats=None, place=None, undisturbed=None, session=None,
    )  # fmt: skip


def _of_session(table: ReadingTable, session: int) -> ReadingTable:
    """The readings of one session alone: a reader was asked for its cases and for no others."""
    if not session:
        return table
    if table.session is None:
        raise Conflict("The sessions of these readings are not known.", code="no_sessions")
    inside = table.session == session
    if not inside.any():
        raise Conflict("The study has no such session.", code="no_session")
    return replace(
        table,
        assigned=inside,
        decision=np.where(inside, table.decision, MISSING).astype(np.int8),
        rating=np.where(inside, table.rating, np.nan),
        milliseconds=np.where(inside, table.milliseconds, np.nan),
        not_assessable=table.not_assessable & inside,
    )


@dataclass(frozen=True)
class Choice:
    """One class of a facet: its value in an address, its words, how many rows have it, and whether it is chosen."""

    value: str
    words: Words
    count: int
    is_chosen: bool


def choices_of(table: ReadingTable, selection: Selection) -> list[tuple[Facet, list[Choice]]]:
    """The facets in which the table has more than one class, readers' before cases', with their classes."""
    rows: list[tuple[Facet, Sequence[Any]]] = [
        *((facet, table.readers) for facet in READER_FACETS),
        *((facet, _case_pairs(table)) for facet in CASE_FACETS),
    ]
    found = [(facet, _classes(facet, of, table, selection)) for facet, of in rows]
    return [(facet, classes) for facet, classes in found if len(classes) > 1]


def _classes(
    facet: Facet, rows: Sequence[Any], table: ReadingTable, selection: Selection
) -> list[Choice]:
    counts = Counter(facet.value(row) for row in rows)
    chosen = selection.classes.get(facet.name, ())
    ordered = sorted(counts, key=partial(_place, groups=table.group_order))
    return [Choice(one, facet.words(one), counts[one], one in chosen) for one in ordered]


def _place(value: str, groups: tuple[str, ...]) -> tuple[Any, ...]:
    """Rank groups in the study's order, bands by their numbers, the rest by name; what is not recorded comes last."""
    head = value.split("-", maxsplit=1)[0]
    rank = groups.index(value) if value in groups else len(groups)
    return (value == NOT_RECORDED, rank, int(head) if head.isdigit() else 0, value)


def session_numbers(table: ReadingTable) -> list[int]:
    """The sessions in which cases were read unaided; empty where it was one or they are not known."""
    if table.session is None:
        return []
    numbers = [int(number) for number in np.unique(table.session) if number]
    return numbers if len(numbers) > 1 else []
