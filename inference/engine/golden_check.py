"""Whether a network gives what its golden file says, to 1e-3."""

import reprlib
from collections.abc import Iterator

import numpy as np

from inference.engine.errors import ImageError
from inference.engine.golden import GOLDEN, Expected
from inference.engine.preprocess import load_image, to_tensor
from inference.engine.session import CnnSession
from inference.engine.tta import score_batch

TOLERANCE = 1e-3


def golden_problems(session: CnnSession, expected: tuple[Expected, ...]) -> Iterator[str]:
    """A sentence, without the network's name, for every image whose outputs or score are not as expected."""
    for one in expected:
        try:
            yield from _differences(session, one)
        except ImageError as error:
            yield f"cannot be checked: {GOLDEN}: {error.message}"


def _differences(session: CnnSession, one: Expected) -> Iterator[str]:
    spec = session.spec
    image = load_image(one.content, spec.preprocess, name=one.file)
    outputs, scores = score_batch(
        session, to_tensor(image, spec.preprocess, name=one.file)[np.newaxis]
    )
    score = float(scores[0])
    if one.outputs is not None:
        found = tuple(map(float, outputs[0]))
        if not _agree(found, one.outputs):
            yield f"gives {_listed(found)} for {one.file}, but {GOLDEN} says {_listed(one.outputs)}."
    if one.score is not None and not _agree((score,), (one.score,)):
        yield f"gives {one.file} the score {score:.6g}, but {GOLDEN} says {one.score:.6g}."


def _agree(found: tuple[float, ...], wanted: tuple[float, ...]) -> bool:
    return len(found) == len(wanted) and bool(np.allclose(found, wanted, rtol=0, atol=TOLERANCE))


def _listed(values: tuple[float, ...]) -> str:
    return reprlib.repr([float(f"{value:.6g}") for value in values])
