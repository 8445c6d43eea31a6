"""Tables 1 to 3: the cases by truth, the readers, and what they read on. Counts of the frozen reading table and of stored rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from readerstudy.images.choices import Sex, View
from readerstudy.reading.conduct_choices import (
    AiExperience,
    BoardCertification,
    ColourGamut,
    ColourVision,
    DeviceClass,
    PointerKind,
    RoomLight,
)
from readerstudy.results.figure import Document
from readerstudy.results.report.facts import Facts
from readerstudy.results.sentences import decimal, percent
from readerstudy.results.table import CaseRow, ReaderRow
from readerstudy.results.table_model import ResultTable

Row = tuple[Any, ...]


def people_tables(document: Document, facts: Facts) -> dict[str, ResultTable]:
    """Number → table, for those that can be made."""
    tables = {
        "1": _cases(facts),
        "2": _readers(document, facts),
        "3": _environment(facts),
    }
    return {number: table for number, table in tables.items() if table is not None}


def _cases(facts: Facts) -> ResultTable | None:
    table = facts.table
    if table is None:
        return None
    cases = table.cases or (CaseRow(),) * table.truth.size
    sides = [table.truth >= 0, table.truth == 1, table.truth == 0]
    columns = [[case for case, is_in in zip(cases, side, strict=True) if is_in] for side in sides]
    diagnoses = [
        [name for name, is_in in zip(table.diagnosis, side, strict=True) if is_in] for side in sides
    ]
    rows = [
        (_("Cases"), "", *(str(len(own)) for own in columns)),
        *_range_rows(_("Age in years"), [[one.age_years for one in own] for own in columns]),
        *_share_rows(_("Sex"), [[_label(Sex, one.sex) for one in own] for own in columns]),
        *_share_rows(_("Anatomical site"), [[one.site for one in own] for own in columns]),
        *_share_rows(_("Fitzpatrick type"), [[_roman(one.fitzpatrick) for one in own] for own in columns]),
        *_share_rows(_("Photograph"), [[_label(View, one.view) for one in own] for own in columns]),
        *_share_rows(_("Diagnosis"), diagnoses),
    ]  # fmt: skip
    header = (_("Characteristic"), _("Value"), _("All cases"), _("Malignant"), _("Benign"))
    return _table("case-characteristics", _("The cases by reference standard"), header, rows)


def _readers(document: Document, facts: Facts) -> ResultTable | None:
    if facts.table is None:
        return None
    complete = facts.table.complete
    readers = [row for row, is_in in zip(facts.table.readers, complete, strict=True) if is_in]
    sizes = ((one["name"], one["n"]) for one in document["readers"]["institutions"])
    rows = [
        (_("Readers"), "", str(len(readers))),
        *_share_rows(_("Rank group"), [[one.group for one in readers]]),
        (_("Institutions"), "", str(len({name for name, _n in sizes}))),
        *_profile_rows(readers),
        *_answer_rows(facts),
    ]
    header = (_("Characteristic"), _("Value"), _("Readers"))
    return _table("reader-characteristics", _("The readers in the analysis"), header, rows)


def _profile_rows(readers: Sequence[ReaderRow]) -> Iterable[Row]:
    yield from _range_rows(_("Years of experience"), [[one.years_of_experience for one in readers]])
    certified = [_label(BoardCertification, one.board_certification) for one in readers]
    yield from _share_rows(_("Board certification in dermatology"), [certified])
    for name, label in (
        ("years_in_dermatology", _("Years in dermatology")),
        ("years_of_dermoscopy", _("Years of dermoscopy")),
        ("skin_checks_per_week", _("Skin checks per week")),
    ):
        yield from _range_rows(label, [[getattr(one, name) for one in readers]])


def _answer_rows(facts: Facts) -> Iterable[Row]:
    labels = {
        "ai_experience": (_("Experience with AI for skin lesions"), AiExperience),
        "colour_vision": (_("Colour vision"), ColourVision),
        "country": (_("Country"), None),
    }
    for name, (label, choices) in labels.items():
        counts = facts.profiles.get(name, {})
        told = {_label(choices, key): n for key, n in counts.items() if key}
        yield from _count_rows(label, told, sum(counts.values()))


def _environment(facts: Facts) -> ResultTable | None:
    told = facts.environments
    if not told or not told["sessions"]:
        return None
    labels: dict[str, tuple[str, Any]] = {
        "device_class": (_("Device"), DeviceClass),
        "pointer": (_("Pointer"), PointerKind),
        "colour_gamut": (_("Colour gamut"), ColourGamut),
        "room_light": (_("Light of the room"), RoomLight),
        "browser": (_("Browser"), None),
        "system": (_("Operating system"), None),
    }
    rows: list[Row] = [
        (_("Browser sessions"), "", str(told["sessions"])),
        (_("Readers"), "", str(told["readers"])),
        (_("Width of the window in CSS pixels"), _("range"), _span(told["narrowest"], told["widest"])),
    ]  # fmt: skip
    for name, (label, choices) in labels.items():
        counts = {
            _label(choices, key) or _("not recorded"): n for key, n in told["counts"][name].items()
        }
        rows += _count_rows(label, counts, told["sessions"])
    header = (_("Characteristic"), _("Value"), _("Sessions"))
    return _table("environment", _("What the readers read on"), header, rows)


def _table(name: str, title: str, header: tuple[str, ...], rows: Iterable[Row]) -> ResultTable:
    kinds = ("text", "text", *["label"] * (len(header) - 2))
    return ResultTable(name, title, header, kinds, tuple(rows))


def _range_rows(label: str, columns: list[list[int | None]]) -> list[Row]:
    """Median, quartiles and range; a row for what is not recorded. Nothing where nothing is recorded at all."""
    known = [[one for one in own if one is not None] for own in columns]
    if not any(known):
        return []
    rows: list[Row] = [(label, _("median (quartiles; range)"), *map(_spread, known))]
    return rows + _unknown(label, columns, known)


def _spread(values: list[int]) -> str:
    if not values:
        return "–"
    low, middle, high = np.percentile(values, (25, 50, 75))
    numbers = [decimal(one, 0 if float(one).is_integer() else 1) for one in (middle, low, high)]
    return f"{numbers[0]} ({numbers[1]}–{numbers[2]}; {min(values)}–{max(values)})"


def _span(low: int | None, high: int | None) -> str:
    return "–" if low is None else f"{low}–{high}"


def _share_rows(label: str, columns: list[list[str]]) -> list[Row]:
    """One row for every value with number and share of those for whom it is recorded; nothing where nothing is."""
    known = [[one for one in own if one] for own in columns]
    if not any(known):
        return []
    names = sorted({one for own in known for one in own})
    rows: list[Row] = [
        (label, name, *(_number_and_share(own.count(name), len(own)) for own in known))
        for name in names
    ]
    return rows + _unknown(label, columns, known)


def _unknown(
    label: str, columns: Sequence[Sequence[Any]], known: Sequence[Sequence[Any]]
) -> list[Row]:
    missing = [len(own) - len(there) for own, there in zip(columns, known, strict=True)]
    return [(label, _("not recorded"), *map(str, missing))] if any(missing) else []


def _count_rows(label: str, counts: dict[str, int], total: int) -> list[Row]:
    found: Counter[str] = Counter(counts)
    return [(label, name, _number_and_share(found[name], total)) for name in sorted(found)]


def _number_and_share(number: int, total: int) -> str:
    return f"{number} ({percent(number / total)})" if total else str(number)


def _label(choices: Any, value: str) -> str:
    if choices is None or not value:
        return value
    return str(choices(value).label) if value in choices.values else value


def _roman(kind: int | None) -> str:
    return "" if kind is None else ("I", "II", "III", "IV", "V", "VI")[kind - 1]
