"""The rows of a manifest that may be trained on: melanomas and nevi, photographed through a dermatoscope. Knows no PyTorch."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_IMAGE, _DIAGNOSIS, _MODALITY = (
    ("image", "file"),
    ("diagnosis", "dx"),
    ("modality", "image_type"),
)
_LABELS = {"melanoma": 1, "mel": 1, "nevus": 0, "naevus": 0, "nv": 0, "melanocytic nevus": 0}
_MALIGNANT = {"1": 1, "1.0": 1, "true": 1, "yes": 1, "malignant": 1}
_BENIGN = {"0": 0, "0.0": 0, "false": 0, "no": 0, "benign": 0}
_SHOWN = 20


class TrainingDataError(ValueError):
    """Data that cannot be trained on; the message is a sentence with file and row, one a line."""


@dataclass(frozen=True)
class Example:
    """One row: the file, 1 for melanoma or 0 for nevus, whose lesion it is, and its row in the manifest."""

    file: str
    label: int
    patient: str
    row: int


def read_manifest(manifest: Path) -> list[Example]:
    """The examples in the manifest's order.

    Columns `image` or `file`, `diagnosis`, `modality`; `malignant`, `patient_id`, `lesion_id` where they are.
    Raises TrainingDataError with a line for every row that is no dermoscopic image of a melanoma or a nevus.
    """
    names, rows = _rows(manifest)
    columns = [_column(names, wanted, manifest.name) for wanted in (_IMAGE, _DIAGNOSIS, _MODALITY)]
    problems: list[str] = []
    examples = [
        _example(row, number, columns, problems) for number, row in enumerate(rows, start=2)
    ]
    if problems:
        raise TrainingDataError(_listed(problems, manifest.name))
    if len({example.label for example in examples}) < 2:  # noqa: PLR2004 (two classes)
        raise TrainingDataError(
            f"{manifest.name} holds one class only; training needs melanomas and nevi."
        )
    return examples


@dataclass(frozen=True)
class Truth:
    """What a manifest says of a test image: melanoma 1, nevus 0, else None; malignant 1, benign 0, else None."""

    file: str
    melanoma: int | None
    malignant: int | None


def read_truth(manifest: Path) -> list[Truth]:
    """Every row of a manifest with the columns `image` or `file`, `diagnosis` and `malignant`, whatever the images are.

    Raises TrainingDataError for a manifest that cannot be read and for a column that is missing.
    """
    names, rows = _rows(manifest)
    image, diagnosis = (_column(names, wanted, manifest.name) for wanted in (_IMAGE, _DIAGNOSIS))
    malignant = _column(names, ("malignant",), manifest.name)
    return [
        Truth(
            row[image].strip(),
            _LABELS.get(row[diagnosis].strip().lower()),
            _malignant(row[malignant]),
        )
        for row in rows
    ]


def _rows(manifest: Path) -> tuple[Sequence[str], list[dict[str, str]]]:
    """The columns' names and the rows; a short row has empty cells."""
    try:
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, restval="")
            return reader.fieldnames or [], list(reader)
    except OSError as error:
        raise TrainingDataError(f"{manifest.name} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TrainingDataError(f"{manifest.name} is not a CSV file in UTF-8.") from error


def _column(names: Sequence[str], wanted: Sequence[str], manifest: str) -> str:
    for name in wanted:
        if name in names:
            return name
    raise TrainingDataError(f"{manifest}, row 1: there must be a column {' or '.join(wanted)}.")


def _example(
    row: dict[str, str], number: int, columns: Sequence[str], problems: list[str]
) -> Example:
    image, diagnosis, modality = (row[column].strip() for column in columns)
    label = _LABELS.get(diagnosis.lower(), -1)
    if not modality.lower().startswith("dermoscop"):
        problems.append(
            f"row {number}, column {columns[2]}: “{modality}”; only dermoscopic images are trained on."
        )
    if label < 0:
        problems.append(
            f"row {number}, column {columns[1]}: “{diagnosis}”; only melanoma and nevus are trained on."
        )
    elif row.get("malignant", "") and _malignant(row["malignant"]) != label:
        problems.append(
            f"row {number}, column malignant: “{row['malignant']}” does not go with {diagnosis}."
        )
    return Example(image, label, row.get("patient_id") or row.get("lesion_id") or image, number)


def _malignant(value: str) -> int | None:
    return (_MALIGNANT | _BENIGN).get(value.strip().lower())


def _listed(problems: list[str], manifest: str) -> str:
    lines = [f"{manifest}, {problem}" for problem in problems[:_SHOWN]]
    further = len(problems) - _SHOWN
    return "\n".join([*lines, *([f"... and {further} further problems."] if further > 0 else [])])
