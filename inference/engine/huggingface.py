"""The Hugging Face convention: `preprocessor_config.json` and `config.json` as the library writes them."""

from dataclasses import dataclass
from typing import Any

from inference.engine.asking import Asking, Question
from inference.engine.errors import SpecError
from inference.engine.graph import GraphFacts, image_input, read_graph
from inference.engine.huggingface_image import PREPROCESSOR, read_preprocess
from inference.engine.open_fields import ask_positive
from inference.engine.spec import ACTIVATIONS, ModelSpec, OutputSpec
from inference.engine.spec_rules import conflicts

CONFIG = "config.json"
_BY_CONVENTION = "by the library's convention"
_PROBABILITIES = ("Softmax", "Sigmoid")


@dataclass
class _Reading:
    """The sources, and what was found in them so far."""

    config: dict[str, Any]
    graph: GraphFacts | None
    model_name: str
    asking: Asking

    @property
    def origin(self) -> dict[str, str]:
        return self.asking.origin


def read_hugging_face(
    preprocessor: Any, config: Any, model: tuple[str, bytes] | None, asking: Asking
) -> ModelSpec:
    """The spec told by the two files and, where given, by the ONNX file (name, content).

    Raises SpecError with every question that the files and `asking` leave open.
    """
    for name, data in ((PREPROCESSOR, preprocessor), (CONFIG, config)):
        if not isinstance(data, dict):
            raise SpecError(f"{name} must hold a JSON object.", place=name)
    name, content = model or ("", b"")
    reading = _Reading(config, read_graph(content, name) if model else None, name, asking)
    layout, dtype = _layout(reading)
    preprocess = read_preprocess(preprocessor, layout, dtype, asking)
    output = _output(reading)
    asking.finish(place=PREPROCESSOR)
    asking.problems += [f"{PREPROCESSOR}: {words}" for words in conflicts(preprocess, output)]
    asking.finish(place=PREPROCESSOR)
    return ModelSpec(preprocess, output, asking.origin)


def _layout(reading: _Reading) -> tuple[str, str]:
    image = image_input(reading.graph) if reading.graph else None
    shape = image.shape if image else None
    reading.origin["dtype"] = f"{reading.model_name}: its input" if image else _BY_CONVENTION
    dtype = "float16" if image and image.dtype == "float16" else "float32"
    if shape and shape[3] == 3 and shape[1] != 3:  # noqa: PLR2004 - the colour channels
        reading.origin["layout"] = f"{reading.model_name}: its input's shape"
        return "NHWC", dtype
    reading.origin["layout"] = _BY_CONVENTION
    return "NCHW", dtype


def _output(reading: _Reading) -> OutputSpec:
    classes, name = _classes(reading), _output_name(reading)
    output = OutputSpec(
        name=name,
        activation=_activation(reading, name, several=len(classes) > 1),
        classes=classes,
        positive=ask_positive(reading.asking, classes, CONFIG),
    )
    reading.origin["output.score"] = "sum over the positive classes"
    return output


def _classes(reading: _Reading) -> tuple[str, ...]:
    by_index, by_name = reading.config.get("id2label"), reading.config.get("label2id")
    pairs: dict[str, Any] = {}
    if isinstance(by_index, dict):
        pairs = {str(index): name for index, name in by_index.items()}
    elif isinstance(by_name, dict):
        pairs = {str(index): name for name, index in by_name.items()}
    reading.origin["output.classes"] = f"{CONFIG}: {'id2label' if by_index else 'label2id'}"
    names = [pairs.get(str(index)) for index in range(len(pairs))]
    if not names or not all(isinstance(name, str) and name for name in names):
        sentence = f"{CONFIG} does not name the classes: id2label must map 0, 1, … to names"
        named: tuple[str, ...] | None = reading.asking.ask(
            Question("output.classes", sentence, "names")
        )
        return named or ()
    if len(set(names)) < len(names):
        reading.asking.problems.append(f"{CONFIG}: id2label names a class twice")
    return tuple(map(str, names))


def _output_name(reading: _Reading) -> str:
    graph = reading.graph
    names = [output.name for output in graph.outputs] if graph else ["logits"]
    reading.origin["output.name"] = (
        f"{reading.model_name}: its outputs" if graph else _BY_CONVENTION
    )
    if len(names) == 1 or "logits" in names:
        return names[0] if len(names) == 1 else "logits"
    sentence = (
        f"{reading.model_name} has the outputs {', '.join(names) or 'none'}, and {CONFIG} does not say which one "
        "holds the classes."
    )
    return reading.asking.ask_choice("output.name", sentence, names) or ""


def _activation(reading: _Reading, output_name: str, *, several: bool) -> str:
    last = reading.graph.last_operator.get(output_name, "") if reading.graph else ""
    if last in _PROBABILITIES:
        reading.origin["output.activation"] = f"{reading.model_name}: its last node is {last}"
        return "none"
    activation, reason = _activation_by_convention(reading.config, several=several)
    if not activation:
        sentence = (
            f"{CONFIG} does not say how outputs become probabilities (softmax, sigmoid or none)."
        )
        return reading.asking.ask_choice("output.activation", sentence, ACTIVATIONS) or "none"
    reading.origin["output.activation"] = f"{CONFIG}: {reason}, {activation} {_BY_CONVENTION}"
    return activation


def _activation_by_convention(config: dict[str, Any], *, several: bool) -> tuple[str, str]:
    problem, names = config.get("problem_type"), config.get("architectures")
    if problem == "multi_label_classification":
        return "sigmoid", f"problem_type {problem}"
    if problem == "single_label_classification" and several:
        return "softmax", f"problem_type {problem}"
    architectures = [str(name) for name in names] if isinstance(names, list) else []
    for name in architectures:
        if problem is None and several and name.endswith("ForImageClassification"):
            return "softmax", f"architecture {name}"
    return "", ""
