"""`preprocessor_config.json`: how Hugging Face's image processors prepare a photograph."""

import reprlib
from typing import Any

from inference.engine.asking import Asking
from inference.engine.fields import Fields
from inference.engine.huggingface_sizes import OWN_SHARE, convnext, scaled
from inference.engine.open_fields import (
    ask_geometry,
    ask_interpolation,
    ask_normalisation,
    ask_range,
)
from inference.engine.spec import CropSpec, DecodeSpec, PreprocessSpec, ResizeSpec, Size, Triple

PREPROCESSOR = "preprocessor_config.json"
# Pillow's numbers, which the library writes: https://pillow.readthedocs.io/en/stable/reference/Image.html
_RESAMPLE = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box", 5: "hamming"}
# What a bare number in `size` means depends on the processor (its `default_to_square`).
_SQUARE = ("ViT", "DeiT", "Beit", "EfficientNet")
_SHORTEST = ("CLIP", "ConvNext", "Bit", "Levit", "PoolFormer", "MobileNetV1", "MobileNetV2")
# Steps of their own that no field of the spec tells: cropping before scaling, colours as clusters.
_OTHER_WAYS = ("Perceiver", "ImageGPT")
_UNSUPPORTED = ("do_pad", "do_thumbnail", "do_align_long_axis")
# The only factor with which every release of the library gives the same numbers, from −1 to 1.
_OFFSET_FACTOR = 1 / 127.5
_SAME_FACTOR = 1e-9


def read_preprocess(
    data: dict[str, Any], layout: str, dtype: str, asking: Asking
) -> PreprocessSpec:
    """The preparation that the file states; what it leaves open is asked, what is wrong kept in `asking.problems`."""
    fields = Fields(data, path="", source=PREPROCESSOR, problems=asking.problems)
    for name in _UNSUPPORTED:
        if fields.get(name):
            fields.problem(name, "is a step that is not supported: write reader-study-model.json")
    if _processor(fields) in _OTHER_WAYS:
        fields.problem(
            "image_processor_type",
            "prepares images in a way of its own: write reader-study-model.json",
        )
    resize, crop = _geometry(fields, asking)
    scale, offset = _rescale(fields, asking)
    mean, std = _once_more(fields, asking, *_normalise(fields, asking))
    order = _channel_order(fields, asking.origin)
    asking.origin["decode"] = (
        "the library's load_image: EXIF orientation applied, RGB, colour profile ignored"
    )
    return PreprocessSpec(
        decode=DecodeSpec(orientation="apply", icc="ignore"),
        resize=resize,
        crop=crop,
        channel_order=order,
        layout=layout,
        scale=scale,
        offset=offset,
        mean=mean,
        std=std,
        dtype=dtype,
    )


def _channel_order(fields: Fields, origin: dict[str, str]) -> str:
    flipped = fields.flag("do_flip_channel_order", default=False)
    stated = f"{PREPROCESSOR}: do_flip_channel_order"
    origin["channel_order"] = stated if flipped else "by the library's convention"
    return "BGR" if flipped else "RGB"


def _geometry(fields: Fields, asking: Asking) -> tuple[ResizeSpec, CropSpec]:
    origin = asking.origin
    origin["resize"] = f"{PREPROCESSOR}: do_resize, size, resample"
    origin["crop"] = f"{PREPROCESSOR}: do_center_crop, crop_size"
    if fields.get("do_resize") is None and fields.get("size") is None:
        return ask_geometry(asking, PREPROCESSOR)
    if not fields.flag("do_resize", default=True):
        return ResizeSpec("none", None, None), _crop(fields)
    interp, processor = _interpolation(fields, asking), _processor(fields)
    if fields.get("crop_pct") is not None and processor not in OWN_SHARE:
        fields.problem("crop_pct", f"is understood for {' and '.join(OWN_SHARE)} only")
    mode, size = _size(fields, asking)
    if processor == "ConvNext":
        return convnext(fields, asking, mode, size, interp)
    mode, size = scaled(fields, asking, mode, size, processor)
    return ResizeSpec(mode, size, interp), _crop(fields)


def _interpolation(fields: Fields, asking: Asking) -> str:
    value = fields.get("resample")
    if value is None:
        return ask_interpolation(asking, PREPROCESSOR)
    if type(value) is not int or value not in _RESAMPLE:
        fields.problem(
            "resample", f"must be one of Pillow's filters 0 to 5, but is {reprlib.repr(value)}"
        )
        return "bilinear"
    return _RESAMPLE[value]


