"""The spec that goes with every exported network, in the format rs-preproc/1."""

from typing import Any

from inference.training.settings import MEAN, STD, View

CLASSES = ["nevus", "melanoma"]


def model_spec(view: View) -> dict[str, Any]:
    """How an image is prepared for the network and how its outputs are read."""
    return {
        "spec": "rs-preproc/1",
        "decode": {"orientation": "apply", "icc": "to_srgb", "mode": "RGB"},
        **_geometry(view),
        "channel_order": "RGB",
        "layout": "NCHW",
        "scale": 1 / 255,
        "offset": 0.0,
        "mean": list(MEAN),
        "std": list(STD),
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


def _geometry(view: View) -> dict[str, Any]:
    filtering = {"interp": "bilinear", "antialias": True, "backend": "pillow"}
    square = [view.size, view.size]
    if view.framing == "whole":
        return {
            "resize": {"mode": "exact", "size": square, **filtering},
            "crop": {"mode": "none"},
        }
    return {
        "resize": {"mode": "shortest_edge", "size": view.resized, **filtering},
        "crop": {"mode": "center", "size": square},
    }
