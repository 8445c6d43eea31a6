"""The spec that goes with every exported network, in the format rs-preproc/1."""

from typing import Any

CLASSES = ["nevus", "melanoma"]


def model_spec(
    *, resized: int, size: int, mean: tuple[float, ...], std: tuple[float, ...]
) -> dict[str, Any]:
    """How an image is prepared for the network and how its outputs are read."""
    return {
        "spec": "rs-preproc/1",
        "decode": {"orientation": "apply", "icc": "to_srgb", "mode": "RGB"},
        "resize": {
            "mode": "shortest_edge",
            "size": resized,
            "interp": "bilinear",
            "antialias": True,
            "backend": "pillow",
        },
        "crop": {"mode": "center", "size": [size, size]},
        "channel_order": "RGB",
        "layout": "NCHW",
        "scale": 1 / 255,
        "offset": 0.0,
        "mean": list(mean),
        "std": list(std),
        "dtype": "float32",
        "output": {
            "name": "logits",
            "activation": "softmax",
            "classes": CLASSES,
            "positive": ["melanoma"],
            "score": "sum_positive",
        },
        "tta": [],
        "threshold": {"value": 0.5, "prespecified": True},
    }
