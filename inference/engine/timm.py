"""timm's `config.json`, as `timm.models.push_to_hf_hub` writes it, read as timm's own evaluation transform reads it.

Source of the rules: `timm.data.transforms_factory.transforms_imagenet_eval` and `timm.data.config.resolve_data_config`
(PyTorch Image Models 1.0): the shorter side becomes floor(size / crop_pct), then the centre is kept; `squash` scales
both sides, `border` the longer side and fills the rest with the mean colour.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inference.engine.asking import Asking
from inference.engine.fields import LARGEST_SIDE, Fields
from inference.engine.graph import GraphFacts
from inference.engine.open_fields import (
    ask_dtype,
    ask_interpolation,
    ask_layout,
    ask_normalisation,
    ask_output,
    fixed_size,
)
from inference.engine.spec import (
    CropSpec,
    DecodeSpec,
    ModelSpec,
    OutputSpec,
    PreprocessSpec,
    ResizeSpec,
    Size,
)
from inference.engine.spec_rules import conflicts

CONFIG = "config.json"
_CHANNELS = 3
_FILTERS = ("nearest", "bilinear", "bicubic", "lanczos", "hamming", "box")


@dataclass
class _Reading:
    fields: Fields
    top: Mapping[str, Any]
    graph: GraphFacts
    model_name: str
    asking: Asking

    def says(self, *names: str) -> str:
        path = f"{self.fields.path}." if self.fields.path else ""
        return f"{CONFIG}: " + ", ".join(f"{path}{name}" for name in names)


def is_timm(config: Any) -> bool:
    """Whether a config.json is timm's: an architecture with what it was pretrained with, nested or flat."""
    if not isinstance(config, dict) or not isinstance(config.get("architecture"), str):
        return False
    return isinstance(config.get("pretrained_cfg"), dict) or "input_size" in config


def read_timm(
    config: Mapping[str, Any], graph: GraphFacts, model_name: str, asking: Asking
) -> ModelSpec:
    """The spec that the file and the graph tell; raises SpecError with what is wrong or left open."""
    nested = isinstance(config.get("pretrained_cfg"), dict)
    fields = Fields(
        config["pretrained_cfg"] if nested else config,
        path="pretrained_cfg" if nested else "",
        source=CONFIG,
        problems=asking.problems,
    )
    reading = _Reading(fields, config, graph, model_name, asking)
    preprocess, output = _preprocess(reading), _output(reading)
    asking.finish(place=CONFIG)
    asking.problems += [f"{CONFIG}: {words}" for words in conflicts(preprocess, output)]
    asking.finish(place=CONFIG)
    return ModelSpec(preprocess, output, asking.origin)


def _preprocess(reading: _Reading) -> PreprocessSpec:
    asking, layout = reading.asking, ask_layout(reading.asking, reading.graph, reading.model_name)
    resize, crop = _geometry(reading, layout)
    mean, std = _normalisation(reading)
    convention = "by timm's convention"
    asking.origin |= dict.fromkeys(("scale", "offset", "channel_order"), convention)
    asking.origin["decode"] = f"{convention}: RGB, neither orientation nor colour profile applied"
    return PreprocessSpec(
        decode=DecodeSpec(orientation="ignore", icc="ignore"),
        resize=resize,
        crop=crop,
        channel_order="RGB",
        layout=layout,
        scale=1 / 255,
        offset=0.0,
        mean=mean,
        std=std,
        dtype=ask_dtype(asking, reading.graph, reading.model_name),
    )


