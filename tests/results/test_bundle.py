"""A bundle of a reading table: the same bytes every time, read back by other readers than the one that wrote it."""

import csv
import dataclasses
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from readerstudy.core.canonical import canonical_json, sha256_of
from readerstudy.results.analysis import build_document
from readerstudy.results.bundle.cells import csv_bytes, read_records
from readerstudy.results.bundle.checking import check_bundle
from readerstudy.results.bundle.columns import (
    CASE_FIELDS,
    NUMBER,
    READER_FIELDS,
    TEXT,
    Column,
)
from readerstudy.results.bundle.packing import packed, unpacked
from readerstudy.results.bundle.rebuilding import read_sources
from readerstudy.results.bundle.shown_files import shown_files
from readerstudy.results.table import AnalysisPlan, CaseRow, ReaderRow
from readerstudy.stats.files import load_text
from tests.results import independent
from tests.results.bundles import bundle_files, bundle_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def table():
    """One reader is incomplete, two cases could not be assessed."""
    return bundle_table(readers=7, missing=[(2, 3)], unassessed=[(4, 8), (5, 1)])


@pytest.fixture(scope="module")
def files(table):
    return bundle_files(table)


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"missing": [(2, 3), (0, 0)], "unassessed": [(4, 8)]},
        {"models": False},
        {"readers": 1},
        {"positives": 1, "negatives": 3, "readers": 3},
    ],
    ids=["whole", "gaps", "no CNN", "one reader", "four cases"],
)
def test_the_table_comes_back_out_of_the_csv_files_with_the_same_hash(options):
    table = bundle_table(**options)
    files = bundle_files(table)
    assert read_sources(files).table.sha256() == table.sha256()
    report = check_bundle(packed(files), shown=shown_files)
    assert report.lines()[-1] == "reproduced: yes", report.faults


def test_names_that_look_like_formulas_come_back_as_they_were():
    table = bundle_table()
    odd = ("=1+1", "'=1+1", "-5", "@x", "plain, with comma", 'a "quoted" one', "two\nlines")
    odd += ("'", "''-", " spaces ", "Ünïcode", "")
    table = dataclasses.replace(table, diagnosis=(*odd, *table.diagnosis[len(odd) :]))
    assert read_sources(bundle_files(table)).table.diagnosis == table.diagnosis
    # A spreadsheet would run none of them.
    rows = rows_of(bundle_files(table)["truth.csv"])
    assert not [row for row in rows if row["diagnosis"].startswith(("=", "+", "-", "@"))]


def test_parts_of_names_that_look_like_formulas_come_back_too():
    column = (Column("x", TEXT, "any"),)
    odd = ["x;=1", "x;'=1", 'x; "=1', "\t=1", "'\t=1", "'\t'=1", "=;=", "0.1; -0.2", "0.1; '-0.2"]
    written = csv_bytes(["x"], [[one] for one in odd])
    assert [value for [value] in read_records("x.csv", written, column).rows] == odd
    assert b";=" not in written


@pytest.mark.parametrize(
    "value", [0.1, -0.0, 0.0, 1e-300, 123456789012345.0, 1e300, -3.0, 1 / 3, 5e-324]
)
def test_every_float_is_read_back_bit_by_bit(value):
    column = (Column("x", NUMBER, "any"),)
    [[found]] = read_records("x.csv", csv_bytes(["x"], [[value]]), column).rows
    assert np.float64(found).tobytes() == np.float64(value).tobytes()


def test_the_same_study_gives_the_same_bytes(table, files):
    again = bundle_files(bundle_table(readers=7, missing=[(2, 3)], unassessed=[(4, 8), (5, 1)]))
    assert packed(files) == packed(dict(reversed(again.items())))
    assert unpacked(packed(files)) | files == unpacked(packed(files))


def test_the_columns_are_those_of_the_table():
    assert [column.name for column in CASE_FIELDS] == [
        field.name for field in dataclasses.fields(CaseRow)
    ]
    assert ["code", *(column.name for column in READER_FIELDS)] == [
        field.name for field in dataclasses.fields(ReaderRow)
    ]


def test_the_plan_comes_back_as_it_was_fixed():
    plan = AnalysisPlan(
        is_prespecified=True,
        alpha=0.01,
        margin=0.05,
        prevalence=0.013,
        prevalence_source="A registry",
    )
    table = dataclasses.replace(bundle_table(), plan=plan)
    assert read_sources(bundle_files(table)).table.plan == plan


def test_every_column_of_every_csv_file_is_in_the_data_dictionary(files):
    told = {(row["file"], row["column"]) for row in rows_of(files["data_dictionary.csv"])}
    tables = {name: data for name, data in files.items() if name.endswith(".csv")}
    del tables["data_dictionary.csv"]
    found = {(name, heading) for name, data in tables.items() for heading in csv.DictReader(io.StringIO(data.decode())).fieldnames}  # fmt: skip
    assert told == found


