import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.core.csvio import (
    MAX_COLUMNS,
    MAX_ROWS,
    decode_text,
    read_table,
    table_lines,
    without_inner_marks,
    write_table,
)
from readerstudy.core.errors import InvalidInput


@pytest.mark.parametrize(
    "content",
    [
        b"email,name\na@b.org,Anna\n",
        b"email;name\r\na@b.org;Anna\r\n",
        b"email\tname\na@b.org\tAnna",
        "\ufeffemail,name\na@b.org,Anna\n".encode(),
        "email,name\na@b.org,Anna\n".encode("utf-16"),
        b"\n\n email , name \n a@b.org , Anna \n",
    ],
    ids=["comma", "semicolon", "tab", "byte order mark", "utf-16", "white space"],
)
def test_a_table_is_read_as_people_save_it(content):
    table = read_table(content, name="readers.csv")

    assert table.header == ("email", "name")
    assert table.rows == (("a@b.org", "Anna"),)


def test_rows_keep_the_number_they_have_in_a_spreadsheet():
    table = read_table(b'a,b\n1,2\n\n ,\n"3\n3",4\n5\n', name="t.csv")

    assert list(table.records()) == [
        (2, {"a": "1", "b": "2"}),
        (5, {"a": "3\n3", "b": "4"}),
        (6, {"a": "5", "b": ""}),
    ]


def test_a_windows_file_keeps_its_umlauts():
    assert decode_text("Müller".encode("cp1252"), name="x") == "Müller"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n , \n", "empty_file"),
        (b"a,b\n\x00,1", "not_text"),
        (b"\xff\xfea", "not_text"),
        (b'a,b\n"1,2', "not_csv"),
        (b"a,b,a\n1,2,3", "repeated_column"),
        (b"," * (MAX_COLUMNS + 1), "too_wide"),
        (b"x" + b",x" * MAX_COLUMNS, "too_wide"),
    ],
)
def test_what_is_no_table_is_refused_with_the_name_of_the_file(content, code):
    with pytest.raises(InvalidInput, match=r"readers\.csv") as refusal:
        read_table(content, name="readers.csv")
    assert refusal.value.code == code


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1"])
def test_no_cell_is_a_formula_for_a_spreadsheet(cell):
    for text in (write_table([cell], [[cell]]), "".join(table_lines([cell], [[cell]]))):
        assert list(csv.reader(io.StringIO(text, newline=""))) == [["'" + cell], ["'" + cell]]


FORMULA = re.compile(r"\s*([=@]|[+-](?![0-9]+([.,][0-9]+)?\s*$))")
FORMULAS = (
    "x;=cmd|'/c calc'!A0",
    "x; \t@SUM(A1)",
    'x;"=1',
    "x;;+1+cmd",
    "x\t-1+1",
    "x|=1",
    "x\n=1",
    "x\r\n=1",
    ";=1",
    "\t=1",
    "x;-1;=1",
    'x";=1',
    "x; -0.2=1",
)


@pytest.mark.parametrize("cell", FORMULAS)
@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_no_part_of_a_cell_is_a_formula_whatever_the_spreadsheet_separates_by(cell, delimiter):
    text = write_table(["a", cell], [["b", cell]])

    found = [part for row in csv.reader(io.StringIO(text), delimiter=delimiter) for part in row]
    assert [part for part in found if FORMULA.match(part)] == []
    if delimiter == ",":
        assert without_inner_marks(found[1].removeprefix("'") if cell[0] == "\t" else found[1]) == cell  # fmt: skip


@pytest.mark.parametrize(
    "cell", ["0.1; -0.2", "0.1; -0,2 %", "[0.1; -0.2]", "1e-3;-1e-3|+2", "a; b - c", "a - b", "x\n-1"]
)  # fmt: skip
def test_ranges_of_numbers_stay_as_they_are(cell):
    assert list(csv.reader(io.StringIO(write_table(["a"], [[cell]]), newline="")))[1] == [cell]


@given(st.text(alphabet=" ;|\t\r\n'\"=+-@1.,)%ex"))
def test_the_marks_within_a_cell_are_taken_away_again(cell):
    [[written]] = list(csv.reader(io.StringIO(write_table([f"x{cell}"], []), newline="")))
    assert without_inner_marks(written) == f"x{cell}"


def test_a_long_cell_is_marked_in_time():
    long = 50_000
    cell = f"x{'; ' * long}{chr(39) * long}=;-1{' ' * long}y;-{'1' * long}x"
    assert without_inner_marks(write_table([cell], [])[:-2]) == cell


def test_numbers_booleans_and_gaps_are_written_as_such():
    text = write_table(["a", "b", "c", "d"], [[-1.5, True, None, "=x, y"]])

    assert text == 'a,b,c,d\r\n-1.5,1,,"\'=x, y"\r\n'


def test_a_table_in_two_encodings_is_refused_with_the_lines():
    content = "a,b\nMüller,1\n".encode() + "Möller,2\n".encode("cp1252")
    with pytest.raises(InvalidInput, match="line 2 is UTF-8, line 3 is not") as refusal:
        read_table(content, name="readers.csv")
    assert refusal.value.code == "mixed_encodings"


def test_a_table_with_too_many_rows_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        read_table(b"a\n" + b"\n" * MAX_ROWS, name="readers.csv")
    assert refusal.value.code == "too_large"


def test_the_line_in_which_a_spreadsheet_names_its_separator_is_no_header():
    table = read_table(b"sep=;\r\na;b,c\r\n1;2,5\r\n", name="x.csv")
    assert (table.header, table.rows, table.row_numbers) == (("a", "b,c"), (("1", "2,5"),), (3,))
