"""Whatever is changed in a bundle is found and named, whether or not somebody mended the hashes after it."""

import io
import json
import random
import re
import zipfile

import pytest

from readerstudy.core.canonical import sha256_of
from readerstudy.results.bundle.checking import check_bundle
from readerstudy.results.bundle.json_files import json_bytes
from readerstudy.results.bundle.packing import CONTENTS, SUMS, packed, sums_of, unpacked
from readerstudy.results.bundle.shown_files import shown_files
from tests.results.bundles import bundle_files, bundle_table, listed, with_other_digit, zipped

FILES = bundle_files(bundle_table(readers=4, positives=3, negatives=5, runs=2))
WHOLE = unpacked(packed(FILES))
DIGITS = 3  # tried in each file


def faults_of(files):
    return check_bundle(zipped(files), shown=shown_files).faults


def test_the_untouched_bundle_has_no_fault():
    assert faults_of(WHOLE) == []


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_one_changed_digit_is_found_and_its_file_named(name):
    rng = random.Random(name)
    for _attempt in range(DIGITS):
        faults = faults_of({**WHOLE, name: with_other_digit(WHOLE[name], rng)})
        assert any(name in fault for fault in faults), faults


@pytest.mark.parametrize("name", sorted(WHOLE.keys() - {SUMS}))
def test_it_is_found_and_its_file_named_though_somebody_mended_sha256sums(name):
    rng = random.Random(f"mended {name}")
    for _attempt in range(DIGITS):
        files = {**WHOLE, name: with_other_digit(WHOLE[name], rng)}
        files[SUMS] = sums_of({one: data for one, data in files.items() if one != SUMS})
        faults = faults_of(files)
        assert any(fault.startswith(name) for fault in faults), faults


# Columns of which no number of the analysis is made: what they hold is vouched for by the hashes alone.
NOT_ANALYSED = {
    "reads.csv": {
        "version", "milliseconds_to_commit", "milliseconds_hidden", "milliseconds_aid_shown", "zooms", "received_at",
    },
    "order.csv": set(),
    "truth.csv": set(),
    "cases.csv": {"images", "image_sha256"},
    "readers.csv": set(),
    "scores.csv": set(),
}  # fmt: skip


def cells_with_digits(name):
    """(row, column) of the cells that go into the analysis and hold a digit."""
    rows = [line.split(",") for line in FILES[name].decode().split("\r\n")[:-1]]
    skipped = NOT_ANALYSED[name]
    version = rows[0].index("version") if "version" in rows[0] else None
    return rows, [
        (row, column)
        for row in range(1, len(rows))
        for column, cell in enumerate(rows[row])
        if re.search("[0-9]", cell)
        and rows[0][column] not in skipped
        # A corrected answer goes into no number.
        and (version is None or rows[row][version] == "2")
    ]


@pytest.mark.parametrize("name", sorted(NOT_ANALYSED))
def test_a_changed_digit_that_is_analysed_is_found_though_every_hash_was_mended(name):
    rng = random.Random(name)
    rows, places = cells_with_digits(name)
    for row, column in rng.sample(places, 12):
        changed = [list(line) for line in rows]
        changed[row][column] = with_other_digit(rows[row][column].encode(), rng).decode()
        data = "\r\n".join([*(",".join(line) for line in changed), ""]).encode()
        faults = faults_of(listed({**FILES, name: data}))
        assert faults, (name, row, rows[0][column], rows[row], changed[row])


def test_a_changed_answer_is_found_in_the_numbers_that_hang_on_it():
    rows = FILES["reads.csv"].decode().split("\r\n")
    place = next(at for at, row in enumerate(rows) if ",1,2,two_step,no further" in row and ",3,,-3," in row)  # fmt: skip
    rows[place] = rows[place].replace("no further treatment", "biopsy / further treatment").replace(",3,,-3,", ",3,,3,")  # fmt: skip
    faults = faults_of(listed({**FILES, "reads.csv": "\r\n".join(rows).encode()}))
    document = json.loads(FILES["analysis.json"])["document"]
    paths = [fault for fault in faults if fault.startswith("analysis.json, readers.")]
    assert any(re.search(r"readers\.(sensitivity|specificity)\.mean: 0\.\d+ in the file, 0\.\d+ recomputed", fault) for fault in paths)  # fmt: skip
    assert any(f"inputs_sha256: '{document['study']['inputs_sha256'][:10]}" in fault for fault in faults)  # fmt: skip
    assert any(fault.startswith("tables/groups.csv, row 2, column") for fault in faults)
    assert any(fault.startswith("study.imrmc, line") for fault in faults)
    assert any(fault.startswith("rjafroc.xlsx: xl/worksheets/sheet") for fault in faults)


