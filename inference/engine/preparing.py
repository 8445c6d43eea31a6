"""A photograph becomes the tensor that goes into the network, with its hash."""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

from inference.engine.pixel_store import PixelStore
from inference.engine.preprocess import Pixels, Tensor, load_image, tensor_of, to_pixels
from inference.engine.spec import PreprocessSpec

Key = Hashable
Loader = Callable[[], bytes | Path]


@dataclass(frozen=True)
class PreparedTensor:
    """One photograph as the network takes it; `sha256` is of the tensor's bytes in C order."""

    tensor: Tensor
    sha256: str


# Raises ImageError or OSError for a photograph that cannot be used. Called from several threads at once.
Prepare = Callable[[Key, Loader], PreparedTensor]


def prepared(pixels: Pixels, spec: PreprocessSpec) -> PreparedTensor:
    """The tensor of pixels that are resized and cropped already."""
    tensor = tensor_of(pixels, spec)
    return PreparedTensor(tensor, hashlib.sha256(tensor.data).hexdigest())


def preparing_here(spec: PreprocessSpec, pixels: PixelStore | None = None) -> Prepare:
    """Prepares in the thread that asks; what `pixels` holds of a photograph is not read and decoded again."""

    def prepare(key: Key, loader: Loader) -> PreparedTensor:
        held = pixels.get(key) if pixels else None
        if held is None:
            held = to_pixels(load_image(loader(), spec, name=str(key)), spec, name=str(key))
            if pixels:
                pixels.put(key, held)
        return prepared(held, spec)

    return prepare
