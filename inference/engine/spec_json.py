"""`rs-preproc/1` as JSON: reading and checking it."""

from typing import Any

from inference.engine.errors import SpecError
from inference.engine.fields import Fields
from inference.engine.spec import (
    ACTIVATIONS,
    AUGMENTATIONS,
    INTERPOLATIONS,
    RESIZE_MODES,
    ROUNDINGS,
    SPEC,
    CropSpec,
    DecodeSpec,
    ModelSpec,
    OutputSpec,
    PreprocessSpec,
    ResizeSpec,
    ThresholdSpec,
)
from inference.engine.spec_rules import conflicts


def read_model_spec(data: Any, *, source: str) -> ModelSpec:
    """The model's spec out of parsed JSON.

    Raises SpecError with one sentence for every wrong, missing or unknown field and for every pair of fields that
    contradict one another.
    """
    problems: list[str] = []
    top = Fields(data, path="", source=source, problems=problems)
    top.choice("spec", (SPEC,))
    preprocess = _preprocess(top)
    output = _output(top.section("output"))
    threshold = _threshold(top)
    tta = _tta(top)
    top.finish()
    # Contradictions between stand-ins for missing values would only confuse.
    problems = problems or [f"{source}: {words}" for words in conflicts(preprocess, output, tta)]
    if problems:
        raise SpecError.of(problems, place=source)
    return ModelSpec(preprocess, output, _origin(data, source), threshold, tta)


def _preprocess(top: Fields) -> PreprocessSpec:
    return PreprocessSpec(
        decode=_decode(top.section("decode")),
        resize=_resize(top.section("resize")),
        crop=_crop(top.section("crop")),
        channel_order=top.choice("channel_order", ("RGB", "BGR")),
        layout=top.choice("layout", ("NCHW", "NHWC")),
        scale=top.number("scale"),
        offset=top.number("offset"),
        mean=top.three("mean"),
        std=top.three("std"),
        dtype=top.choice("dtype", ("float32", "float16", "uint8")),
    )


def _decode(fields: Fields) -> DecodeSpec:
    decode = DecodeSpec(
        orientation=fields.choice("orientation", ("apply", "ignore")),
        icc=fields.choice("icc", ("to_srgb", "ignore")),
        mode=fields.choice("mode", ("RGB",)),
    )
    fields.finish()
    return decode


def _resize(fields: Fields) -> ResizeSpec:
    mode = fields.choice("mode", RESIZE_MODES)
    scaled = mode != "none"
    if not scaled:
        fields.get("size"), fields.get("interp")
    resize = ResizeSpec(
        mode=mode,
        size=fields.size("size") if scaled else None,
        interp=fields.choice("interp", INTERPOLATIONS) if scaled else None,
        antialias=fields.flag("antialias", default=True),
        backend=fields.choice("backend", ("pillow",), default="pillow"),
        fill=fields.three("fill") if fields.get("fill") is not None else None,
    )
    fields.finish()
    return resize


def _crop(fields: Fields) -> CropSpec:
    mode = fields.choice("mode", ("center", "none"))
    if mode == "none":
        fields.get("size")
    crop = CropSpec(
        mode=mode,
        size=fields.size("size") if mode == "center" else None,
        rounding=fields.choice("rounding", ROUNDINGS, default="half_even"),
    )
    fields.finish()
    return crop


def _output(fields: Fields) -> OutputSpec:
    name = fields.text("name")
    activation = fields.choice("activation", ACTIVATIONS)
    classes = _classes(fields)
    output = OutputSpec(
        name=name,
        activation=activation,
        classes=classes,
        positive=_positive(fields, classes),
        score=fields.choice("score", ("sum_positive",), default="sum_positive"),
    )
    fields.finish()
    return output


def _classes(fields: Fields) -> tuple[str, ...]:
    value = fields.get("classes")
    named = isinstance(value, list) and value and all(isinstance(n, str) and n for n in value)
    if not named:
        fields.problem("classes", "must be the list of the classes' names, in the network's order")
        return ()
    if len(set(value)) < len(value):
        fields.problem("classes", "names a class twice")
    return tuple(value)


def _positive(fields: Fields, classes: tuple[str, ...]) -> tuple[int, ...]:
    value = fields.get("positive")
    known = [*range(len(classes)), *classes]
    listed = isinstance(value, list) and value and not any(isinstance(v, bool) for v in value)
    if not listed or any(v not in known for v in value):
        fields.problem(
            "positive",
            "must list the classes (names, or numbers from 0) that count as positive, "
            f"of: {', '.join(classes)}",
        )
        return ()
    return tuple(sorted({classes.index(v) if isinstance(v, str) else int(v) for v in value}))


def _tta(top: Fields) -> tuple[str, ...]:
    value = top.get("tta")
    if value is None:
        return ()
    if not isinstance(value, list) or any(name not in AUGMENTATIONS for name in value):
        top.problem("tta", f"must be a list of some of {', '.join(AUGMENTATIONS)}")
        return ()
    if len(set(value)) < len(value):
        top.problem("tta", "names an augmentation twice")
    return tuple(value)


def _threshold(top: Fields) -> ThresholdSpec | None:
    if top.get("threshold") is None:
        return None
    fields = top.section("threshold")
    threshold = ThresholdSpec(
        value=fields.number("value"), prespecified=fields.flag("prespecified", default=False)
    )
    fields.finish()
    return threshold


def _origin(data: dict[str, Any], source: str, path: str = "") -> dict[str, str]:
    origin: dict[str, str] = {}
    for name, value in data.items():
        if isinstance(value, dict):
            origin |= _origin(value, source, f"{path}{name}.")
        else:
            origin[f"{path}{name}"] = source
    return origin