def test_a_changed_number_of_the_analysis_is_named_by_its_path():
    part = json.loads(FILES["analysis.json"])
    mean = part["document"]["readers"]["sensitivity"]["mean"]
    part["document"]["readers"]["sensitivity"]["mean"] = mean + 0.001
    part["sha256"] = sha256_of(part["document"])
    faults = faults_of(listed({**FILES, "analysis.json": json_bytes(part)}))
    assert f"analysis.json, readers.sensitivity.mean: {mean + 0.001!r} in the file, {mean!r} recomputed." in faults  # fmt: skip


@pytest.mark.parametrize("digits", [1e-15, 1e-12])
def test_the_last_digit_of_the_analysis_is_named_too_where_its_hash_was_not_mended(digits):
    part = json.loads(FILES["analysis.json"])
    mean = part["document"]["readers"]["sensitivity"]["mean"]
    part["document"]["readers"]["sensitivity"]["mean"] = mean + digits
    faults = faults_of(listed({**FILES, "analysis.json": json_bytes(part)}))
    assert any(fault.startswith("analysis.json, readers.sensitivity.mean: ") for fault in faults)
    assert any("does not have the hash" in fault for fault in faults)


def test_a_rounding_of_another_machine_is_a_note_and_no_fault():
    part = json.loads(FILES["analysis.json"])
    interval = part["document"]["readers"]["sensitivity"]["interval"]
    interval["se"] *= 1 + 4e-16
    part["sha256"] = sha256_of(part["document"])
    report = check_bundle(packed({**FILES, "analysis.json": json_bytes(part)}), shown=shown_files)
    assert report.faults == []
    assert report.notes == ["1 numbers differ beyond the ninth digit only, as they may on another processor or version."]  # fmt: skip


def test_another_version_of_a_library_is_told():
    part = json.loads(FILES["analysis.json"])
    part["document"]["software"]["numpy"] = "1.0"
    part["sha256"] = sha256_of(part["document"])
    files = {**FILES, "analysis.json": json_bytes(part)}
    files["README.txt"] = files["README.txt"].replace(b"NumPy 2", b"NumPy 1")
    report = check_bundle(packed(files), shown=shown_files)
    assert any("software.numpy: '1.0' in the file" in note for note in report.notes)


def test_a_missing_and_a_foreign_file_are_named():
    for name in sorted(FILES):
        faults = faults_of({one: data for one, data in WHOLE.items() if one != name})
        assert any(fault.startswith(name) for fault in faults), name
    assert any("tables/extra.csv" in fault for fault in faults_of({**WHOLE, "tables/extra.csv": b"a"}))  # fmt: skip
    mended = listed({**FILES, "tables/extra.csv": b"a"})
    assert faults_of(mended) == ["tables/extra.csv is nothing that the analysis gives."]


def test_the_lists_themselves_must_be_there():
    for name in (SUMS, CONTENTS):
        faults = faults_of({one: data for one, data in WHOLE.items() if one != name})
        assert f"{name} is not in the bundle." in faults


# --- Cells that cannot be --------------------------------------------------------------------------------------------


def with_cell(name, row, column, text):
    rows = [line.split(",") for line in FILES[name].decode().split("\r\n")]
    rows[row - 1][rows[0].index(column)] = text
    return {**FILES, name: "\r\n".join(",".join(line) for line in rows).encode()}


