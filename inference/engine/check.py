"""Whether an ONNX file and its spec fit one another, told before any photograph is scored."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.engine.artefact import Artefact
from inference.engine.errors import ArtefactError
from inference.engine.golden_check import golden_problems
from inference.engine.graph import Dimension, TensorFacts, image_input
from inference.engine.preprocess import to_tensor
from inference.engine.session import CnnSession, open_session, scores_of
from inference.engine.spec import Size

_CHANNELS = 3
_PROBES = 4
_LARGEST_BATCH = 256
_PROBE_SIZE = (224, 224)
# Noise would look the same everywhere to a network that averages.
_PATCHES = 4
_SUM_TOLERANCE = 1e-3
# What a run may differ from the reference run; halves of 11 bits are coarser than that.
_SAME_SCORE = {"float16": 2e-3}
_SAME_SCORE_OTHERWISE = 1e-4
# What is no misfit, but should be looked at before the network is used.
CONSTANT, NO_PROBABILITIES = "constant", "no_probabilities"


def check_artefact(artefact: Artefact) -> tuple[str, ...]:
    """What should be looked at, if the network runs on the CPU with images prepared as its spec says.

    CONSTANT: pictures that have nothing in common have the same outputs. NO_PROBABILITIES: the spec asks for no
    activation, but the outputs do not sum to 1, or are not from 0 to 1.

    Raises ArtefactError with every sentence about what does not fit: inputs, layout, channels, size, dtype, outputs,
    number of classes, probabilities that would be turned into probabilities again, outputs that change from call to
    call or with the images beside them, a golden file's outputs.
    """
    _raise(artefact, [*_input(artefact), *_output(artefact)])
    session = open_session(artefact, "cpu", threads=1)
    probes = _probes(session, artefact.spec.preprocess.output_size or _PROBE_SIZE)
    outputs = session.run_raw(probes)
    _raise(artefact, list(_behaviour(session, outputs)))
    rows = outputs.reshape(len(outputs), -1)
    _raise(artefact, list(_dependence(session, probes, rows)))
    _raise(artefact, list(golden_problems(session, artefact.golden)))
    return tuple(_findings(session, rows))


def _raise(artefact: Artefact, problems: list[str]) -> None:
    if problems:
        sentences = tuple(f"{artefact.file_name} {words}" for words in problems)
        raise ArtefactError(
            "\n".join(sentences), place=artefact.file_name, code="misfit", problems=sentences
        )


def _input(artefact: Artefact) -> Iterator[str]:
    image = image_input(artefact.graph)
    if image is None or image.shape is None:
        shapes = "; ".join(_described(tensor) for tensor in artefact.graph.inputs) or "none"
        yield (
            "must have one input, the image, of four dimensions (batch, channels, height, width); "
            f"its inputs are: {shapes}."
        )
        return
    wanted = artefact.spec.preprocess.dtype
    if image.dtype != wanted:
        yield f"expects {image.dtype} values, but its spec makes {wanted}."
    batch = image.shape[0]
    if isinstance(batch, int) and not 0 < batch <= _LARGEST_BATCH:
        yield f"takes {batch} images at once; it must be from 1 to {_LARGEST_BATCH}, or any number."
    yield from _layout(image.shape, artefact.spec.preprocess.layout)


def _layout(shape: tuple[Dimension, ...], layout: str) -> Iterator[str]:
    channels, other = (shape[1], shape[3]) if layout == "NCHW" else (shape[3], shape[1])
    if not isinstance(channels, int) or channels == _CHANNELS:
        return
    if other == _CHANNELS:
        actual, place = ("NHWC", "last") if layout == "NCHW" else ("NCHW", "first")
        yield f"expects the channels {place} ({actual}), but its spec makes {layout}."
    else:
        yield f"expects {channels} channels, but a photograph has 3."


def _output(artefact: Artefact) -> Iterator[str]:
    spec, outputs = artefact.spec.output, artefact.graph.outputs
    if not any(output.name == spec.name for output in outputs):
        names = ", ".join(output.name for output in outputs) or "none"
        yield f"has no output {spec.name!r}; its outputs are: {names}."
    last = artefact.graph.last_operator.get(spec.name, "")
    if last in ("Softmax", "Sigmoid") and spec.activation != "none":
        yield (
            f"already ends with {last}, but its spec asks for {spec.activation} on top: "
            "say activation none."
        )
    yield from _size(artefact)


def _size(artefact: Artefact) -> Iterator[str]:
    image, made = image_input(artefact.graph), artefact.spec.preprocess.output_size
    if image is None or image.shape is None:
        return
    nchw = artefact.spec.preprocess.layout == "NCHW"
    height, width = image.shape[2:] if nchw else image.shape[1:3]
    if made is None:
        if isinstance(height, int) or isinstance(width, int):
            yield f"expects images of {_by(height, width)}, but its spec makes images of any size."
    elif (isinstance(height, int) and height != made[0]) or (
        isinstance(width, int) and width != made[1]
    ):
        yield f"expects images of {_by(height, width)}, but its spec makes {_by(*made)}."


def _by(height: Dimension, width: Dimension) -> str:
    return f"{height or 'any'} × {width or 'any'}"


def _described(tensor: TensorFacts) -> str:
    shape = "?" if tensor.shape is None else " × ".join(str(n or "?") for n in tensor.shape)
    return f"{tensor.name} ({tensor.dtype}, {shape})"


def _behaviour(session: CnnSession, outputs: NDArray[Any]) -> Iterator[str]:
    spec = session.spec
    count, classes = len(outputs), len(spec.output.classes)
    per_image = int(np.prod(outputs.shape[1:])) if outputs.ndim else 0
    if count != (session.fixed_batch or _PROBES) or per_image != classes:
        shape = " × ".join(map(str, outputs.shape)) or "a single number"
        yield (
            f"gives outputs of {shape} for {session.fixed_batch or _PROBES} images, "
            f"but its spec names {classes} {'class' if classes == 1 else 'classes'}."
        )
        return
    rows = outputs.reshape(count, -1)
    if not np.isfinite(rows).all():
        yield "gives outputs that are not finite numbers."
    elif classes > 1 and spec.output.activation == "softmax" and _are_probabilities(rows):
        yield "already gives probabilities, but its spec asks for softmax on top: say activation none."


def _dependence(session: CnnSession, probes: NDArray[Any], rows: NDArray[Any]) -> Iterator[str]:
    """What the outputs depend on besides the image. One is enough to tell, and large networks need seconds for each."""
    first = session.run(probes[:1])
    if not np.array_equal(first, session.run(probes[:1])):
        yield (
            "gives other outputs when it is asked again for the same image, as with dropout or random numbers inside: "
            "export it for inference."
        )
        return
    alone, together = (scores_of(one, session.spec.output)[0] for one in (first, rows[:1]))
    difference = abs(float(alone - together))
    allowed = _SAME_SCORE.get(session.spec.preprocess.dtype, _SAME_SCORE_OTHERWISE)
    if difference > allowed:
        yield (
            f"gives an image another score beside {len(rows) - 1} others than alone (up to {difference:.2g} apart, "
            f"allowed are {allowed:g}), as with batch normalisation in training mode: export it for inference."
        )


def _findings(session: CnnSession, rows: NDArray[Any]) -> Iterator[str]:
    output = session.spec.output
    if len(rows) > 1 and np.ptp(rows, axis=0).max() == 0:
        yield CONSTANT
    if output.activation != "none":
        return
    single = len(output.classes) == 1
    if not (bool(((rows >= 0) & (rows <= 1)).all()) if single else _are_probabilities(rows)):
        yield NO_PROBABILITIES


def _probes(session: CnnSession, size: Size) -> NDArray[Any]:
    """Pictures of random patches of colour, the same ones each time, prepared as the spec says."""
    rng = np.random.default_rng(0)
    count, (height, width) = session.fixed_batch or _PROBES, size
    patches = rng.integers(0, 256, (count, _PATCHES, _PATCHES, 3), np.uint8)
    pictures = [Image.fromarray(one).resize((width, height)) for one in patches]
    return np.stack([to_tensor(picture, session.spec.preprocess) for picture in pictures])


def _are_probabilities(rows: NDArray[Any]) -> bool:
    return bool((rows >= 0).all() and (np.abs(rows.sum(axis=1) - 1) <= _SUM_TOLERANCE).all())
