"""A golden file: images with the outputs that the network must give for them, from whoever exported it.

`golden.json` beside the ONNX file: {"images": [{"file": "a.png", "outputs": [0.2, 0.8]}, {"file": "b.png", "score": 0.3}]};
`outputs` are the network's own, before softmax or sigmoid. They must agree to 1e-3.
"""

import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inference.engine.errors import SpecError
from inference.engine.fields import is_number

GOLDEN = "golden.json"
MAX_IMAGES = 20


@dataclass(frozen=True)
class Expected:
    """One image (its file's bytes) and its outputs or its score."""

    file: str
    content: bytes
    outputs: tuple[float, ...] | None
    score: float | None


def golden_files(data: Any) -> list[str]:
    """The names of the images that a parsed golden file speaks of; what is malformed is told by `read_golden`."""
    rows = data.get("images") if isinstance(data, dict) else None
    named = (
        [row.get("file") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    )
    return [name for name in named if isinstance(name, str)]


def read_golden(data: Any, files: Mapping[str, bytes]) -> tuple[Expected, ...]:
    """What `data`, the parsed golden file, expects of the images in `files`.

    Raises SpecError with a sentence for every entry that is wrong or whose image is missing.
    """
    rows = data.get("images") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_IMAGES:
        raise SpecError(
            f"{GOLDEN} must hold an object whose images are a list of 1 to {MAX_IMAGES} entries.",
            place=GOLDEN,
        )
    problems = [
        f"{GOLDEN}: images[{at}] {words}"
        for at, row in enumerate(rows)
        for words in _wrong(row, files)
    ]
    if problems:
        raise SpecError.of(problems, place=GOLDEN)
    return tuple(_expected(row, files) for row in rows)


def _wrong(row: Any, files: Mapping[str, bytes]) -> Iterator[str]:
    if not isinstance(row, dict) or not isinstance(row.get("file"), str):
        yield "must be an object with file, and with outputs or score"
        return
    if row["file"] not in files:
        yield f"names {reprlib.repr(row['file'])}, which is not in the upload"
    outputs, score = row.get("outputs"), row.get("score")
    if outputs is None and score is None:
        yield "has neither outputs nor score"
    listed = isinstance(outputs, list) and outputs and all(map(is_number, outputs))
    if outputs is not None and not listed:
        yield "has outputs that are no list of numbers"
    if score is not None and not is_number(score):
        yield "has a score that is no number"


def _expected(row: Mapping[str, Any], files: Mapping[str, bytes]) -> Expected:
    outputs, score = row.get("outputs"), row.get("score")
    return Expected(
        file=row["file"],
        content=files[row["file"]],
        outputs=None if outputs is None else tuple(map(float, outputs)),
        score=None if score is None else float(score),
    )
