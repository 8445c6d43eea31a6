"""The truth of cases: a table beside the readings, or a column among them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from readerstudy.core.errors import InvalidInput
from readerstudy.results.finished import layouts
from readerstudy.results.finished.layouts import CASE, DIAGNOSIS, TRUTH
from readerstudy.results.finished.opening import NamedFile
from readerstudy.results.finished.problems import Problems, shown
from readerstudy.results.finished.reshaping import case_key
from readerstudy.results.finished.said import LEFT_OUT, NEGATIVE, POSITIVE, Said
from readerstudy.results.finished.sheet import Sheet, read_sheet

LEFT, UNTOLD = -2, -1
# The one-column truths of ISIC 2016 and 2017.
_ALSO = ("melanoma",)


@dataclass(frozen=True)
class Truths:
    """Case (as names are compared) → what the table says of it."""

    name: str
    text: Mapping[str, str]


def read_truth(file: NamedFile, said: Said) -> Truths:
    """The truth of each case in a table. Raises InvalidInput where it has no such columns or contradicts itself."""
    sheet = read_sheet(file.content, name=file.name)
    roles = layouts.roles_of(sheet, {})
    by_key = {layouts.key_of(one): one for one in sheet.header}
    heading = said.columns.get("truth_file") or roles.get(TRUTH) or roles.get(DIAGNOSIS) or next((by_key[one] for one in _ALSO if one in by_key), "")  # fmt: skip
    if CASE not in roles or heading not in sheet.header:
        message = f"{file.name} needs a column for the case and one for its truth; it has {', '.join(sheet.header[:12])}."
        raise InvalidInput(message, code="no_truth", field="truth")
    return Truths(file.name, _by_case(sheet, roles[CASE], heading))


def _by_case(sheet: Sheet, case_heading: str, heading: str) -> dict[str, str]:
    case, told = sheet.column(case_heading), sheet.column(heading)
    found: dict[str, str] = {}
    for row in range(len(sheet)):
        key, text = case_key(case[row]), told[row]
        if found.setdefault(key, text) != text:
            message = f"{sheet.name}, row {sheet.lines[row]}: case {shown(case[row])} has the truth “{shown(text)}” here and “{shown(found[key])}” before."
            raise InvalidInput(message, code="contradiction", field="truth")
    return found


def truth_of_cases(
    texts: tuple[str, ...], classes: Mapping[str, str]
) -> np.ndarray:  # fmt: skip
    """1, 0, LEFT where the case is left out, UNTOLD where nothing is told, for the text of each case."""
    value = {POSITIVE: 1, NEGATIVE: 0, LEFT_OUT: LEFT}
    return np.array([value.get(classes.get(text, ""), UNTOLD) for text in texts], np.int64)


def check_told(
    truth: np.ndarray, names: tuple[str, ...], problems: Problems, file: str = ""
) -> None:
    """Every case must have a truth, or be left out; `file` is the table that should have it, where there is one."""
    untold = np.flatnonzero(truth == UNTOLD)
    for place in untold[:5].tolist():
        case = shown(names[place])
        message = f"case {case} has no truth in {file}." if file else f"case {case} has no truth."
        problems.add("no_truth", message)
    problems.count += max(0, int(untold.size) - 5)
