"""Test-time augmentation: the score is the mean over the image as it is and over turned and mirrored copies."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.engine.session import CnnSession, Floats, scores_of

Batch = NDArray[Any]
# Height and width are axes 0 and 1 of what each function gets.
_CHANGES: dict[str, Callable[[Batch], Batch]] = {
    "hflip": lambda images: images[:, ::-1],
    "vflip": lambda images: images[::-1],
    "rot90": lambda images: np.rot90(images, 1),
    "rot180": lambda images: np.rot90(images, 2),
    "rot270": lambda images: np.rot90(images, 3),
}


def score_batch(session: CnnSession, batch: Batch) -> tuple[Batch, Floats]:
    """Raw outputs (N, outputs) of the tensors as they are, and one score for each (N,).

    With test-time augmentation the score is the mean of the probabilities of all copies; the outputs stay those of the
    image itself. Raises ArtefactError as `CnnSession.run` does.
    """
    outputs, spec = session.run(batch), session.spec
    scores = [scores_of(outputs, spec.output)]
    for name in spec.tta:
        copies = augmented(batch, name, spec.preprocess.layout)
        scores.append(scores_of(session.run(copies), spec.output))
    return outputs, np.mean(scores, axis=0)


def augmented(batch: Batch, name: str, layout: str) -> Batch:
    """The tensors, (N, 3, height, width) or for NHWC (N, height, width, 3), mirrored or turned to the left."""
    order = (2, 3, 0, 1) if layout == "NCHW" else (1, 2, 0, 3)
    changed = _CHANGES[name](batch.transpose(order))
    return np.ascontiguousarray(changed.transpose(np.argsort(order)))
