"""How an image is prepared for a network, in one sentence."""

from typing import Any


def spec_sentence(spec: dict[str, Any]) -> str:
    """Such as "resize exact 96 × 96 bilinear → RGB → × 0.0039 → − mean ÷ SD → NCHW"."""
    resize, crop = spec["resize"], spec.get("crop") or {"mode": "none"}
    parts = [_resize(resize)]
    if crop["mode"] != "none":
        parts.append(f"centre crop {_size(crop['size'])}")
    parts += [spec["channel_order"], f"× {spec['scale']:.4g}"]
    if spec.get("offset"):
        parts.append(f"+ {spec['offset']:g}")
    means = ", ".join(f"{value:g}" for value in spec["mean"])
    deviations = ", ".join(f"{value:g}" for value in spec["std"])
    parts += [f"− ({means}) ÷ ({deviations})", spec["layout"]]
    return " → ".join(parts)


def _resize(resize: dict[str, Any]) -> str:
    if resize["mode"] == "none":
        return "no resize"
    return f"resize {resize['mode'].replace('_', ' ')} {_size(resize['size'])} {resize['interp']}"


def _size(size: Any) -> str:
    return " × ".join(str(number) for number in size) if isinstance(size, list) else str(size)