def _geometry(reading: _Reading, layout: str) -> tuple[ResizeSpec, CropSpec]:
    size, share, names = _size_and_share(reading, fixed_size(reading.graph, layout))
    interp = _interpolation(reading)
    mode = reading.fields.choice("crop_mode", ("center", "squash", "border"), default="center")
    reading.asking.origin["resize"] = reading.says(*names, "crop_mode", "interpolation")
    reading.asking.origin["crop"] = reading.says(names[0])
    scaled = (math.floor(size[0] / share), math.floor(size[1] / share))
    if max(scaled) > LARGEST_SIDE:
        reading.fields.problem(names[1], f"scales images to more than {LARGEST_SIDE} pixels")
    if mode == "center" and size[0] != size[1]:
        reading.fields.problem("crop_mode", "center is supported for square images only")
    if mode == "border":
        return _border(reading, size, scaled, interp), CropSpec("none", None)
    resize = ResizeSpec("squash" if mode == "squash" else "shortest_edge", scaled, interp)
    return resize, CropSpec("center", size)


def _border(reading: _Reading, size: Size, scaled: Size, interp: str) -> ResizeSpec:
    """The whole image with a border of the mean colour; of a crop_pct below 1 no spec tells the border to the pixel."""
    if scaled != size:
        reading.fields.problem("crop_mode", "border is supported with a crop_pct of 1 only")
    mean, _std = _normalisation(reading)
    reading.asking.origin["resize.fill"] = f"{reading.says('mean')}, the border's colour"
    red, green, blue = (float(min(255, max(0, round(255 * value)))) for value in mean)
    return ResizeSpec("letterbox", size, interp, fill=(red, green, blue))


def _size_and_share(reading: _Reading, fixed: Size | None) -> tuple[Size, float, tuple[str, str]]:
    """The size and the crop_pct that belong together: those for testing only where the graph takes that size."""
    fields, names = reading.fields, ("input_size", "crop_pct")
    test_size = fields.get("test_input_size")
    if fixed is not None and isinstance(test_size, list) and test_size[1:] == list(fixed):
        test_share = "crop_pct" if fields.get("test_crop_pct") is None else "test_crop_pct"
        names = ("test_input_size", test_share)
    size = _height_and_width(reading, names[0])
    if fields.get(names[1]) is None:
        fields.problem(names[1], "is missing: it says how much of the image is kept")
        return size, 1.0, names
    share = fields.number(names[1])
    # Less would be scaled to more pixels than any size may have.
    if not 1 / LARGEST_SIDE <= share <= 1:
        fields.problem(names[1], f"must be above 0 and at most 1, but is {share:g}")
        share = 1.0
    return size, share, names


def _height_and_width(reading: _Reading, name: str) -> Size:
    value = reading.fields.get(name)
    sides = value if isinstance(value, list) else []
    whole = all(type(side) is int and 0 < side <= LARGEST_SIDE for side in sides)
    if len(sides) != 3 or not whole:  # noqa: PLR2004 - channels, height, width
        reading.fields.problem(name, "must be [channels, height, width]")
        return (1, 1)
    if sides[0] != _CHANNELS:
        reading.fields.problem(name, f"has {sides[0]} channels, but a photograph has 3")
    return (sides[1], sides[2])


def _interpolation(reading: _Reading) -> str:
    if reading.fields.get("interpolation") is None:
        return ask_interpolation(reading.asking, CONFIG)
    return reading.fields.choice("interpolation", _FILTERS)


def _normalisation(reading: _Reading) -> tuple[Any, Any]:
    fields = reading.fields
    if fields.get("mean") is None and fields.get("std") is None:
        return ask_normalisation(reading.asking, CONFIG, "float32")
    reading.asking.origin["mean"] = reading.says("mean")
    reading.asking.origin["std"] = reading.says("std")
    return fields.three("mean"), fields.three("std")


def _output(reading: _Reading) -> OutputSpec:
    """Classes are named, if at all, in `label_names`; the file never says which activation belongs to them."""
    names = reading.top.get("label_names") or reading.fields.get("label_names")
    asking = reading.asking
    if isinstance(names, list) and names and all(isinstance(n, str) and n for n in names):
        if len(set(names)) < len(names):
            asking.problems.append(f"{CONFIG}: label_names names a class twice")
        asking.state("output.classes", tuple(names), f"{CONFIG}: label_names")
    return ask_output(asking, reading.graph, reading.model_name, CONFIG)
