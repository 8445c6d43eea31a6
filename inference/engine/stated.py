"""What an upload says besides its convention: the notes inside the ONNX file, and MONAI's metadata.json.

Neither can tell a whole preparation; they fill in what the files with precedence leave open.
Sources: https://github.com/onnx/onnx/blob/main/docs/MetadataProps.md (Image.*), Ultralytics' exporter (names, task),
https://docs.monai.io/en/stable/mb_specification.html (network_data_format).
"""

import ast
import reprlib
from collections.abc import Mapping
from typing import Any

from inference.engine.asking import Asking
from inference.engine.graph import GraphFacts

MONAI = "metadata.json"
_PIXEL_FORMATS = {"Rgb8": "RGB", "Bgr8": "BGR"}
_RANGES = {
    "NominalRange_0_255": "0..255",
    "Normalized_0_1": "0..1",
    "Normalized_1_1": "-1..1",
}
_NOTES = {
    "channel_order": ("Image.BitmapPixelFormat", _PIXEL_FORMATS),
    "scale": ("Image.NominalPixelRange", _RANGES),
}
_LONGEST_NAMES = 100_000
_CHANNELS = 3


def state_notes(asking: Asking, graph: GraphFacts, place: str) -> None:
    """What `metadata_props` state; a note that cannot be followed is a problem."""
    notes, says = graph.metadata, f"{place}: metadata_props"
    for name, (key, known) in _NOTES.items():
        if key in notes:
            _state_note(asking, name, notes[key], known, f"{says} {key}")
    if notes.get("Image.ColorSpaceGamma", "SRGB") != "SRGB":
        asking.problems.append(
            f"{says}: Image.ColorSpaceGamma must be SRGB, but is {_short(notes['Image.ColorSpaceGamma'])}"
        )
    if notes.get("task", "classify") != "classify":
        asking.problems.append(f"{says}: task must be classify, but is {_short(notes['task'])}")
    if "names" in notes:
        _names(asking, _literal(notes["names"]), f"{says} names")


def _state_note(
    asking: Asking, name: str, value: str, known: Mapping[str, str], place: str
) -> None:
    if value in known:
        asking.state(name, known[value], place)
    else:
        asking.problems.append(f"{place} must be one of {', '.join(known)}, but is {_short(value)}")


def _literal(text: str) -> Any:
    """The value of a Python literal, as Ultralytics writes a dict; None where it is none."""
    if len(text) > _LONGEST_NAMES:
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def state_monai(asking: Asking, data: Any) -> None:
    """What MONAI's metadata.json says of the channels; its transforms are Python classes, which are not read."""
    formats = data.get("network_data_format") if isinstance(data, dict) else None
    if not isinstance(formats, dict):
        return
    for name, one in _parts(formats, "inputs"):
        channels = one.get("num_channels")
        if channels is not None and channels != _CHANNELS:
            asking.problems.append(
                f"{MONAI}: network_data_format.inputs.{name}.num_channels must be 3, but is {_short(channels)}"
            )
    outputs = _parts(formats, "outputs")
    if len(outputs) == 1:
        name, one = outputs[0]
        place = f"{MONAI}: network_data_format.outputs.{_short(name)}.channel_def"
        _names(asking, one.get("channel_def"), place)


def _parts(formats: Mapping[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    parts = formats.get(name)
    pairs = parts.items() if isinstance(parts, dict) else ()
    return [(str(key), part) for key, part in pairs if isinstance(part, dict)]


def _names(asking: Asking, value: Any, origin: str) -> None:
    """Classes by number, as a list or as a mapping from 0, 1, …; a name for none of these is passed over."""
    if isinstance(value, dict):
        by_number = {str(key): name for key, name in value.items()}
        value = [by_number.get(str(at)) for at in range(len(by_number))]
    named = isinstance(value, list) and value and all(isinstance(n, str) and n for n in value)
    if named and len(set(value)) == len(value) and "output.classes" not in asking.stated:
        asking.state("output.classes", tuple(value), origin)


def _short(value: Any) -> str:
    return reprlib.repr(value)
