import copy
import json

import pytest

from inference.engine import ModelSpec, SpecError
from tests.inference.engine.graphs import output_json, spec_json, spec_or_refusal


def problems_of(**changes):
    with pytest.raises(SpecError) as caught:
        ModelSpec.from_json(spec_json(**changes))
    assert caught.value.code == "spec"
    assert caught.value.place == "reader-study-model.json"
    return [p.removeprefix("reader-study-model.json: ") for p in caught.value.problems]


def test_a_spec_survives_the_way_to_json_and_back():
    spec = ModelSpec.from_json(spec_json())
    again = ModelSpec.from_json(json.loads(json.dumps(spec.to_json())))
    assert again == spec
    assert again.spec_sha256 == spec.spec_sha256
    assert len(spec.spec_sha256) == 64


def test_the_field_guides_own_example_is_read():
    spec = ModelSpec.from_json(
        spec_json(
            resize={
                "mode": "shortest_edge",
                "size": [256, 256],
                "interp": "bicubic",
                "antialias": True,
                "backend": "pillow",
            },
            crop={"mode": "center", "size": [224, 224]},
            output=output_json(score="sum_positive"),
            tta=[],
            threshold={"value": 0.5, "prespecified": True},
        )
    )
    assert spec.preprocess.output_size == (224, 224)
    assert spec.threshold.value == 0.5
    assert spec.threshold.prespecified


def test_the_hash_does_not_depend_on_spelling():
    plain = ModelSpec.from_json(spec_json(offset=0, output=output_json(positive=["mel"])))
    spelt = spec_json(threshold=None, tta=[])
    spelt["crop"] = {"mode": "none", "size": None, "rounding": "half_even"}
    spelt["resize"] = {**spelt["resize"], "fill": None, "size": 16}
    assert ModelSpec.from_json(dict(reversed(spelt.items()))).spec_sha256 == plain.spec_sha256


def test_the_hash_changes_with_what_moves_scores():
    bilinear = ModelSpec.from_json(spec_json())
    bicubic = ModelSpec.from_json(
        spec_json(resize={"mode": "exact", "size": [16, 16], "interp": "bicubic"})
    )
    assert bilinear.spec_sha256 != bicubic.spec_sha256


def test_each_field_says_where_it_came_from():
    spec = ModelSpec.from_json(spec_json(), source="model.json")
    assert spec.origin["resize.size"] == "model.json"
    assert spec.origin["mean"] == "model.json"


@pytest.mark.parametrize(
    "path",
    [
        "spec",
        "decode",
        "decode.orientation",
        "decode.icc",
        "decode.mode",
        "resize",
        "resize.mode",
        "resize.size",
        "resize.interp",
        "crop",
        "crop.mode",
        "channel_order",
        "layout",
        "scale",
        "offset",
        "mean",
        "std",
        "dtype",
        "output",
        "output.name",
        "output.activation",
        "output.classes",
        "output.positive",
    ],
)
def test_every_missing_field_is_named(path):
    data = spec_json()
    *parents, last = path.split(".")
    holder = data
    for parent in parents:
        holder = holder[parent]
    del holder[last]
    with pytest.raises(SpecError) as caught:
        ModelSpec.from_json(data)
    assert any(p.startswith(f"reader-study-model.json: {path} ") for p in caught.value.problems)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"layout": "CHWN"}, "layout must be one of NCHW, NHWC, but is 'CHWN'"),
        ({"layout": ["NCHW"]}, "layout must be one of NCHW, NHWC, but is ['NCHW']"),
        ({"scale": "1/255"}, "scale must be a number, but is '1/255'"),
        ({"scale": True}, "scale must be a number, but is True"),
        ({"scale": 0}, "scale must be larger than 0, but is 0.0"),
        ({"mean": [0.5]}, "mean must be a list of three numbers, but is [0.5]"),
        ({"std": [1, 0, 1]}, "std must be larger than 0 in every channel, but is [1.0, 0.0, 1.0]"),
        ({"sdt": [1, 1, 1]}, "sdt is not a field that is known here"),
        ({"crop": {"mode": "center", "size": [224, 224]}},
         "crop.size of 224 × 224 does not fit into resize.size of 16 × 16"),
        ({"resize": {"mode": "exact", "size": [16.5, 2], "interp": "box"}},
         "resize.size must be [height, width] in pixels, each from 1 to 4096, but is [16.5, 2]"),
        ({"resize": {"mode": "exact", "size": 10**9, "interp": "box"}},
         "resize.size must be [height, width] in pixels, each from 1 to 4096, but is 1000000000"),
        ({"resize": {"mode": "exact", "size": [16, 16], "interp": "box", "antialias": False}},
         "resize.antialias cannot be false: Pillow's box filter always antialiases"),
        ({"resize": {"mode": "shortest_edge", "size": [16, 20], "interp": "box"}},
         "resize.size must be one number for shortest_edge, but is 16 and 20"),
        ({"resize": {"mode": "letterbox", "size": [16, 16], "interp": "box"}},
         "resize.fill is missing: letterbox needs the colour of the border, [red, green, blue] from 0 to 255"),
        ({"tta": ["shear"]}, "tta must be a list of some of hflip, vflip, rot90, rot180, rot270"),
        ({"tta": "hflip"}, "tta must be a list of some of hflip, vflip, rot90, rot180, rot270"),
        ({"tta": ["hflip", "hflip"]}, "tta names an augmentation twice"),
        ({"tta": ["rot90"], "resize": {"mode": "exact", "size": [16, 20], "interp": "bilinear"}},
         "tta cannot hold rot90: the network's images are not square"),
        ({"dtype": "uint8"},
         "dtype uint8 needs scale 1, offset 0, mean 0 and std 1: the network normalises by itself"),
        ({"output": output_json(positive=[2])},
         "output.positive must list the classes (names, or numbers from 0) that count as positive, of: mel, nv"),
        ({"output": output_json(positive=[0, 1])},
         "output.positive names every class: say which of them count as positive"),
        ({"output": output_json(classes=["mel", "mel"])}, "output.classes names a class twice"),
        ({"output": output_json(classes=["mel"])},
         "output.activation cannot be softmax with a single class: the score would always be 1"),
        ({"decode": []}, "decode must be an object, but is []"),
    ],
)  # fmt: skip
def test_a_wrong_field_gets_a_sentence_with_its_path(changes, sentence):
    assert sentence in problems_of(**changes)


def test_all_problems_are_told_at_once():
    found = problems_of(layout="X", mean=None, dtype="int8")
    assert [sentence.split()[0] for sentence in found] == ["layout", "mean", "dtype"]


def test_something_that_is_no_object_is_refused():
    with pytest.raises(SpecError, match="the file must be an object"):
        ModelSpec.from_json([1, 2])


ODD = [
    None,
    True,
    0,
    -1,
    0.5,
    10**400,
    float("nan"),
    "",
    "x",
    [],
    [1],
    [[]],
    {},
    {"x": 1},
    [None] * 3,
]


def leaves(data, path=()):
    for name, value in data.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from leaves(value, (*path, name))


@pytest.mark.parametrize("path", list(leaves(spec_json())), ids=".".join)
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:12])
def test_no_odd_value_ends_in_anything_but_a_spec_or_a_refusal(path, value):
    data = copy.deepcopy(spec_json())
    holder = data
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    found = spec_or_refusal(lambda: ModelSpec.from_json(data))
    if isinstance(found, SpecError):
        assert all(path[0] in problem and len(problem) < 300 for problem in found.problems)
    else:
        assert ModelSpec.from_json(found.to_json()) == found
