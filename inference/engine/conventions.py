"""Which file says how to prepare an image: our own, or one of the conventions that exporters write.

A convention is one function in `CONVENTIONS`, tried in order; it answers None where its files are not there.
Precedence: `reader-study-model.json` (or NAME.json beside NAME.onnx), Hugging Face, timm; then, for single fields that
these leave open, the notes in the ONNX file (`metadata_props`), MONAI's metadata.json and the shapes of the graph. What
remains open is asked.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from inference.engine.asking import Asking
from inference.engine.errors import SpecError
from inference.engine.graph import GraphFacts, read_graph
from inference.engine.huggingface import CONFIG, read_hugging_face
from inference.engine.huggingface_image import PREPROCESSOR
from inference.engine.open_spec import read_open
from inference.engine.positive import Positive, positive_indices
from inference.engine.spec import OWN_FILE, ModelSpec
from inference.engine.stated import MONAI, state_monai, state_notes
from inference.engine.timm import is_timm, read_timm

Answers = Mapping[str, str]
POSITIVE = "output.positive"


@dataclass(frozen=True)
class Files:
    """The files of one upload, parsed when they are asked for."""

    contents: Mapping[str, bytes]
    answers: Answers

    def json(self, name: str) -> Any:
        """The parsed content of one file; raises SpecError where it is not JSON."""
        return read_json(self.contents, name)

    def has(self, name: str) -> bool:
        return name in self.contents

    @property
    def model(self) -> tuple[str, bytes] | None:
        """Name and content of the ONNX file."""
        found = ((n, data) for n, data in self.contents.items() if n.lower().endswith(".onnx"))
        return next(found, None)

    @cached_property
    def graph(self) -> GraphFacts | None:
        """What the ONNX file says of itself."""
        return read_graph(self.model[1], self.model[0]) if self.model else None

    def asking(self) -> Asking:
        """Knows what the notes and MONAI state, and the answers."""
        asking = Asking(answers=self.answers)
        if self.model and self.graph:
            state_notes(asking, self.graph, self.model[0])
        if self.has(MONAI):
            state_monai(asking, self.json(MONAI))
        return asking


Convention = Callable[[Files], ModelSpec | None]


def read_spec(
    files: Mapping[str, bytes], *, positive: Positive = None, answers: Answers | None = None
) -> ModelSpec:
    """The spec told by the files beside an ONNX file (name → content; the ONNX file may be among them).

    `answers` (field → what a person typed) say what the files leave open; `positive` is the one for the positive
    classes: a name, several names with commas, or an index. Raises SpecError, one sentence for every problem and open
    question, the latter also as its `questions`; nothing is guessed.
    """
    said = dict(answers or {})
    if positive is not None:
        said[POSITIVE] = str(positive)
    given = Files(files, said)
    found = (convention(given) for convention in CONVENTIONS)
    spec = next((spec for spec in found if spec is not None), None)
    if spec is None:
        raise SpecError(_WAY_OUT, code="no_spec")
    return spec


_WAY_OUT = (
    f"There is no file that says how to prepare an image: put {OWN_FILE}, or {PREPROCESSOR} and {CONFIG}, "
    "beside the ONNX file."
)


def _own(files: Files) -> ModelSpec | None:
    name = own_file(files.contents)
    if name is None:
        return None
    data, positive = files.json(name), files.answers.get(POSITIVE)
    if positive is not None and isinstance(data, dict) and isinstance(data.get("output"), dict):
        data["output"] = _answered(data["output"], positive, name)
    return ModelSpec.from_json(data, source=name)


def _answered(output: dict[str, Any], positive: str, name: str) -> dict[str, Any]:
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


def own_file(files: Mapping[str, bytes]) -> str | None:
    """The name of the file that holds an rs-preproc/1 spec: NAME.json beside NAME.onnx goes first."""
    foreign = (CONFIG, PREPROCESSOR)
    stems = [PurePosixPath(name).stem for name in files if name.lower().endswith(".onnx")]
    named = [f"{stem}.json" for stem in stems if f"{stem}.json" not in foreign]
    return next((name for name in [*named, OWN_FILE] if name in files), None)


def read_json(files: Mapping[str, bytes], name: str) -> Any:
    """The parsed content of one file; raises SpecError where it is not JSON."""
    try:
        return json.loads(files[name])
    except (ValueError, RecursionError) as error:
        raise SpecError(f"{name} is not JSON: {error}.", place=name, code="not_json") from error


def _hugging_face(files: Files) -> ModelSpec | None:
    if not files.has(PREPROCESSOR) and not files.has(CONFIG):
        return None
    if not files.has(CONFIG):
        raise SpecError(
            f"{PREPROCESSOR} needs {CONFIG} beside it, which names the classes.", place=PREPROCESSOR
        )
    # Without the first file everything about the preparation is asked.
    preprocessor = files.json(PREPROCESSOR) if files.has(PREPROCESSOR) else {}
    return read_hugging_face(preprocessor, files.json(CONFIG), files.model, files.asking())


def _timm(files: Files) -> ModelSpec | None:
    if not files.has(CONFIG) or files.has(PREPROCESSOR) or files.model is None:
        return None
    config = files.json(CONFIG)
    if not is_timm(config) or files.graph is None:
        return None
    return read_timm(config, files.graph, files.model[0], files.asking())


def _open(files: Files) -> ModelSpec | None:
    if files.model is None or files.graph is None:
        return None
    return read_open(files.graph, files.model[0], files.asking(), preface=_WAY_OUT)


# timm's own config.json is told from Hugging Face's by what is in it, so it is looked at first.
CONVENTIONS: tuple[Convention, ...] = (_own, _timm, _hugging_face, _open)
