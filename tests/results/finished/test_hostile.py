"""Files that are wrong are refused with a sentence that names file, row and column."""

import time
import tracemalloc

import numpy as np
import pytest

from readerstudy.core.errors import DomainError
from readerstudy.results.finished.sheet import read_sheet
from tests.results.finished.files import (
    long_csv,
    mclass_rows,
    plan,
    table,
    workbook,
    zipped,
)


def problems(content, said=None, **files):
    with pytest.raises(DomainError) as error:
        plan(content, said, **files)
    return [str(one) for one in error.value.problems]


GOOD = long_csv()
LINES = GOOD.splitlines()


def with_line(number, line):
    """The good file with another row of the spreadsheet, counted from 1."""
    lines = [*LINES]
    lines[number - 1] = line
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (with_line(5, "R1,case-3,0,0,nan"), "study.csv, row 5, column rating: “nan” is not a finite number."),
        (with_line(5, "R1,case-3,0,0,inf"), "row 5, column rating: “inf” is not a finite number."),
        (with_line(5, "R1,case-3,0,0,1e999"), "row 5, column rating"),
        (with_line(5, "R1,case-3,0,0,1_0"), "row 5, column rating"),
        (with_line(5, "R1,case-3,0,0,१"), "row 5, column rating"),
        (with_line(5, "R1,case-2,1,0,9"), "row 5: reader R1 has answered case case-2 already, in row 4."),
        (with_line(5, "R1,case-3,1,0,9"), "column truth: case case-3 has “0” here, but “1” in row 5."),
        (with_line(5, ",case-3,0,0,9"), "study.csv, row 5, column reader: the name is empty."),
        (with_line(5, "R1,,0,0,9"), "row 5, column case: the name is empty."),
        (with_line(5, "R1,case-3,0,0,9,1,2"), "study.csv, row 5: there are 7 cells, but 5 columns."),
        (with_line(1, "reader,case,truth,decision,decision"), "row 1: column decision stands there twice."),
        (GOOD.replace(",1,", ",,"), "has no truth"),
        ("", "study.csv is empty: it has no header."),
        ("reader,case,truth,decision\n", "has a header but no rows"),
        ("a,b\n1,2\n", "is none of the layouts known"),
        (GOOD.encode() + b"\0", "holds NUL bytes"),
        (GOOD[:-2].encode("utf-16")[:-1], "damaged UTF-16"),
        (GOOD.replace("R1", "Rä").encode() + "R9,Fä,1,1,1\n".encode("latin-1"), "mixes encodings"),
        ('reader,case,truth,decision\nR1,"case,1,1\n', "is no readable CSV file"),
        ("\n".join([LINES[0], *(line for line in LINES[1:] if ",1," in line[6:12])]), "No case is negative"),
        ("BEGIN DATA:\nR1,c,m\n", "Line 2: there are 3 cells"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(content, sentence):
    assert any(sentence in one for one in problems(content)), problems(content)


def test_all_problems_are_told_at_once_and_no_more_than_can_be_read():
    bad = GOOD.replace(",10\n", ",x\n").replace("R2,", ",")
    told = problems(bad)
    assert len(told) <= 20


@pytest.mark.parametrize("cut", [1, 30, 400, 700])
def test_a_truncated_workbook_is_no_workbook(cut):
    content = workbook(mclass_rows())
    assert "no workbook" in problems(content[:-cut], name="Results.xlsx")[0]


@pytest.mark.parametrize(
    "parts",
    [
        {"other.xml": "<a/>"},
        {"xl/worksheets/sheet1.xml": "<a"},
        {"xl/worksheets/sheet1.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'},
    ],
)
def test_archives_that_are_no_workbooks_are_refused(parts):
    assert problems(zipped(parts), name="Results.xlsx")


def test_a_workbook_that_unfolds_into_too_much_is_refused():
    content = zipped({"xl/worksheets/sheet1.xml": " " * (65 * 2**20)})
    assert len(content) < 2**20
    assert "too large a workbook" in problems(content, name="Results.xlsx")[0]


def test_a_cell_of_a_workbook_may_name_no_place_in_it():
    rows = workbook([["reader", "case"], ["a", "b"]])
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f'<worksheet {space}><sheetData><row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData></worksheet>'
    assert "out of order" in problems(zipped({"xl/worksheets/sheet1.xml": sheet}), name="a.xlsx")[0]
    assert rows


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"columns": {"truth": "nowhere"}}, "has no column nowhere"),
        ({"truth": {"1": "perhaps"}}, "is not understood"),
        ({"columns": "truth"}, "must be an object"),
        ({"missing": "gone"}, "is not understood"),
        ({"secret": 1}, "is not understood"),
        ({"cut_off": "much"}, "is not a number"),
    ],
)
def test_answers_that_are_not_understood_are_refused(said, sentence):
    assert sentence in problems(GOOD, said)[0]


def test_a_column_of_names_that_is_no_class_is_refused():
    lines = ["reader,case,truth,decision", *[f"R1,c{n},name {n},1" for n in range(200)]]
    assert "200 different values" in problems("\n".join(lines))[0]


def test_names_that_would_fill_the_memory_are_refused():
    lines = ["reader,case,truth,decision", *[f"R{n},c{n},{n % 2},1" for n in range(5000)]]
    assert "more combinations" in problems("\n".join(lines))[0]


def test_a_million_readings_are_read_in_bounded_memory_and_time():
    """1,000 readers × 1,000 cases; what is traced slows everything, so the memory is that of the sheet alone."""
    rng = np.random.default_rng(5)
    rating = rng.integers(0, 101, (1000, 1000))
    rows = [
        f"R{j:04d},case-{k:04d},{k % 5 == 0:d},{rating[j, k] >= 50:d},{rating[j, k]}"
        for j in range(1000)
        for k in range(1000)
    ]
    content = "\n".join(["reader,case,truth,decision,rating", *rows]).encode()
    del rows
    tracemalloc.start()
    sheet = read_sheet(content[: len(content) // 10], name="large.csv")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 99_000 < len(sheet) < 101_000
    assert peak < 30 * 2**20
    started = time.perf_counter()
    found = table(content)
    assert time.perf_counter() - started < 60
    assert np.array_equal(found.rating, rating)