WRONG = {
    "no number": ("scores.csv", 3, "score", "high", "is not a finite number"),
    "infinite": ("scores.csv", 3, "score", "1e999", "is not a finite number"),
    "not a number": ("scores.csv", 3, "score", "nan", "is not a finite number"),
    "underscore": ("scores.csv", 3, "score", "1_0", "is not a finite number"),
    "empty score": ("scores.csv", 3, "score", "", "the cell is empty"),
    "unknown case": ("scores.csv", 3, "case", "case-99", "no case case-99"),
    "unknown run": ("scores.csv", 3, "code", "C09", "no such run"),
    "twice": ("scores.csv", 3, "case", "case-0", "a score for this case already"),
    "unknown arm": ("reads.csv", 2, "arm", "guided", "is none of unaided"),
    "unknown decision": ("reads.csv", 2, "decision", "maybe", "is none of"),
    "other place": ("reads.csv", 2, "place", "77", "no such case and arm"),
    "other rating": ("reads.csv", 2, "rating", "99", "decision and confidence"),
    "same version": ("reads.csv", 3, "level", "1", "version of the answer stands there"),
    "no whole number": ("reads.csv", 2, "session", "1.5", "is not a whole number"),
    "long number": ("reads.csv", 2, "session", "9" * 400, "is not a whole number"),
    "unknown reader": ("order.csv", 2, "reader", "R-9", "no reader R-9"),
    "repeat of nothing": ("order.csv", 10, "repeat_of_place", "99", "repeat"),
    "truth": ("truth.csv", 4, "malignant", "2", "is not 0 or 1"),
    "same reader": ("readers.csv", 3, "reader", "R-0", "stands in row 2 already"),
}


@pytest.mark.parametrize(("name", "row", "column", "text", "why"), WRONG.values(), ids=WRONG)
def test_a_cell_that_cannot_be_is_told_with_file_row_and_column(name, row, column, text, why):
    faults = faults_of(listed(with_cell(name, row, column, text)))
    found = [fault for fault in faults if fault.startswith(f"{name}, row ")]
    assert any(why in fault for fault in found), faults
    if name != "order.csv" or column != "reader":
        assert any(fault.startswith(f"{name}, row {row}, column") for fault in found)


def with_json(name, change):
    document = json.loads(FILES[name])
    changed = change(document)
    return {**FILES, name: json_bytes(document if changed is None else changed)}


def without(*keys):
    def change(document):
        for key in keys[:-1]:
            document = document[key]
        del document[keys[-1]]

    return change


BROKEN = {
    "analysis is a list": ("analysis.json", lambda _d: [1], "must hold a JSON object"),
    "no document": ("analysis.json", without("document"), "holds no document"),
    "document is text": ("analysis.json", lambda d: d.update(document="x"), "holds no document"),
    "document is empty": ("analysis.json", lambda d: d.update(document={}), "the schema is"),
    "part of document gone": (
        "analysis.json",
        without("document", "readers", "groups"),
        "readers.groups: nothing in the file",
    ),
    "other kind": (
        "analysis.json",
        lambda d: d["document"].update(models={}),
        "models: 0 entries in the file, 1 entries recomputed",
    ),
    "software gone": ("analysis.json", without("document", "software"), "does not have the hash"),
    "no plan": ("design.json", without("plan"), "plan is missing"),
    "other plan": (
        "design.json",
        lambda d: d["plan"].update(beta=1),
        "other parts than this version knows (beta)",
    ),
    "plan of lists": (
        "design.json",
        lambda d: d["plan"].update(alpha=[]),
        "plan.alpha is of another kind",
    ),
    "groups of numbers": (
        "design.json",
        lambda d: d.update(group_order=[1]),
        "group_order is missing or of another kind",
    ),
    "excluded of texts": (
        "design.json",
        lambda d: d["excluded"].update(withdrawn_cases="1"),
        "excluded is missing or of another kind",
    ),
    "study gone": ("design.json", without("study"), "design.json: study, study.title"),
    "manifest changed": (
        "design.json",
        lambda d: d["lock"]["manifest"].update(x=1),
        "does not have the hash protocol_sha256",
    ),
    "manifest gone": ("design.json", without("lock", "manifest"), "lock.manifest is missing"),
    "models an object": ("model_runs.json", lambda _d: {}, "must hold a list of models"),
    "run a text": (
        "model_runs.json",
        lambda d: d[0].update(runs=["x"]),
        "[0].runs[0] must be an object",
    ),
    "no runs": ("model_runs.json", lambda d: d[0].update(runs=[]), "has no run"),
    "label gone": (
        "model_runs.json",
        without(0, "runs", 0, "label"),
        "[0].runs[0].label is missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "change", "why"), BROKEN.values(), ids=BROKEN)
def test_json_of_another_shape_is_told_and_never_trusted(name, change, why):
    faults = faults_of(listed(with_json(name, change)))
    assert any(why in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff", "not readable as JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": 1e999}', "no finite number"),
        (b'{"a": 1, "a": 2}', "stands there twice"),
        (b'{"a": "\\ud800"}', "not readable as JSON"),
        (b"1" * 5000, "not readable as JSON"),
        (b"", "not readable as JSON"),
    ],
)
def test_bytes_that_are_no_strict_json_are_told(data, why):
    for name in ("analysis.json", "design.json"):
        assert any(name in fault and why in fault for fault in faults_of(listed({**FILES, name: data})))  # fmt: skip


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"", "the columns must be"),
        (b"case,malignant\r\n", "the columns must be"),
        (b'case,malignant,diagnosis,confirmation\r\n"x', "not readable as CSV"),
        (b"case,malignant,diagnosis,confirmation\r\nx,1\r\n", "there are 2 cells, not 4"),
        (b"case,malignant,diagnosis,confirmation\r\n", "not the same cases"),
    ],
)
def test_bytes_that_are_no_table_are_told(data, why):
    assert any(why in fault for fault in faults_of(listed({**FILES, "truth.csv": data})))


