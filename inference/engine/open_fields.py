"""The fields of a spec that conventions often leave open, each with its question.

Every function gives a stand-in where the question is open: whoever asks calls `Asking.finish` before using a value.
"""

from inference.engine.answers import ANSWERED
from inference.engine.asking import Asking, Question
from inference.engine.graph import GraphFacts, image_input
from inference.engine.spec import (
    ACTIVATIONS,
    INTERPOLATIONS,
    CropSpec,
    OutputSpec,
    ResizeSpec,
    Size,
    Triple,
)

NO_MEAN: Triple = (0.0, 0.0, 0.0)
NO_STD: Triple = (1.0, 1.0, 1.0)
# What becomes of the 256 levels of a pixel: scale and offset.
PIXEL_RANGES = {"0..1": (1 / 255, 0.0), "0..255": (1.0, 0.0), "-1..1": (1 / 127.5, -1.0)}
_COLOURS = 3
_LARGEST_LEVEL = 255
_PROBABILITIES = ("Softmax", "Sigmoid")


def ask_layout(asking: Asking, graph: GraphFacts, place: str) -> str:
    """NCHW or NHWC: by the place of the three channels in the input's shape, if there is only one such place."""
    image = image_input(graph)
    shape = image.shape if image else None
    places = [at for at in (1, 3) if shape and shape[at] == _COLOURS]
    if len(places) == 1:
        asking.origin["layout"] = f"{place}: its input's shape"
        return "NCHW" if places == [1] else "NHWC"
    sentence = f"{place} does not say whether the colours come before or after height and width."
    return asking.ask_choice("layout", sentence, ("NCHW", "NHWC")) or "NCHW"


def ask_dtype(asking: Asking, graph: GraphFacts, place: str) -> str:
    """The dtype of the input; what no photograph can be turned into is told by the check of the artefact."""
    image = image_input(graph)
    asking.origin["dtype"] = f"{place}: its input"
    known = image is not None and image.dtype in ("float16", "uint8")
    return image.dtype if image and known else "float32"


def ask_channel_order(asking: Asking, place: str) -> str:
    """RGB or BGR."""
    sentence = f"{place} does not say in which order the network takes the colours."
    return asking.ask_choice("channel_order", sentence, ("RGB", "BGR")) or "RGB"


def ask_range(asking: Asking, place: str, dtype: str) -> tuple[float, float]:
    """Scale and offset of a pixel's value."""
    if dtype == "uint8":
        asking.origin["scale"] = asking.origin["offset"] = f"{place}: it takes whole pixels"
        return 1.0, 0.0
    sentence = f"{place} does not say to which numbers the pixels are scaled."
    chosen = asking.ask_choice("scale", sentence, tuple(PIXEL_RANGES)) or "0..1"
    asking.origin["offset"] = asking.origin.get("scale", "")
    return PIXEL_RANGES[chosen]


def ask_normalisation(asking: Asking, place: str, dtype: str) -> tuple[Triple, Triple]:
    """Mean and standard deviation that are taken off and divided by, after scaling."""
    if dtype == "uint8":
        asking.origin["mean"] = asking.origin["std"] = f"{place}: it takes whole pixels"
        return NO_MEAN, NO_STD
    mean = asking.ask(
        Question("mean", f"{place} does not say which mean is taken off the colours.", "three")
    )
    std = asking.ask(
        Question("std", f"{place} does not say by what the colours are divided.", "three")
    )
    if std and min(std) <= 0:
        asking.doubt("std", "must be larger than 0 for every colour.")
    return mean or NO_MEAN, std or NO_STD


def ask_geometry(
    asking: Asking, place: str, size: Size | None = None
) -> tuple[ResizeSpec, CropSpec]:
    """How a photograph is brought to `size`, which is what the network takes where it says so."""
    target = f"{size[0]} × {size[1]}" if size else "its size"
    mode = asking.ask_choice(
        "resize.mode",
        f"{place} does not say how a photograph is brought to {target}: both sides at once (exact), the shorter side "
        "and then the centre (shortest_edge), whole within a border (letterbox), or not at all (none).",
        ("exact", "shortest_edge", "letterbox", "none"),
    )
    if mode is None:
        # Asked at once: it is needed for all answers but one.
        ask_interpolation(asking, place)
        return ResizeSpec("none", None, None), CropSpec("none", None)
    if mode == "none":
        return ResizeSpec("none", None, None), _ask_crop(asking, place, size)
    if mode == "shortest_edge":
        edge = _ask_edge(asking, place, size)
        resize = ResizeSpec(mode, (edge, edge), ask_interpolation(asking, place))
        return resize, _ask_crop(asking, place, size)
    sentence = f"{place} does not say the size of its images."
    resize = ResizeSpec(
        mode,
        _ask_size(asking, "resize.size", sentence, size),
        ask_interpolation(asking, place),
        fill=_ask_fill(asking, place) if mode == "letterbox" else None,
    )
    return resize, CropSpec("none", None)


