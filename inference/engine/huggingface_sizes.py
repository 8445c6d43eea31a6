"""Processors of Hugging Face's library that scale to another size than their file says, each as its class does it.

Source: `resize` in image_processing_convnext.py, image_processing_levit.py and image_processing_poolformer.py of
https://github.com/huggingface/transformers/tree/main/src/transformers/models (with their `Fast` twins the same).
"""

from inference.engine.asking import Asking
from inference.engine.fields import LARGEST_SIDE, Fields
from inference.engine.spec import CropSpec, ResizeSpec, Size

# ConvNeXt scales to size / crop_pct and crops below this side, and squashes from it on.
_CONVNEXT_SQUASHES_FROM = 384
# What share of the scaled image is kept where the file does not say it.
OWN_SHARE = {"ConvNext": 224 / 256, "PoolFormer": 0.9}
_LEVIT_SCALES_BY = 256 / 224


def convnext(
    fields: Fields, asking: Asking, mode: str, size: Size, interp: str
) -> tuple[ResizeSpec, CropSpec]:
    """ConvNextImageProcessor: shortest edge to int(size / crop_pct), then the centre of size × size."""
    side = size[0]
    if mode != "shortest_edge":
        fields.problem("size", "must be shortest_edge for ConvNextImageProcessor")
    asking.origin["crop"] = asking.origin["resize"]
    if side >= _CONVNEXT_SQUASHES_FROM:
        return ResizeSpec("squash", (side, side), interp), CropSpec("none", None)
    edge = _edge(fields, side / _share(fields, asking, "ConvNext"))
    return (
        ResizeSpec("shortest_edge", (edge, edge), interp),
        CropSpec("center", (side, side), rounding="floor"),
    )


def scaled(
    fields: Fields, asking: Asking, mode: str, size: Size, processor: str
) -> tuple[str, Size]:
    """Mode and size of the scaling: those of the file, but for PoolFormerImageProcessor and LevitImageProcessor.

    The first divides by crop_pct and keeps the shape unless it is given a rectangle; for the second a shortest edge
    of 224 means 256, and so in proportion.
    """
    if processor == "PoolFormer":
        share = _share(fields, asking, processor)
        mode = mode if size[0] != size[1] else "shortest_edge"
        return mode, (_edge(fields, size[0] / share), _edge(fields, size[1] / share))
    if processor == "Levit" and mode == "shortest_edge":
        asking.origin["resize"] += ", the shortest edge times 256/224 as LevitImageProcessor has it"
        edge = _edge(fields, _LEVIT_SCALES_BY * size[0])
        return mode, (edge, edge)
    return mode, size


def _share(fields: Fields, asking: Asking, processor: str) -> float:
    if fields.get("crop_pct") is None:
        share = OWN_SHARE[processor]
        asking.origin["resize"] += f", a crop_pct of {share:g} as {processor}ImageProcessor has it"
        return share
    asking.origin["resize"] += ", crop_pct"
    share = fields.number("crop_pct")
    if not 1 / LARGEST_SIDE <= share <= 1:
        fields.problem("crop_pct", f"must be above 0 and at most 1, but is {share:g}")
        return 1.0
    return share


def _edge(fields: Fields, side: float) -> int:
    if side > LARGEST_SIDE:
        fields.problem("size", f"scales images to more than {LARGEST_SIDE} pixels")
        return 1
    return int(side)
