"""What divides the cases: phototype, site, age, sex, diagnosis and view, each with its levels."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.table import CaseRow, ReadingTable

# Fitzpatrick's six types in the three pairs in which image sets are usually reported.
PHOTOTYPES = {1: "I-II", 2: "I-II", 3: "III-IV", 4: "III-IV", 5: "V-VI", 6: "V-VI"}
AGE_BANDS = ((30, "under 30"), (50, "30-49"), (70, "50-69"))
OLDEST = "70 and over"
# Of a free text such as the site only the most frequent values are told apart.
MOST_LEVELS = 12


@dataclass(frozen=True, eq=False)
class Level:
    """One value, and which cases (K,) have it."""

    name: str
    cases: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Factor:
    """One property of the cases; `is_missing` (K,) says where it is not recorded.

    `further` counts levels beyond the most frequent ones and the cases in them.
    """

    name: str
    levels: tuple[Level, ...]
    is_missing: NDArray[np.bool_]
    further: tuple[int, int] = (0, 0)


def factors(table: ReadingTable) -> tuple[Factor, ...]:
    """All six; those that nobody recorded have no levels."""
    return (
        _ordered("phototype", _of_cases(table, _phototype), dict.fromkeys(PHOTOTYPES.values())),
        _frequent("site", _of_cases(table, lambda case: case.site)),
        _ordered("age", _of_cases(table, _age_band), [*(name for _end, name in AGE_BANDS), OLDEST]),
        _frequent("sex", _of_cases(table, lambda case: case.sex)),
        _frequent("diagnosis", table.diagnosis),
        _frequent("view", _of_cases(table, lambda case: case.view)),
    )


def _of_cases(table: ReadingTable, value: Callable[[CaseRow], str]) -> list[str]:
    return [value(case) for case in table.cases] or [""] * table.truth.size


def _phototype(case: CaseRow) -> str:
    return PHOTOTYPES.get(case.fitzpatrick or 0, "")


def _age_band(case: CaseRow) -> str:
    if case.age_years is None:
        return ""
    return next((name for end, name in AGE_BANDS if case.age_years < end), OLDEST)


def _ordered(name: str, values: Sequence[str], order: Iterable[str]) -> Factor:
    present = [level for level in order if level in set(values)]
    return _factor(name, values, present)


def _frequent(name: str, values: Sequence[str]) -> Factor:
    count = Counter(value for value in values if value)
    return _factor(name, values, sorted(count, key=lambda value: (-count[value], value)))


def _factor(name: str, values: Sequence[str], present: list[str]) -> Factor:
    own, shown = np.array(values, dtype=object), present[:MOST_LEVELS]
    levels = tuple(Level(level, np.asarray(own == level, np.bool_)) for level in shown)
    rest = present[MOST_LEVELS:]
    further = len(rest), int(np.isin(own, rest).sum()) if rest else 0
    return Factor(name, levels, np.asarray(own == "", np.bool_), further)
