"""Mutated network files and their JSON: a spec comes out or a sentence, and never another exception.

`python -m tests.hostile.fuzz_models --count 50000` runs long; the tests run a short one. Seeded: input n of a seed is
always the same. Only what the server's own process does is fuzzed; onnxruntime sees such files in a child alone.
"""

import json
import random
from collections.abc import Mapping

from inference.engine import EngineError, SpecError, artefact_of
from tests.hostile.fuzzing import run
from tests.hostile.models import corpus
from tests.inference.engine.graphs import linear, spec_json
from tests.inference.engine.hugging_face_files import CONFIG, PREPROCESSOR

TIMM = {
    "architecture": "tiny",
    "label_names": ["mel", "nv"],
    "pretrained_cfg": {
        "input_size": [3, 16, 16],
        "test_input_size": [3, 24, 24],
        "interpolation": "bicubic",
        "crop_pct": 0.9,
        "mean": [0.5, 0.4, 0.3],
        "std": [0.2, 0.3, 0.4],
    },
}
MONAI = {"network_data_format": {"inputs": {"image": {"num_channels": 3}}, "outputs": {"p": {"channel_def": {"0": "a"}}}}}  # fmt: skip
GOLDEN = {"images": [{"file": "a.png", "outputs": [0.1, 0.2]}]}
NASTY = (
    None,
    True,
    -1,
    0,
    1e308,
    10**400,
    "",
    "x" * 5000,
    "\0",
    [],
    {},
    [[]],
    [None] * 3,
    {"a": {}},
    "NaN",
)
MODELS = tuple(
    one.content for one in corpus() if one.upload == "model.onnx" and 0 < len(one.content) < 20_000
)
JSONS: tuple[dict[str, object], ...] = (
    {"reader-study-model.json": spec_json()},
    {"config.json": TIMM},
    {"config.json": CONFIG, "preprocessor_config.json": PREPROCESSOR},
    {"metadata.json": MONAI},
    {"golden.json": GOLDEN, "reader-study-model.json": spec_json()},
)
FIELDS = ("resize.mode", "resize.size", "resize.edge", "mean", "std", "scale", "output.activation", "output.classes",
          "output.positive", "channel_order", "crop.size", "layout")  # fmt: skip
WHOLE = linear()
ANSWERS = {
    "resize.mode": "exact", "resize.interp": "bilinear", "scale": "0..1", "mean": "0 0 0", "std": "1 1 1",
    "channel_order": "RGB", "output.activation": "softmax", "output.classes": "mel, nv", "output.positive": "0",
}  # fmt: skip
WORDS = (
    "exact",
    "16",
    "16x16",
    "0.5 0.5 0.5",
    "softmax",
    "a,b",
    "0..1",
    "RGB",
    "NCHW",
    "x" * 999,
    "²",
    "1e999 0 0",
    ",",
)


def fuzz(count: int, seed: int) -> Mapping[str, int]:
    """What came of `count` inputs. Any exception but the engine's own goes through: it is a crash."""
    found = dict.fromkeys(("read", "questions", "refused"), 0)
    for number in range(count):
        found[_one(random.Random(f"{seed}-{number}"))] += 1
    return found


def _one(rng: random.Random) -> str:
    # Most files stay whole: else nothing but the first check would ever be reached.
    network = WHOLE if rng.random() < 0.7 else _bytes(rng, rng.choice((WHOLE, *MODELS)))
    files = {"model.onnx": network, "a.png": b"never decoded here"}
    for name, data in rng.choice(JSONS).items():
        content = json.dumps(_mutated(rng, data) if rng.random() < 0.6 else data).encode()
        files[name] = _bytes(rng, content) if rng.random() < 0.2 else content
    answers = dict(rng.choice(({}, ANSWERS)))
    answers |= {name: rng.choice(WORDS) for name in rng.sample(FIELDS, k=rng.choice((0, 0, 1, 3)))}
    try:
        artefact_of(files, answers=answers)
    except SpecError as error:
        return "questions" if error.questions else "refused"
    except EngineError:
        return "refused"
    return "read"


def _bytes(rng: random.Random, content: bytes) -> bytes:
    """Now and then a few bytes are changed, cut or doubled."""
    changed = bytearray(content)
    for _ in range(rng.choice((0, 0, 1, 2, 5))):
        at = rng.randrange(len(changed) or 1)
        kind = rng.randrange(4)
        if kind == 0 and changed:
            changed[at] = rng.randrange(256)
        elif kind == 1:
            del changed[at : at + rng.choice((1, 3, 50))]
        elif kind == 2:
            changed[at:at] = bytes(changed[at : at + rng.choice((1, 8, 100))])
        else:
            changed[at:at] = rng.randbytes(rng.choice((1, 4)))
    return bytes(changed)


def _mutated(rng: random.Random, data: object) -> object:
    """The same JSON with some values exchanged, lost or nasty."""
    if rng.random() < 0.02:
        return rng.choice(NASTY)
    if isinstance(data, dict):
        return {name: _mutated(rng, one) for name, one in data.items() if rng.random() > 0.02}
    if isinstance(data, list):
        return [_mutated(rng, one) for one in data if rng.random() > 0.02]
    return data


if __name__ == "__main__":
    run(fuzz, __doc__)
