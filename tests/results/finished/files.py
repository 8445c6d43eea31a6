"""Small made-up files of every layout, and what they mean."""

import io
import zipfile
from html import escape

import numpy as np

from readerstudy.results.finished.building import Header
from readerstudy.results.finished.opening import NamedFile
from readerstudy.results.finished.plan import Files, plan_finished
from readerstudy.results.finished.said import said_of

TRUTH = np.array([1, 1, 1, 0, 0, 0, 0, 0])
CASES = [f"case-{n}" for n in range(8)]
READERS = ["R1", "R2", "R3"]
# Readers × cases, 0 to 100; from 50 on is positive.
RATING = np.array(
    [
        [90, 70, 20, 10, 60, 5, 30, 40],
        [80, 85, 55, 20, 30, 52, 10, 15],
        [40, 95, 65, 45, 25, 35, 70, 5],
    ]
)
DECISION = (RATING >= 50).astype(int)
YES, NO = "biopsy / further treatment", "no further treatment"


def named(content, name="study.csv"):
    return NamedFile(name, content if isinstance(content, bytes) else content.encode())


def plan(content, said=None, *, name="study.csv", names=None, truth=None):
    files = Files(named(content, name), names, truth)
    return plan_finished(files, said_of(said or {}), Header("A study"))


def table(content, said=None, **files):
    """The table of files that leave nothing open."""
    found = plan(content, said, **files)
    assert found.questions == (), found.questions
    return found.table


def long_csv(*, sign=",", decision=True, rating=True, number=str, more=lambda _j, _k: ()):
    names = ["reader", "case", "truth", *["decision"] * decision, *["rating"] * rating]
    rows = [
        [
            *(READERS[j], CASES[k], str(TRUTH[k])),
            *[str(DECISION[j, k])] * decision,
            *[number(RATING[j, k])] * rating,
            *more(j, k),
        ]
        for j in range(3)
        for k in range(8)
    ]
    return "\n".join(sign.join(row) for row in [names, *rows]) + "\n"


def truth_csv(*, head="image,diagnosis", words=("nevus", "melanoma"), cases=CASES):
    rows = [f"{case},{words[value]}" for case, value in zip(cases, TRUTH, strict=True)]
    return "\n".join([head, *rows]) + "\n"


def workbook(rows):
    """A workbook (.xlsx) of one sheet; texts are shared strings, numbers are numbers, None is no cell at all."""
    strings, lines = [], []
    for number, row in enumerate(rows, start=1):
        cells = []
        for place, value in enumerate(row):
            reference = f"{letters(place)}{number}"
            if isinstance(value, str):
                cells.append(f'<c r="{reference}" t="s"><v>{len(strings)}</v></c>')
                strings.append(f"<si><t>{escape(value)}</t></si>")
            elif value is not None:
                cells.append(f'<c r="{reference}"><v>{value}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return zipped(
        {
            "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{''.join(lines)}</sheetData></worksheet>",
            "xl/sharedStrings.xml": f"<sst {space}>{''.join(strings)}</sst>",
        }
    )


def letters(place):
    """A, B, … Z, AA: the letters of a column from 0."""
    return (letters(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def zipped(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def mclass_rows():
    head = ["Dermatologist", *[f"Image {k + 1}" for k in range(8)]]
    answers = [[j + 1, *[YES if DECISION[j, k] else NO for k in range(8)]] for j in range(3)]
    return [["Answers to the questionnaire"], head, *answers]
