"""What the engine is measured against: a script of a few lines, and nothing but the work on every core."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageCms

from inference import engine


def script(
    network: Path, spec: engine.PreprocessSpec, photographs: Sequence[Path], threads: int
) -> None:
    """One image at a time; with 0 threads the runtime takes the cores that it likes, as it does by default."""
    session = _session(network, threads)
    for path in photographs:
        session.run(None, {"pixels": _plainly(path, spec)})


@dataclass(frozen=True)
class BareWork:
    """Photographs that one process decodes, prepares and runs through the network, on one thread."""

    network: Path
    spec: engine.PreprocessSpec
    photographs: tuple[Path, ...]

    def do(self) -> None:
        session = _session(self.network, 1)
        for path in self.photographs:
            session.run(None, {"pixels": prepared_plainly(path, self.spec)})


@cache
def _session(network: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(network, options, providers=[engine.CPU])


def prepared_plainly(path: Path, spec: engine.PreprocessSpec) -> np.ndarray:
    """Plain decoding and preparing; the colours are sRGB already and stay as they are."""
    with Image.open(path) as photograph:
        return _tensor(photograph.convert("RGB"), spec)


def _plainly(path: Path, spec: engine.PreprocessSpec) -> np.ndarray:
    """What a script does that knows nothing of the profile but that there is one."""
    with Image.open(path) as photograph:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(photograph.info["icc_profile"]))
        srgb = ImageCms.createProfile("sRGB")
        return _tensor(ImageCms.profileToProfile(photograph, profile, srgb, outputMode="RGB"), spec)


def _tensor(image: Image.Image, spec: engine.PreprocessSpec) -> np.ndarray:
    scale = 256 / min(image.size)
    image = image.resize(
        (int(image.width * scale), int(image.height * scale)), Image.Resampling.BILINEAR
    )
    left, top = round((image.width - 224) / 2), round((image.height - 224) / 2)
    pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), np.float32) / 255
    values = (pixels - np.array(spec.mean, np.float32)) / np.array(spec.std, np.float32)
    return np.ascontiguousarray(values.transpose(2, 0, 1)[np.newaxis])
