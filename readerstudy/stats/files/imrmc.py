"""The text format of iMRMC: a free header, BEGIN DATA:, then reader,case,modality,score; truth lines among them."""

import re

from readerstudy.stats.files.names import check_writable
from readerstudy.stats.files.problems import Problems
from readerstudy.stats.files.rows import Rows
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError

_BEGIN = re.compile(r"^[ \t]*BEGIN[ \t]+DATA[ \t]*:", re.IGNORECASE | re.MULTILINE)
_COUNT = re.compile(r"^[ \t]*(N0|N1|NR|NM)[ \t]*:[ \t]*([0-9]{1,12})\b", re.IGNORECASE | re.MULTILINE)  # fmt: skip
_CELLS = 4
# The two that iMRMC knows.
_TRUTH_READERS = frozenset({"truth", "-1"})


def is_imrmc(text: str) -> bool:
    """Whether there is a line BEGIN DATA:."""
    return _BEGIN.search(text) is not None


def imrmc_rows(text: str, problems: Problems) -> Rows:
    """The readings, and the truth of their cases, which may stand anywhere in the data."""
    lines = _lines(text)
    start = next(number for number, line in enumerate(lines) if _BEGIN.match(line))
    line_of: dict[bool, list[int]] = {True: [], False: []}
    flat: dict[bool, list[str]] = {True: [], False: []}
    for number, line in enumerate(lines[start + 1 :], start + 2):
        cells = line.split(",")
        if not "".join(cells[_CELLS:]).strip():
            del cells[_CELLS:]
        if not "".join(cells).strip():
            continue
        if len(cells) != _CELLS:
            problems.add(f"there are {len(cells)} cells, not reader,case,modality,score.", number)
            continue
        is_truth = cells[0].strip().lower() in _TRUTH_READERS
        line_of[is_truth].append(number)
        flat[is_truth] += cells
    reader, case, modality, score = (flat[False][place::_CELLS] for place in range(_CELLS))
    truth_case, truth = (flat[True][place::_CELLS] for place in (1, 3))
    return Rows(line_of[False], reader, modality, case, score, line_of[True], truth_case, truth)


def header_notes(text: str, rows: Rows, readings: Readings) -> list[str]:
    """A sentence for every count of the header that differs from the data; all cases with a truth are counted."""
    truth = {case.strip(): float(value) for case, value in zip(rows.truth_case, rows.truth, strict=True)}  # fmt: skip
    positive = int(sum(truth.values()))
    counted = {
        "N0": (len(truth) - positive, "negative cases"),
        "N1": (positive, "positive cases"),
        "NR": (len(readings.readers), "readers"),
        "NM": (len(readings.modalities), "modalities"),
    }
    head = next(iter(_BEGIN.split("\n".join(_lines(text)), maxsplit=1)))
    said = [(*counted[name.upper()], int(value)) for name, value in _COUNT.findall(head)]
    return [
        f"The header says {value} {what}, the data have {count}."
        for count, what, value in said
        if value != count
    ]


def _lines(text: str) -> list[str]:
    """Not splitlines(), which takes further signs for line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def to_imrmc(readings: Readings) -> str:
    """The readings as an iMRMC text, scores at full precision.

    Raises StatisticsInputError for names with commas or line breaks, which the format cannot quote, and for a reader
    called truth or -1.
    """
    check_writable(readings, "The iMRMC format", without=",\r\n")
    for name in readings.readers:
        if name.lower() in _TRUTH_READERS:
            raise StatisticsInputError(f'The iMRMC format cannot hold a reader called "{name}": that is its word for the truth.')  # fmt: skip
    head = [f"N0: {readings.n_negative}", f"N1: {readings.n_positive}", f"NR: {len(readings.readers)}", f"NM: {len(readings.modalities)}", "BEGIN DATA:"]  # fmt: skip
    truth = [f"truth,{case},truth,{value}" for case, value in zip(readings.cases, readings.truth, strict=True)]  # fmt: skip
    rows = [
        f"{readings.readers[j]},{readings.cases[k]},{readings.modalities[i]},{float(readings.scores[i, j, k])!r}"
        for i, j, k in zip(*readings.read.nonzero(), strict=True)
    ]
    return "\n".join([*head, *truth, *rows, ""])
