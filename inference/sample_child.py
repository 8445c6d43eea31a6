"""A look at the preparation of a few images, in a process of its own: `python -m inference.sample_child FOLDER`.

The folder holds `model.onnx`, `spec.json` and the images as 0, 1, 2 …; afterwards `result.json` and the tensors as
0.png, 1.png, 2.png … A network from outside may crash, loop or take all memory: then this process ends, not the server.
"""

import hashlib
import io
import json
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference import engine
from readerstudy.core.sandbox import limit_process

LIMITS = {resource.RLIMIT_CPU: 60, resource.RLIMIT_AS: 8 * 2**30}
_LEVELS = 255


def main(folder: Path) -> None:
    """Writes what became of every image, or the sentence that says why there is nothing to show."""
    limit_process(LIMITS)
    try:
        result: dict[str, Any] = {"samples": _samples(folder)}
    except engine.EngineError as error:
        result = {"error": error.message}
    (folder / "result.json").write_text(json.dumps(result, allow_nan=False), encoding="utf-8")


def _samples(folder: Path) -> list[dict[str, Any]]:
    spec = engine.ModelSpec.from_json(json.loads((folder / "spec.json").read_text("utf-8")))
    content = (folder / "model.onnx").read_bytes()
    session = engine.open_session(engine.build_artefact(content, spec, "model.onnx"), "cpu")
    paths = sorted(path for path in folder.iterdir() if path.name.isdecimal())
    return [_sample(session, path) for path in paths]


def _sample(session: engine.CnnSession, path: Path) -> dict[str, Any]:
    spec = session.spec.preprocess
    tensor = engine.to_tensor(engine.load_image(path, spec), spec)
    path.with_suffix(".png").write_bytes(tensor_picture(tensor, spec.layout))
    (outcome,) = engine.score_images(session, [("The image", path.read_bytes)], workers=1)
    if isinstance(outcome, engine.Failed):
        raise engine.ImageError(outcome.sentence)
    return {
        "score": outcome.score,
        "outputs": list(outcome.outputs),
        "tensor": tensor_facts(tensor, spec.layout),
    }


def tensor_facts(tensor: NDArray[Any], layout: str) -> dict[str, Any]:
    """Shape, dtype, SHA-256, and the least, mean and largest value of every channel of one tensor."""
    channels = _channels_last(tensor, layout).reshape(-1, 3).astype(np.float64)
    return {
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype),
        "sha256": hashlib.sha256(tensor.tobytes()).hexdigest(),
        "channels": [
            {"min": float(one.min()), "mean": float(one.mean()), "max": float(one.max())}
            for one in channels.T
        ],
    }


def tensor_picture(tensor: NDArray[Any], layout: str) -> bytes:
    """The tensor as a PNG: its three channels, in their order, as red, green and blue; its least value is black."""
    values = _channels_last(tensor, layout).astype(np.float64)
    low, high = values.min(), values.max()
    # A tensor of one value alone is black, not a division by zero.
    scaled = (values - low) / (high - low or 1.0) * _LEVELS
    out = io.BytesIO()
    Image.fromarray(np.rint(scaled).astype(np.uint8), "RGB").save(out, "PNG", optimize=True)
    return out.getvalue()


def _channels_last(tensor: NDArray[Any], layout: str) -> NDArray[Any]:
    return tensor.transpose(1, 2, 0) if layout == "NCHW" else tensor


if __name__ == "__main__":
    main(Path(sys.argv[1]))
