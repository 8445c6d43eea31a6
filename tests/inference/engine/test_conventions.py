import json

import pytest

from inference.engine import (
    SpecError,
    read_spec,
)
from tests.inference.engine.graphs import linear, output_json, spec_json
from tests.inference.engine.hugging_face_files import (
    CONFIG,
    files,
    problems_of,
)


def test_a_pair_and_our_own_file_that_say_the_same_have_the_same_hash():
    theirs = read_spec(files(), positive="malignant")
    ours = read_spec({"reader-study-model.json": json.dumps(theirs.to_json()).encode()})
    assert ours.spec_sha256 == theirs.spec_sha256


def test_our_own_file_goes_first():
    given = {**files(), "reader-study-model.json": json.dumps(spec_json()).encode()}
    assert read_spec(given).output.classes == ("mel", "nv")


def test_the_file_named_like_the_model_goes_before_the_common_one():
    special = spec_json(output=output_json(positive=[1]))
    given = {
        "run-01.onnx": linear(),
        "run-01.json": json.dumps(special).encode(),
        "reader-study-model.json": json.dumps(spec_json()).encode(),
    }
    assert read_spec(given).output.positive == (1,)


def test_the_positive_class_is_never_guessed():
    assert problems_of(files(), positive=None) == (
        "config.json does not say which class is positive, of: benign, malignant.",
    )
    assert problems_of(files(), positive="melanoma") == (
        "The answer to output.positive, 'melanoma', must be one or some of benign, malignant.",
    )


@pytest.mark.parametrize(
    ("positive", "indices"),
    [("mel", (0,)), ("mel,bcc", (0, 2)), (1, (1,)), ("2", (2,)), ("scc, in situ", (3,))],
)
def test_positive_classes_are_named_or_numbered(positive, indices):
    names = ["mel", "nv", "bcc", "scc, in situ"]
    config = {**CONFIG, "id2label": {str(i): name for i, name in enumerate(names)}}
    assert read_spec(files(config=config), positive=positive).output.positive == indices


def test_an_answer_that_contradicts_our_own_file_is_refused():
    own = {"reader-study-model.json": json.dumps(spec_json()).encode()}
    assert read_spec(own, positive="mel").output.positive == (0,)
    with pytest.raises(SpecError, match="which is not the class asked for, 'nv'"):
        read_spec(own, positive="nv")


def test_an_answer_fills_the_gap_of_our_own_file():
    output = output_json()
    del output["positive"]
    own = {"reader-study-model.json": json.dumps(spec_json(output=output)).encode()}
    assert read_spec(own, positive="nv").output.positive == (1,)


def test_no_file_at_all_is_told_with_the_way_out():
    with pytest.raises(SpecError, match=r"put reader-study-model\.json, or preprocessor_config"):
        read_spec({"model.onnx": linear()})


def test_half_a_pair_is_told():
    with pytest.raises(SpecError, match=r"needs config\.json beside it"):
        read_spec({"preprocessor_config.json": b"{}"})


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_file_that_is_no_json_is_named(content):
    with pytest.raises(SpecError, match=r"^reader-study-model\.json is not JSON"):
        read_spec({"reader-study-model.json": content})


def test_a_pair_that_is_no_object_is_named():
    with pytest.raises(SpecError, match=r"config\.json must hold a JSON object"):
        read_spec(files(config=[1]))