def _size(fields: Fields, asking: Asking) -> tuple[str, Size]:
    value = fields.get("size")
    if not isinstance(value, dict):
        return _bare_size(fields, asking)
    keys = set(value)
    section = fields.section("size")
    if keys == {"height", "width"}:
        return "exact", (section.size("height")[0], section.size("width")[0])
    if keys == {"shortest_edge"}:
        return "shortest_edge", section.size("shortest_edge")
    fields.problem(
        "size", f"must hold height and width, or shortest_edge, but holds {', '.join(sorted(keys))}"
    )
    return "exact", (1, 1)


def _bare_size(fields: Fields, asking: Asking) -> tuple[str, Size]:
    size = fields.size("size")
    processor = _processor(fields)
    if processor in _SQUARE:
        return "exact", size
    if processor in _SHORTEST:
        return "shortest_edge", size
    if fields.get("size") is None:
        return "exact", size
    sentence = (
        f"{PREPROCESSOR}: size is a single number: say {{height, width}} or {{shortest_edge}}"
    )
    mode = asking.ask_choice("resize.mode", sentence, ("exact", "shortest_edge"))
    return mode or "exact", size


def _processor(fields: Fields) -> str:
    name = str(fields.get("image_processor_type") or fields.get("feature_extractor_type") or "")
    for ending in ("Fast", "ImageProcessor", "FeatureExtractor"):
        name = name.removesuffix(ending)
    return name


def _crop(fields: Fields) -> CropSpec:
    if fields.get("do_center_crop") is None and fields.get("crop_size") is not None:
        fields.problem("do_center_crop", "is missing, though crop_size is given")
    if not fields.flag("do_center_crop", default=False):
        return CropSpec("none", None)
    value = fields.get("crop_size")
    if isinstance(value, dict):
        section = fields.section("crop_size")
        size = (section.size("height")[0], section.size("width")[0])
    else:
        size = fields.size("crop_size")
    return CropSpec("center", size, rounding="floor")


def _rescale(fields: Fields, asking: Asking) -> tuple[float, float]:
    origin = asking.origin
    origin["scale"] = f"{PREPROCESSOR}: do_rescale, rescale_factor"
    origin["offset"] = f"{PREPROCESSOR}: rescale_offset"
    stated = fields.get("do_rescale") is not None or fields.get("rescale_factor") is not None
    if not stated:
        # Files of the older feature extractors: pixels were always brought to 0…1 before the mean was taken off.
        origin["scale"] = "1/255, the library's behaviour where do_rescale is not written"
        if fields.get("image_mean") is None:
            return ask_range(asking, PREPROCESSOR, "float32")
        return 1 / 255, 0.0
    if not fields.flag("do_rescale", default=True):
        return 1.0, 0.0
    scale = fields.number("rescale_factor")
    if not fields.flag("rescale_offset", default=False):
        return scale, 0.0
    if abs(scale - _OFFSET_FACTOR) > _SAME_FACTOR:
        fields.problem(
            "rescale_offset",
            f"is understood with a rescale_factor of 1/127.5 only, but it is {scale:g}: releases of the library "
            "differ in what they make of others",
        )
    return scale, -1.0


def _once_more(fields: Fields, asking: Asking, mean: Triple, std: Triple) -> tuple[Triple, Triple]:
    """EfficientNetImageProcessor divides by image_std a second time unless include_top is false."""
    own = _processor(fields) == "EfficientNet"
    if not fields.flag("include_top", default=own):
        return mean, std
    if not own:
        fields.problem("include_top", "is understood for EfficientNetImageProcessor only")
        return mean, std
    asking.origin["std"] += ", include_top: divided by it twice, as EfficientNetImageProcessor does"
    again = fields.three("image_std")
    return mean, (std[0] * again[0], std[1] * again[1], std[2] * again[2])


def _normalise(fields: Fields, asking: Asking) -> tuple[Triple, Triple]:
    asking.origin["mean"] = asking.origin["std"] = (
        f"{PREPROCESSOR}: do_normalize, image_mean, image_std"
    )
    if fields.get("do_normalize") is None and fields.get("image_mean") is None:
        return ask_normalisation(asking, PREPROCESSOR, "float32")
    if not fields.flag("do_normalize", default=True):
        return (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    asked = fields.get("image_mean") is None or fields.get("image_std") is None
    if asked:
        return ask_normalisation(asking, PREPROCESSOR, "float32")
    return fields.three("image_mean"), fields.three("image_std")
