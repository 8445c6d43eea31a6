"""`rs-preproc/1`: how an image becomes a tensor and how outputs become a score."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

OWN_FILE = "reader-study-model.json"
SPEC = "rs-preproc/1"
RESIZE_MODES = ("shortest_edge", "exact", "squash", "letterbox", "none")
INTERPOLATIONS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")
ACTIVATIONS = ("softmax", "sigmoid", "none")
AUGMENTATIONS = ("hflip", "vflip", "rot90", "rot180", "rot270")
ROUNDINGS = ("half_even", "floor")

Size = tuple[int, int]
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class DecodeSpec:
    """How the file becomes RGB pixels."""

    orientation: str  # apply | ignore: the EXIF orientation
    icc: str  # to_srgb | ignore: the embedded colour profile
    mode: str = "RGB"


@dataclass(frozen=True)
class ResizeSpec:
    """How the picture is scaled; `size` is (height, width) in pixels, None where nothing is scaled.

    `exact` and `squash` are two words for the same thing: both sides are set, whatever the aspect ratio.
    `letterbox` scales the picture into the size and fills the rest with `fill` (red, green, blue, 0 to 255).
    """

    mode: str
    size: Size | None
    interp: str | None
    antialias: bool = True
    backend: str = "pillow"
    fill: Triple | None = None


@dataclass(frozen=True)
class CropSpec:
    """The centre that is kept. `rounding` says where an odd remainder goes.

    `half_even` is torchvision's `round(rest / 2)`, `floor` is the `rest // 2` of Hugging Face's processors;
    for some sizes they are one pixel apart.
    """

    mode: str  # center | none
    size: Size | None
    rounding: str = "half_even"


@dataclass(frozen=True)
class PreprocessSpec:
    """The way from a file to a tensor: `((pixel × scale + offset) − mean) / std`, channel by channel."""

    decode: DecodeSpec
    resize: ResizeSpec
    crop: CropSpec
    channel_order: str  # RGB | BGR
    layout: str  # NCHW | NHWC
    scale: float
    offset: float
    mean: Triple
    std: Triple
    dtype: str  # float32 | float16 | uint8

    @property
    def output_size(self) -> Size | None:
        """(height, width) of every tensor, or None where it depends on the photograph."""
        if self.crop.size is not None:
            return self.crop.size
        return None if self.resize.mode in ("shortest_edge", "none") else self.resize.size


@dataclass(frozen=True)
class OutputSpec:
    """Which output is read and how: the score is the sum over the positive classes after the activation."""

    name: str
    activation: str
    classes: tuple[str, ...]
    positive: tuple[int, ...]
    score: str = "sum_positive"


@dataclass(frozen=True)
class ThresholdSpec:
    """The operating point that came with the model."""

    value: float
    prespecified: bool


@dataclass(frozen=True)
class ModelSpec:
    """Everything needed to score an image with an ONNX file, and where each value came from.

    `origin` maps a field's path (`crop.size`) to the words that say where it was read; it is no part of the
    spec's identity, so that the same preparation from two conventions has the same `spec_sha256`.
    """

    preprocess: PreprocessSpec
    output: OutputSpec
    origin: dict[str, str] = field(default_factory=dict, compare=False)
    threshold: ThresholdSpec | None = None
    # Copies that the score is averaged with; none of them stands for the image itself.
    tta: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Any, *, source: str = OWN_FILE) -> "ModelSpec":
        """The spec out of parsed JSON; raises SpecError with a sentence for every wrong or missing field."""
        from inference.engine.spec_json import read_model_spec  # noqa: PLC0415 - the reader needs these classes

        return read_model_spec(data, source=source)

    def to_json(self) -> dict[str, Any]:
        """The canonical JSON object: every field written out, defaults included, origin left out."""
        data: dict[str, Any] = json.loads(
            json.dumps(
                {
                    "spec": SPEC,
                    **asdict(self.preprocess),
                    "output": asdict(self.output),
                    "tta": list(self.tta),
                    "threshold": asdict(self.threshold) if self.threshold else None,
                }
            )
        )
        return data

    @cached_property
    def spec_sha256(self) -> str:
        """Hex SHA-256 of the canonical JSON (sorted keys, no blanks, UTF-8)."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
