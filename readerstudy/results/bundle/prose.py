"""README, note on the licence, and data dictionary of a bundle."""

from collections.abc import Iterable, Mapping
from typing import Any

from readerstudy.results.bundle.cells import csv_bytes
from readerstudy.results.bundle.columns import MRMCAOV, TABLES, Column

Document = dict[str, Any]
_FILES = {
    "reads.csv": "every answer of every reader who counts or was left out as incomplete, all versions",
    "order.csv": "every reader's order: which case came where, in which arm, what was a repeat",
    "truth.csv": "the reference standard",
    "cases.csv": "what is known of the cases; no names of files or patients",
    "readers.csv": "the readers by pseudonym",
    "scores.csv": "the score of every training run of the CNN for every case",
    "design.json": "the design, the lock manifest with its hash, the plan, the steps of the study",
    "model_runs.json": "the models, their training runs, and how these were run",
    "analysis.json": "the frozen analysis: all numbers, with the hash of the document",
    "tables/*.csv": "every table of the results, fractions at full precision",
    "figures/*.json": "every figure as Plotly JSON, with its caption and the table that holds its numbers",
    "report*.html": "the report in English and German, where this version makes one",
    "study.imrmc": "the readings for iMRMC (and RJafroc, format iMRMC)",
    "mrmcaov.csv": "the readings for MRMCaov: complete readers, cases that all of them graded",
    "rjafroc.xlsx": "the same for RJafroc, sheets TRUTH, FP and TP; cases by their number in cases.csv",
    "primary_result.R": "the primary result in R, with the calls of these packages and the numbers expected",
    "data_dictionary.csv": "every column: file, type, unit, meaning",
    "bundle.json": "the hash of every file, and the fingerprint of the bundle",
    "SHA256SUMS": "the same for sha256sum -c",
}
_README = """\
{title}
{line}
{synthetic}
{readers} readers, {cases} cases ({positives} malignant, {negatives} benign), design {design}.
Computed by Reader Study {version} with NumPy {numpy} and SciPy {scipy}.
Lock      {protocol_sha256}
Inputs    {inputs_sha256}

Files
{files}

How to check it
  sha256sum -c SHA256SUMS                    are these the files that were made?
  python -m readerstudy.verify BUNDLE.zip    is every number what these files give?
The second command needs the source code of Reader Study with NumPy and SciPy, no installation of the site and no
database: it reads the CSV files, computes the whole analysis again and compares every number with analysis.json and
with the tables. It names whatever differs.

Which answers count
  Of a reader and case, the first unaided reading: level 1, arm unaided or sequential, no repeat, newest version.
  Readers who did not answer every case they were given are left out of the results, but stand in the files.
  Not here at all: withdrawn readers, withdrawn cases, free texts, names and mail addresses.
{excluded}
Columns
  Text cells that a spreadsheet would run as a formula begin with an apostrophe. Empty cells: not known, not asked.
  Fractions are between 0 and 1. Larger ratings and scores are more suspicious.
"""
_LICENCE = """\
Licence of the data
The coordinators of the study decide under which licence they publish this bundle; none is granted by this file.
The photographs are not part of it; licence and attribution of each, as recorded at the import, stand in cases.csv.
The readers' answers are personal data even under pseudonyms: publish them only as the readers' consent allows.
"""


def prose_files(document: Document) -> dict[str, bytes]:
    """README.txt and LICENSE.txt."""
    return {"README.txt": _readme(document).encode(), "LICENSE.txt": _LICENCE.encode()}


def _readme(document: Document) -> str:
    study, counts, software = (document[name] for name in ("study", "counts", "software"))
    width = max(len(name) for name in _FILES)
    return _README.format(
        title=study["title"],
        line="=" * min(len(study["title"]), 100),
        synthetic="Synthetic data: nothing here says anything about real readers or CNNs.\n"
        if study["synthetic"]
        else "",
        files="\n".join(f"  {name:<{width}}  {what}" for name, what in _FILES.items()),
        excluded=_excluded(counts),
        version=software["reader_study"],
        numpy=software["numpy"],
        scipy=software["scipy"],
        **{name: counts[name] for name in ("readers", "cases", "positives", "negatives")},
        **{name: study[name] for name in ("design", "protocol_sha256", "inputs_sha256")},
    )


def _excluded(counts: Document) -> str:
    names = ("incomplete_readers", "withdrawn_readers", "readers_without_answers", "withdrawn_cases")  # fmt: skip
    return "".join(
        f"  {name.replace('_', ' ')}: {counts[name]}\n" for name in names if name in counts
    )


def dictionary_file(shown: Mapping[str, Iterable[Column]]) -> bytes:
    """data_dictionary.csv of the source tables, the exchange table and the result tables `shown`."""
    whole = {**TABLES, "mrmcaov.csv": MRMCAOV, **shown}
    rows = [
        (file, column.name, column.type, column.unit, column.meaning, "; ".join(column.choices))
        for file, columns in whole.items()
        for column in columns
    ]
    return csv_bytes(("file", "column", "type", "unit", "meaning", "values"), rows)