def test_the_readme_names_every_file_and_counts(files):
    readme = files["README.txt"].decode()
    for name in (*files, "SHA256SUMS", "bundle.json"):
        shown = re.sub(r"(tables|figures)/.*\.", r"\1/*.", name)
        assert shown in readme or name in {"README.txt", "LICENSE.txt"}
    assert "6 readers, 17 cases (5 malignant, 12 benign)" in readme
    assert "incomplete readers: 1" in readme


def test_the_sums_are_what_sha256sum_reads(tmp_path, files):
    with zipfile.ZipFile(io.BytesIO(packed(files))) as archive:
        archive.extractall(tmp_path)  # made here
    done = subprocess.run(["sha256sum", "--strict", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False)  # fmt: skip
    assert done.returncode == 0


# --- The formats of other software -----------------------------------------------------------------------------------


def test_the_imrmc_text_is_read_back_with_equal_scores(table, files):
    loaded = load_text(files["study.imrmc"].decode())
    readings, rows = loaded.readings, np.flatnonzero(table.complete)
    assert (loaded.format, loaded.notes) == ("iMRMC", ())
    assert set(readings.modalities) == {"unaided", "aided", "C01", "C02", "C03"}
    where = {name: place for place, name in enumerate(readings.cases)}
    order = [where[case] for case in table.case_ids]
    assert np.array_equal(readings.truth[order], table.truth)
    for modality, values in (("unaided", table.rating), ("aided", table.aided.rating)):
        scores = readings.of_modalities([modality]).of_readers([table.readers[row].code for row in rows])  # fmt: skip
        assert np.array_equal(scores.scores[0][:, order], values[rows], equal_nan=True)
    for run, code in enumerate(("C01", "C02", "C03")):
        scores = readings.of_modalities([code]).of_readers([code]).scores[0, 0]
        assert np.array_equal(scores[order], table.models[0].values[run])


def common_of(table):
    """Complete readers and the cases that all of them graded, by loops."""
    rows = [row for row in range(len(table.readers)) if table.complete[row]]
    cases = [k for k in range(table.truth.size) if all(table.decision[row, k] != -1 for row in rows)]  # fmt: skip
    return rows, cases


def test_the_workbook_is_read_by_openpyxl_with_equal_values(table, files):
    book = openpyxl.load_workbook(io.BytesIO(files["rjafroc.xlsx"]))
    assert book.sheetnames == ["TRUTH", "FP", "TP"]
    truth, false, true = (list(book[name].values) for name in book.sheetnames)
    rows, cases = common_of(table)
    assert truth[0] == ("CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm")
    assert [line[5] for line in truth[1:4]] == ["ROC", "FCTRL", None]
    names = ["C01", "C02", "C03", *(table.readers[row].code for row in rows)]
    assert {line[3] for line in truth[1:]} == {", ".join(names)}
    # As text they are sorted so that the algorithm is RJafroc's first reader.
    assert names == sorted(names)
    numbers = {row["case"]: int(row["number"]) for row in rows_of(files["cases.csv"])}
    assert [line[:3] for line in truth[1:]] == [
        (numbers[table.case_ids[k]], table.truth[k], table.truth[k]) for k in cases
    ]
    scores = [*table.models[0].values, *table.rating[rows]]
    expected = {(name, numbers[table.case_ids[k]]): row[k] for name, row in zip(names, scores, strict=True) for k in cases}  # fmt: skip
    assert false[0] == ("ReaderID", "ModalityID", "CaseID", "FP_Rating")
    assert true[0] == ("ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating")
    found = {(line[0], line[2]): line[-1] for line in (*false[1:], *true[1:])}
    assert found == expected
    assert {line[1] for line in (*false[1:], *true[1:])} == {"1"}
    assert len(true) - 1 == len(names) * sum(int(table.truth[k]) for k in cases)


def test_the_long_table_for_mrmcaov_holds_the_same(table, files):
    rows, cases = common_of(table)
    found = {(row["reader"], row["test"], row["case"]): (int(row["truth"]), float(row["score"])) for row in rows_of(files["mrmcaov.csv"])}  # fmt: skip
    expected = {
        (table.readers[row].code, "readers", table.case_ids[k]): (table.truth[k], table.rating[row, k])
        for row in rows
        for k in cases
    }  # fmt: skip
    for run, code in enumerate(("C01", "C02", "C03")):
        expected |= {(code, code, table.case_ids[k]): (table.truth[k], table.models[0].values[run, k]) for k in cases}  # fmt: skip
    assert found == expected


def test_the_r_script_states_the_calls_and_the_numbers_of_the_analysis(files):
    script = files["primary_result.R"].decode()
    document = json.loads(files["analysis.json"])["document"]
    for call in (
        "mrmc(empirical_auc(truth, score), test, reader, case, data = paired, cov = DeLong)",
        'StCadVsRad(dataset, FOM = "Wilcoxon", method = "1T-RRRC")',
        'DfReadDataFile("rjafroc.xlsx", newExcelFileFormat = TRUE)',
        "doAUCmrmc(data)",
    ):
        assert call in script
    checks = dict(re.findall(r'^check\("([^"]+)", .*, ([-0-9.e]+)\)$', script, re.MULTILINE))
    assert len(checks) == 6 + 2 * 3
    for path, value in checks.items():
        assert independent.at_path(document, path) == float(value)
    row = document["models"][0]["against_readers"][0]
    assert f"difference {row['effect']!r}, F {row['t'] ** 2!r}, df2 {row['df']!r}, p {row['p']!r}" in script  # fmt: skip
    assert f"readers - algorithm {-row['effect']!r}, algorithm {row['algorithm']!r}" in script
    assert "no expected number: not every reader graded every case" in script


def test_the_r_script_expects_the_mean_of_the_readers_areas_of_imrmc():
    files = bundle_files(bundle_table())
    points = json.loads(files["analysis.json"])["document"]["readers"]["points"]
    mean = sum(point["auc"]["value"] for point in points) / len(points)
    assert f'cat("expected: AUC {mean!r}\\n")' in files["primary_result.R"].decode()


def test_two_copies_of_the_algorithm_give_the_f_that_the_script_expects(table, files):
    """What MRMCaov does with the paired table of part 2, done by the package's own two-way analysis."""
    from readerstudy.stats.against import algorithm_as_second_modality

    rows, cases = common_of(table)
    whole = algorithm_as_second_modality(
        table.truth[cases], table.rating[rows][:, cases], table.models[0].values[0, cases], covariance="delong",
    )  # fmt: skip
    test = whole.rrrc
    row = json.loads(files["analysis.json"])["document"]["models"][0]["against_readers"][0]
    assert (test.statistic, test.df2, test.p) == pytest.approx((row["t"] ** 2, row["df"], row["p"]))


# --- The second analysis ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_number_is_counted_again_from_the_csv_files_alone(seed):
    table = bundle_table(readers=6, seed=seed, missing=[(2, 3)], unassessed=[(4, 8)])
    compared, faults = independent.faults_of(bundle_files(table))
    assert faults == []
    assert compared > 400


def test_the_second_analysis_would_see_one_changed_answer(files):
    changed = dict(files)
    rows = changed["reads.csv"].decode().split("\r\n")
    place = next(at for at, row in enumerate(rows) if ",1,2,two_step,no further" in row)
    rows[place] = rows[place].replace("no further treatment", "biopsy / further treatment")
    _compared, faults = independent.faults_of({**changed, "reads.csv": "\r\n".join(rows).encode()})
    assert any("readers.points" in fault for fault in faults)


def test_the_second_analysis_imports_nothing_of_the_first():
    text = Path(independent.__file__).read_text()
    assert not re.search(
        r"^\s*(from|import) (readerstudy|inference|numpy|scipy)", text, re.MULTILINE
    )


# --- Without Django, without settings --------------------------------------------------------------------------------

_BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "celery", "rest_framework"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Block())
from readerstudy.verify import main
sys.exit(main(sys.argv[1:]))
"""


def run_python(*arguments, cwd):
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}  # fmt: skip
    environment["PYTHONPATH"] = str(ROOT)
    return subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)  # fmt: skip


def test_a_bundle_is_verified_without_settings(tmp_path, files):
    (tmp_path / "out.zip").write_bytes(packed(files))
    done = run_python("-m", "readerstudy.verify", "out.zip", cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "reproduced: yes"), done.stdout
    assert "note" not in done.stdout
    assert not (tmp_path / "var").exists()


def test_a_bundle_is_verified_where_django_is_not_installed(tmp_path, files):
    (tmp_path / "out.zip").write_bytes(packed(files))
    done = run_python("-c", _BLOCKED, "out.zip", cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "reproduced: yes"), done.stderr
    assert "note: Django is not installed" in done.stdout


def test_what_is_no_bundle_ends_with_2_and_a_bad_one_with_1(tmp_path):
    (tmp_path / "bad.zip").write_bytes(b"PK")
    assert run_python("-m", "readerstudy.verify", "bad.zip", cwd=tmp_path).returncode == 1
    for arguments in ((), ("none.zip",), ("--help",)):
        done = run_python("-m", "readerstudy.verify", *arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stdout


def test_the_report_prints_nothing_that_steers_a_terminal():
    table = dataclasses.replace(bundle_table(), study_title="A \x1b[2J study")
    report = check_bundle(packed(bundle_files(table)), shown=shown_files)
    assert report.reproduced
    assert report.lines()[0] == "A ?[2J study"


def test_the_document_in_the_bundle_is_the_analysis(table, files):
    part = json.loads(files["analysis.json"])
    document = build_document(table)
    assert canonical_json(part["document"]) == canonical_json(document)
    assert part["sha256"] == sha256_of(document)


def test_text_of_a_cell_may_be_anything_but_nul():
    column = (Column("x", TEXT, "any"),)
    texts = ["'", "'=a", "''=a", "=a", "\t", "\r", "a,b", '"', "\n", "+1", "-", "@"]
    data = csv_bytes(["x"], [[text] for text in texts])
    assert [row[0] for row in read_records("x.csv", data, column).rows] == texts
