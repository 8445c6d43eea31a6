"""How an image is prepared for a network, in one sentence."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _


def spec_sentence(spec: dict[str, Any]) -> str:
    """Such as "resize shortest edge 144 bicubic → centre crop 128 × 128 → RGB → × 0.003922 → NCHW"."""
    resize, crop = spec["resize"], spec.get("crop") or {"mode": "none"}
    parts = [_resize(resize)]
    if crop["mode"] != "none":
        parts.append(_("centre crop %s") % _size(crop["size"]))
    parts += [spec["channel_order"], f"× {spec['scale']:.4g}"]
    if spec.get("offset"):
        parts.append(f"+ {spec['offset']:g}")
    parts += [f"− ({_listed(spec['mean'])}) ÷ ({_listed(spec['std'])})", spec["layout"]]
    return " → ".join(parts)


def positive_words(spec: dict[str, Any]) -> str:
    """The names of the classes that count as positive."""
    output = spec["output"]
    return ", ".join(output["classes"][index] for index in output["positive"])


def input_words(facts: dict[str, Any]) -> str:
    """Such as "pixels: float32, N × 3 × 128 × 128"."""
    return "; ".join(
        f"{one['name']}: {one['dtype']}, {_shape(one['shape'])}" for one in facts["inputs"]
    )


def opset_words(facts: dict[str, Any]) -> str:
    """Such as "ai.onnx 18"."""
    return ", ".join(f"{domain} {version}" for domain, version in sorted(facts["opset"].items()))


def _resize(resize: dict[str, Any]) -> str:
    if resize["mode"] == "none":
        return _("no resize")
    words = {
        "shortest_edge": _("resize shortest edge to %s"),
        "letterbox": _("fit into %s"),
    }
    size = resize["size"]
    # Both sides of a shortest edge are the same number.
    told = str(size[0]) if resize["mode"] == "shortest_edge" else _size(size)
    return f"{words.get(resize['mode'], _('resize to %s')) % told} {resize['interp']}"


def _listed(values: list[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _shape(shape: list[Any] | None) -> str:
    return "?" if shape is None else " × ".join(str(size or "?") for size in shape)


def _size(size: list[int]) -> str:
    return " × ".join(str(number) for number in size)


def spec_fields(spec: dict[str, Any], origin: dict[str, str]) -> list[tuple[str, str, str]]:
    """(field, value, where the value came from) for every field of the spec; the origin of a whole part holds for all in it."""
    told = {"output.positive": positive_words(spec)} if "output" in spec else {}
    return [
        (path, told.get(path) or _value(value), _origin(path, origin))
        for path, value in _leaves(spec)
    ]


def _leaves(data: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _origin(path: str, origin: dict[str, str]) -> str:
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        if found := origin.get(".".join(parts[:length])):
            return found
    return _("not written: the format's own value")


def _value(value: Any) -> str:
    if value is None or value == []:
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def graph_fields(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, words) for everything that the ONNX file says of itself."""
    words = {"inputs": _tensors, "outputs": _tensors, "opset": lambda _one: opset_words(facts)}
    return [
        (name.replace("_", " "), words[name](value) if name in words else fact_words(value))
        for name, value in facts.items()
        if name != "findings"  # told as warnings
    ]


def _tensors(tensors: list[dict[str, Any]]) -> str:
    return input_words({"inputs": tensors})


def fact_words(value: Any) -> str:
    """Any stored value in one line."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {fact_words(one)}" for name, one in value.items()) or _("none")
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return " · ".join(map(fact_words, value))
    return _value(value) or _("none")