def _ask_edge(asking: Asking, place: str, size: Size | None) -> int:
    sentence = f"{place} does not say to how many pixels the shorter side is scaled."
    if size:
        sentence += f" It takes {size[0]} × {size[1]}; the shorter side is that or more."
    edge = asking.ask(Question("resize.edge", sentence, "side"))
    if edge and size and edge < min(size):
        asking.doubt("resize.edge", f"is less than the {size[0]} × {size[1]} that are kept of it.")
    # The spec keeps the edge as its size.
    asking.origin["resize.size"] = asking.origin.pop("resize.edge", "")
    return int(edge or 1)


def _ask_fill(asking: Asking, place: str) -> Triple:
    sentence = f"{place} does not say the colour of the border, red, green and blue from 0 to 255 (0 0 0 is black)."
    fill: Triple | None = asking.ask(Question("resize.fill", sentence, "three"))
    if fill and not all(0 <= value <= _LARGEST_LEVEL for value in fill):
        asking.doubt("resize.fill", "must be three numbers from 0 to 255.")
    return fill or (0.0, 0.0, 0.0)


def ask_interpolation(asking: Asking, place: str) -> str:
    """Pillow's filter."""
    sentence = f"{place} does not say with which filter photographs are scaled."
    return asking.ask_choice("resize.interp", sentence, INTERPOLATIONS) or "bilinear"


def _ask_crop(asking: Asking, place: str, size: Size | None) -> CropSpec:
    sentence = f"{place} does not say the size of the centre that is kept."
    return CropSpec("center", _ask_size(asking, "crop.size", sentence, size))


def _ask_size(asking: Asking, name: str, sentence: str, known: Size | None) -> Size:
    if known is not None:
        asking.origin[name] = "the size that the network takes"
        return known
    return asking.ask(Question(name, sentence, "size")) or (1, 1)


def ask_output(asking: Asking, graph: GraphFacts, place: str, source: str) -> OutputSpec:
    """Which output is read, and how it becomes the score. `source` is the file that should have said it."""
    name = ask_output_name(asking, graph, place, source)
    classes = ask_classes(asking, source, _count(graph, name))
    return OutputSpec(
        name=name,
        activation=ask_activation(asking, graph, name, place, source),
        classes=classes,
        positive=ask_positive(asking, classes, source),
    )


def ask_output_name(asking: Asking, graph: GraphFacts, place: str, source: str) -> str:
    """The only output, or the one of several that holds the classes."""
    names = [output.name for output in graph.outputs]
    asking.origin["output.name"] = f"{place}: its outputs"
    if len(names) == 1:
        return names[0]
    sentence = f"{place} has the outputs {', '.join(names) or 'none'}, and {source} does not say which one holds the classes."
    return asking.ask_choice("output.name", sentence, names) or ""


def ask_activation(asking: Asking, graph: GraphFacts, name: str, place: str, source: str) -> str:
    """No activation where the graph itself ends with softmax or sigmoid; else a question."""
    last = graph.last_operator.get(name, "")
    if last in _PROBABILITIES:
        asking.origin["output.activation"] = f"{place}: its last node is {last}"
        return "none"
    sentence = f"{source} does not say how outputs become probabilities (softmax, sigmoid or none)."
    return asking.ask_choice("output.activation", sentence, ACTIVATIONS) or "none"


def ask_classes(asking: Asking, source: str, count: int | None) -> tuple[str, ...]:
    """The classes' names in the network's order; as many as the output has, where it says so."""
    many = f"the {count} classes" if count else "the classes"
    sentence = f"{source} does not name {many} in the network's order."
    names: tuple[str, ...] = asking.ask(Question("output.classes", sentence, "names")) or ()
    if names and count and len(names) != count:
        words = f"names {len(names)} classes, but the network has {count} outputs."
        if asking.origin["output.classes"] == ANSWERED:
            asking.doubt("output.classes", words)
        else:
            asking.problems.append(f"output.classes {words}")
        return ()  # which of them are positive is another question
    return names


def ask_positive(asking: Asking, classes: tuple[str, ...], source: str) -> tuple[int, ...]:
    """Which classes count as positive; asked once the classes are known."""
    if not classes:
        return ()
    listed = ", ".join(classes)
    sentence = f"{source} does not say which class is positive, of: {listed}."
    positive = asking.ask(Question("output.positive", sentence, "positive", classes)) or ()
    if len(classes) > 1 and len(positive) == len(classes):
        asking.doubt("output.positive", "names every class: say which of them are positive.")
    return positive


def _count(graph: GraphFacts, name: str) -> int | None:
    shapes = [output.shape for output in graph.outputs if output.name == name and output.shape]
    last = shapes[0][-1] if shapes else None
    return last if isinstance(last, int) and last > 0 else None


def fixed_size(graph: GraphFacts, layout: str) -> Size | None:
    """(height, width) of the images that a graph takes, where both are numbers."""
    image = image_input(graph)
    if image is None or image.shape is None:
        return None
    height, width = image.shape[2:] if layout == "NCHW" else image.shape[1:3]
    both = isinstance(height, int) and isinstance(width, int) and min(height, width) > 0
    return (int(height), int(width)) if both else None  # type: ignore[arg-type]
