"""The text format of iMRMC: a free header, BEGIN DATA:, then reader,case,modality,score; truth lines among them."""

import re

from readerstudy.stats.files.rows import Rows
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError

BEGIN = re.compile(r"^[ \t]*BEGIN[ \t]+DATA[ \t]*:", re.IGNORECASE | re.MULTILINE)
_COUNT = re.compile(r"^[ \t]*(N0|N1|NR|NM)[ \t]*:[ \t]*(\d+)", re.IGNORECASE | re.MULTILINE)
_CELLS = 4
_NAMES = {"N0": "negative cases", "N1": "positive cases", "NR": "readers", "NM": "modalities"}


def is_imrmc(text: str) -> bool:
    """Whether there is a line BEGIN DATA:."""
    return BEGIN.search(text) is not None


def imrmc_rows(text: str, problems: list[str], _notes: list[str]) -> Rows:
    """The readings with the truth of their cases, which may stand anywhere in the data."""
    lines = text.split("\n")
    start = next(number for number, line in enumerate(lines) if BEGIN.match(line))
    truth: dict[str, tuple[str, int]] = {}
    found: list[tuple[int, str, str, str, str]] = []
    for number, line in enumerate(lines[start + 1 :], start + 2):
        cells = [cell.strip() for cell in line.split(",")]
        if cells == [""]:
            continue
        if len(cells) != _CELLS:
            problems.append(f"Line {number}: there are {len(cells)} cells, not reader,case,modality,score.")  # fmt: skip
        elif cells[0].lower() == "truth":
            _note_truth(truth, cells, number, problems)
        else:
            found.append((number, cells[0], cells[2], cells[1], cells[3]))
    return _rows(found, truth, problems)


def _note_truth(
    truth: dict[str, tuple[str, int]], cells: list[str], number: int, problems: list[str]
) -> None:
    case, value = cells[1], cells[3]
    if case not in truth:
        truth[case] = value, number
    elif truth[case][0] != value:
        problems.append(f"Line {number}: case {case} has truth {value}, but {truth[case][0]} in line {truth[case][1]}.")  # fmt: skip


def _rows(
    found: list[tuple[int, str, str, str, str]],
    truth: dict[str, tuple[str, int]],
    problems: list[str],
) -> Rows:
    rows, unknown = Rows(), set()
    for line, reader, modality, case, score in found:
        if case in truth:
            rows.add(line, reader, modality, case, truth=truth[case][0], score=score)
        elif case not in unknown:
            unknown.add(case)
            problems.append(f"Line {line}: case {case} has no truth line.")
    return rows


def header_notes(text: str, readings: Readings) -> list[str]:
    """A sentence for every count of the header that differs from the data."""
    counted = {
        "N0": readings.n_negative,
        "N1": readings.n_positive,
        "NR": len(readings.readers),
        "NM": len(readings.modalities),
    }
    begin = BEGIN.search(text)
    said = _COUNT.findall(text[: begin.start() if begin else 0])
    return [
        f"The header says {value} {_NAMES[name.upper()]}, the data have {counted[name.upper()]}."
        for name, value in said
        if int(value) != counted[name.upper()]
    ]


def to_imrmc(readings: Readings) -> str:
    """The readings as an iMRMC text, scores at full precision.

    Raises StatisticsInputError for names with commas or line breaks, and a reader called truth: the format has no
    quotation marks.
    """
    names = [*readings.modalities, *readings.readers, *readings.cases]
    bad = [name for name in names if re.search(r"[,\r\n]", name) or name != name.strip() or not name]  # fmt: skip
    bad += [name for name in readings.readers if name.lower() == "truth"]
    if bad:
        raise StatisticsInputError(f"The iMRMC format cannot hold the name {bad[0]!r}.")
    head = [f"N0: {readings.n_negative}", f"N1: {readings.n_positive}", f"NR: {len(readings.readers)}", f"NM: {len(readings.modalities)}", "BEGIN DATA:"]  # fmt: skip
    truth = [f"truth,{case},truth,{value}" for case, value in zip(readings.cases, readings.truth, strict=True)]  # fmt: skip
    rows = [
        f"{readings.readers[j]},{readings.cases[k]},{readings.modalities[i]},{float(readings.scores[i, j, k])!r}"
        for i, j, k in zip(*readings.read.nonzero(), strict=True)
    ]
    return "\n".join([*head, *truth, *rows, ""])
