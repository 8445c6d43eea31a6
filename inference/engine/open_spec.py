"""The spec of a network that comes without any file about it: what the graph shows, and answers."""

from inference.engine.asking import Asking
from inference.engine.graph import GraphFacts
from inference.engine.open_fields import (
    ask_channel_order,
    ask_dtype,
    ask_geometry,
    ask_layout,
    ask_normalisation,
    ask_output,
    ask_range,
    fixed_size,
)
from inference.engine.spec import DecodeSpec, ModelSpec, PreprocessSpec
from inference.engine.spec_rules import conflicts


def read_open(graph: GraphFacts, model_name: str, asking: Asking, *, preface: str) -> ModelSpec:
    """The spec that notes, graph and answers tell together.

    Raises SpecError with the open questions, `preface` before them, or with what contradicts one another.
    """
    preprocess = _preprocess(graph, model_name, asking)
    output = ask_output(asking, graph, model_name, model_name)
    asking.finish(place=model_name, preface=preface)
    asking.problems += [f"{model_name}: {words}" for words in conflicts(preprocess, output)]
    asking.finish(place=model_name)
    return ModelSpec(preprocess, output, asking.origin)


def _preprocess(graph: GraphFacts, place: str, asking: Asking) -> PreprocessSpec:
    layout, dtype = ask_layout(asking, graph, place), ask_dtype(asking, graph, place)
    resize, crop = ask_geometry(asking, place, fixed_size(graph, layout))
    scale, offset = ask_range(asking, place, dtype)
    mean, std = ask_normalisation(asking, place, dtype)
    asking.origin["decode"] = "as photographs are stored here: upright, sRGB"
    return PreprocessSpec(
        decode=DecodeSpec(orientation="apply", icc="to_srgb"),
        resize=resize,
        crop=crop,
        channel_order=ask_channel_order(asking, place),
        layout=layout,
        scale=scale,
        offset=offset,
        mean=mean,
        std=std,
        dtype=dtype,
    )