def test_cases_of_one_class_are_no_analysis():
    lines = FILES["truth.csv"].decode().replace(",0,nevus", ",1,nevus").encode()
    faults = faults_of(listed({**FILES, "truth.csv": lines}))
    assert any("cannot be computed from these files: All cases are malignant" in fault for fault in faults)  # fmt: skip


# --- Hostile archives ------------------------------------------------------------------------------------------------


def archive_of(*entries, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data, *attributes in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            if attributes:
                info.external_attr = attributes[0] << 16
            archive.writestr(info, data)
    return out.getvalue()


HOSTILE = {
    "no zip": (b"not a zip", "cannot be read as a zip archive"),
    "cut off": (packed(FILES)[:2000], "cannot be read as a zip archive"),
    "up": (archive_of(("../reads.csv", b"x")), "no name that a file of a bundle can have"),
    "up within": (archive_of(("tables/../../x", b"x")), "no name that a file"),
    "absolute": (archive_of(("/etc/passwd", b"x")), "no name that a file"),
    "backslash": (archive_of(("tables\\x.csv", b"x")), "no name that a file"),
    "hidden": (archive_of((".ssh/x", b"x")), "no name that a file"),
    "folder": (archive_of(("tables/", b"")), "no name that a file"),
    "deep": (archive_of(("a/b/c/d", b"")), "no name that a file"),
    "control": (archive_of(("a\x1b[2J", b"")), "no name that a file"),
    "link": (archive_of(("reads.csv", b"/etc/passwd", 0o120777)), "reads.csv is a link"),
    "bomb": (archive_of(("reads.csv", b"0" * 50_000_000)), "that is no table"),
    "lzma": (archive_of(("reads.csv", b"x"), compression=zipfile.ZIP_LZMA), "packed in a way"),
    "many": (archive_of(*((f"f{number}", b"") for number in range(2001))), "holds 2001 files"),
    "empty": (archive_of(), "SHA256SUMS is not in the bundle"),
}


@pytest.mark.parametrize(("data", "why"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_refused_in_a_sentence(data, why):
    report = check_bundle(data, shown=shown_files)
    assert any(why in fault for fault in report.faults), report.faults
    assert report.lines()[-1].startswith("reproduced: no")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_there_twice_is_refused():
    data = archive_of(("reads.csv", b"x"), ("reads.csv", b"y"))
    assert check_bundle(data, shown=None).faults == ["'reads.csv' is in the archive twice."]


def test_a_file_that_is_longer_than_the_archive_says_is_refused():
    data = bytearray(archive_of(("reads.csv", b"x" * 5000)))
    size = (5000).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (10).to_bytes(4, "little")
    [fault] = check_bundle(bytes(data), shown=None).faults
    assert "reads.csv" in fault or "zip archive" in fault


def test_every_damaged_byte_of_the_archive_is_found():
    """Bytes of the zip itself, not of its files: damaged ones are told, and never end in an exception."""
    data, rng = packed(FILES), random.Random(7)
    for _attempt in range(60):
        at = rng.randrange(len(data))
        changed = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        report = check_bundle(changed, shown=None)
        # Dates and attributes of the archive's directory are nobody's content.
        assert report.faults or unpacked(changed) == unpacked(data)
