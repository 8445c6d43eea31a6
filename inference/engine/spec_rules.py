"""Fields of a spec that contradict one another. The same rules hold whatever file the spec came from."""

from collections.abc import Iterator

from inference.engine.spec import CropSpec, OutputSpec, PreprocessSpec, ResizeSpec


def conflicts(
    preprocess: PreprocessSpec, output: OutputSpec, tta: tuple[str, ...] = ()
) -> list[str]:
    """One sentence for each contradiction, empty where everything fits."""
    return [
        *_resize(preprocess.resize),
        *_crop(preprocess.resize, preprocess.crop),
        *_numbers(preprocess),
        *_output(output),
        *_tta(preprocess, tta),
    ]


def _resize(resize: ResizeSpec) -> Iterator[str]:
    if resize.mode == "letterbox" and resize.fill is None:
        yield "resize.fill is missing: letterbox needs the colour of the border, [red, green, blue] from 0 to 255"
    if resize.fill is not None and not all(0 <= value <= 255 for value in resize.fill):  # noqa: PLR2004 - 8 bits
        yield "resize.fill must hold values from 0 to 255"
    if resize.mode == "shortest_edge" and resize.size and resize.size[0] != resize.size[1]:
        yield (
            "resize.size must be one number for shortest_edge, "
            f"but is {resize.size[0]} and {resize.size[1]}"
        )
    if not resize.antialias and resize.interp not in ("nearest", None):
        yield f"resize.antialias cannot be false: Pillow's {resize.interp} filter always antialiases"


def _crop(resize: ResizeSpec, crop: CropSpec) -> Iterator[str]:
    if crop.size is None or resize.size is None:
        return
    if crop.size[0] > resize.size[0] or crop.size[1] > resize.size[1]:
        yield (
            f"crop.size of {crop.size[0]} × {crop.size[1]} does not fit into "
            f"resize.size of {resize.size[0]} × {resize.size[1]}"
        )


def _numbers(preprocess: PreprocessSpec) -> Iterator[str]:
    if preprocess.scale <= 0:
        yield f"scale must be larger than 0, but is {preprocess.scale}"
    if min(preprocess.std) <= 0:
        yield f"std must be larger than 0 in every channel, but is {list(preprocess.std)}"
    plain = (1.0, 0.0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    given = (preprocess.scale, preprocess.offset, preprocess.mean, preprocess.std)
    if preprocess.dtype == "uint8" and given != plain:
        yield "dtype uint8 needs scale 1, offset 0, mean 0 and std 1: the network normalises by itself"


def _output(output: OutputSpec) -> Iterator[str]:
    several = len(output.classes) > 1
    if not several and output.activation == "softmax":
        yield "output.activation cannot be softmax with a single class: the score would always be 1"
    if not output.positive:
        yield "output.positive is empty: say which class counts as positive"
    if several and len(output.positive) == len(output.classes):
        yield "output.positive names every class: say which of them count as positive"


def _tta(preprocess: PreprocessSpec, tta: tuple[str, ...]) -> Iterator[str]:
    height, width = preprocess.output_size or (0, 1)
    turned = [name for name in tta if name in ("rot90", "rot270")]
    if turned and height != width:
        yield f"tta cannot hold {turned[0]}: the network's images are not square"
