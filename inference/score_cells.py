"""One cell of a score file: a number as people write it, and what is wrong with others."""

import re

MAX_LABEL = 80
_NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_NOT_FINITE = {"nan", "na", "n/a", "null", "none", "inf", "+inf", "-inf", "infinity", "-infinity"}


def fault_of(cell: str) -> tuple[str, str]:
    """Code and sentence of what is wrong with a cell; both empty for a probability."""
    if not cell:
        return "empty", "the score is missing."
    if cell.casefold() in _NOT_FINITE:
        return "not_finite", f"{cell} is no score; every case needs a finite number."
    if not is_number(cell):
        return "not_a_number", f"{cell} is not a number."
    if not 0 <= number_in(cell) <= 1:
        return "out_of_range", f"{cell} is no probability: it must be from 0 to 1."
    return "", ""


def is_number(cell: str) -> bool:
    # Longer than any float is written; a cell of a million digits is no score.
    return len(cell) <= MAX_LABEL and _NUMBER.fullmatch(cell) is not None


def number_in(cell: str) -> float:
    return float(cell.replace(",", "."))
