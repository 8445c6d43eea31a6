"""A Hugging Face pair of files with changes."""

import json

import pytest

from inference.engine import SpecError, read_spec

PREPROCESSOR = {
    "image_processor_type": "ViTImageProcessor",
    "do_resize": True,
    "size": {"height": 16, "width": 20},
    "resample": 2,
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": [0.5, 0.4, 0.3],
    "image_std": [0.5, 0.25, 0.2],
}
CONFIG = {
    "architectures": ["ViTForImageClassification"],
    "id2label": {"0": "benign", "1": "malignant"},
    "label2id": {"benign": 0, "malignant": 1},
    "model_type": "vit",
}


def files(preprocessor=None, config=None, onnx_bytes=None, **changes):
    data = {**PREPROCESSOR, **changes} if preprocessor is None else preprocessor
    found = {
        "preprocessor_config.json": json.dumps(data).encode(),
        "config.json": json.dumps(CONFIG if config is None else config).encode(),
    }
    return found if onnx_bytes is None else {**found, "model.onnx": onnx_bytes}


def problems_of(given, positive="malignant"):
    with pytest.raises(SpecError) as caught:
        read_spec(given, positive=positive)
    return caught.value.problems


def without(*names):
    return {name: value for name, value in PREPROCESSOR.items() if name not in names}
