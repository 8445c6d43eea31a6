"""Which file says how to prepare an image: our own, or one of the conventions that exporters write.

A convention is one function in `CONVENTIONS`, tried in order; it answers None where its files are not there.
Precedence: `reader-study-model.json` (or NAME.json beside NAME.onnx), then Hugging Face.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from inference.engine.errors import SpecError
from inference.engine.huggingface import CONFIG, read_hugging_face
from inference.engine.huggingface_image import PREPROCESSOR
from inference.engine.positive import Positive, positive_indices
from inference.engine.spec import OWN_FILE, ModelSpec

Files = Mapping[str, bytes]
Convention = Callable[[Files, Positive], ModelSpec | None]


def read_spec(files: Files, *, positive: Positive = None) -> ModelSpec:
    """The spec told by the files beside an ONNX file (name → content; the ONNX file may be among them).

    `positive` answers which class counts as positive where the files do not say it: a class's name, several names
    with commas, or an index. Raises SpecError, one sentence for every open question; nothing is guessed.
    """
    for convention in CONVENTIONS:
        spec = convention(files, positive)
        if spec is not None:
            return spec
    raise SpecError(
        f"There is no file that says how to prepare an image: put {OWN_FILE}, or {PREPROCESSOR} and {CONFIG}, "
        "beside the ONNX file.",
        code="no_spec",
    )


def _own(files: Files, positive: Positive) -> ModelSpec | None:
    name = own_file(files)
    if name is None:
        return None
    data = read_json(files, name)
    if positive is not None and isinstance(data, dict) and isinstance(data.get("output"), dict):
        data["output"] = _answered(data["output"], positive, name)
    return ModelSpec.from_json(data, source=name)


def _answered(output: dict[str, Any], positive: Positive, name: str) -> dict[str, Any]:
    classes = output.get("classes")
    if not isinstance(classes, list) or not all(isinstance(c, str) for c in classes):
        return output
    asked = list(positive_indices(positive, tuple(classes), source=name))
    told = output.get("positive")
    if told is not None and told not in (asked, [classes[index] for index in asked]):
        raise SpecError(
            f"{name}: output.positive is {told!r}, which is not the class asked for, {positive!r}.",
            place=name,
            code="positive_conflict",
        )
    return {**output, "positive": asked}


def own_file(files: Files) -> str | None:
    """The name of the file that holds an rs-preproc/1 spec: NAME.json beside NAME.onnx goes first."""
    foreign = (CONFIG, PREPROCESSOR)
    stems = [PurePosixPath(name).stem for name in files if name.lower().endswith(".onnx")]
    named = [f"{stem}.json" for stem in stems if f"{stem}.json" not in foreign]
    return next((name for name in [*named, OWN_FILE] if name in files), None)


def read_json(files: Files, name: str) -> Any:
    """The parsed content of one file; raises SpecError where it is not JSON."""
    try:
        return json.loads(files[name])
    except (ValueError, RecursionError) as error:
        raise SpecError(f"{name} is not JSON: {error}.", place=name, code="not_json") from error


def _hugging_face(files: Files, positive: Positive) -> ModelSpec | None:
    if PREPROCESSOR not in files:
        return None
    if CONFIG not in files:
        raise SpecError(
            f"{PREPROCESSOR} needs {CONFIG} beside it, which names the classes.", place=PREPROCESSOR
        )
    preprocessor, config = (read_json(files, name) for name in (PREPROCESSOR, CONFIG))
    models = ((name, data) for name, data in files.items() if name.lower().endswith(".onnx"))
    return read_hugging_face(preprocessor, config, next(models, None), positive)


CONVENTIONS: tuple[Convention, ...] = (_own, _hugging_face)
