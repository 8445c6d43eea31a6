import hashlib
import io
import json
import random
import zipfile

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inference.engine import ArtefactError, SpecError, artefact_of, load_artefact
from inference.engine.graph import read_graph
from tests.inference.engine.graphs import as_bytes, linear, spec_json


def write(folder, files):
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_file_a_folder_and_a_zip_give_the_same_artefact(tmp_path, make_files):
    files = make_files()
    folder = write(tmp_path / "model", files)
    archive = zipped(tmp_path / "model.zip", files)
    nested = zipped(tmp_path / "nested.zip", {f"export/{n}": c for n, c in files.items()})
    found = [load_artefact(p) for p in (folder / "model.onnx", folder, archive, str(nested))]
    assert all(artefact == found[0] for artefact in found)
    assert found[0].sha256 == hashlib.sha256(files["model.onnx"]).hexdigest()
    assert found[0].file_name == "model.onnx"


def test_one_of_several_onnx_files_of_a_folder_takes_its_own_spec(tmp_path, make_files):
    files = make_files()
    other = json.dumps(spec_json(scale=1.0)).encode()
    folder = write(tmp_path / "models", {**files, "b.onnx": linear(), "b.json": other})
    assert load_artefact(folder / "b.onnx").spec.preprocess.scale == 1.0
    assert load_artefact(folder / "model.onnx").spec.preprocess.scale == 1 / 255
    with pytest.raises(ArtefactError, match=r"models holds several ONNX files \(b.onnx, model"):
        load_artefact(folder)


def test_metadata_is_what_the_onnx_package_reads(artefact):
    model = onnx.load_from_string(artefact.onnx_bytes)
    assert artefact.metadata.to_json() == {
        "producer": f"{model.producer_name} {model.producer_version}",
        "ir_version": model.ir_version,
        "opset": {"ai.onnx": 18},
        "inputs": [{"name": "pixels", "dtype": "float32", "shape": ["N", 3, 16, 16]}],
        "outputs": [{"name": "logits", "dtype": "float32", "shape": ["N", 2]}],
        "size": len(artefact.onnx_bytes),
        "graph_name": "tiny",
        "doc": "",
        "metadata_props": {},
        "weights": {"tensors": 3, "dtypes": {"int64": 1, "float32": 2}},
        "external_data": None,
    }


def test_notes_and_words_of_the_file_are_kept(make_artefact):
    model = onnx.load_from_string(linear())
    model.doc_string, model.graph.doc_string = "A network.", "x" * 3000
    helper.set_model_props(model, {"names": "{0: 'mel'}"})
    facts = make_artefact(model.SerializeToString()).metadata.to_json()
    assert facts["metadata_props"] == {"names": "{0: 'mel'}"}
    assert facts["doc"].startswith("A network.\nxxx")
    assert len(facts["doc"]) < 2100


@pytest.mark.parametrize("end", ["Softmax", "Sigmoid"])
def test_the_last_operator_is_found_behind_those_that_change_nothing(end):
    model = onnx.load_from_string(linear(end=end))
    model.graph.node[-1].output[0] = "probabilities"
    model.graph.node.append(helper.make_node("Identity", ["probabilities"], ["logits"]))
    facts = read_graph(model.SerializeToString(), "model.onnx")
    assert facts.last_operator == {"logits": end}


def test_weights_that_are_listed_as_inputs_are_no_inputs():
    model = onnx.load_from_string(linear())
    model.graph.input.append(helper.make_tensor_value_info("bias", TensorProto.FLOAT, [2]))
    facts = read_graph(model.SerializeToString(), "model.onnx")
    assert [tensor.name for tensor in facts.inputs] == ["pixels"]


def external_weights():
    model = onnx.load_from_string(linear())
    outside(model.graph.initializer[1])
    return model.SerializeToString()


def external_constant_in_a_branch():
    tensor = outside(numpy_helper.from_array(np.zeros(2, np.float32), "c"))
    inner = helper.make_graph(
        [helper.make_node("Constant", [], ["c"], value=tensor)],
        "branch",
        [],
        [helper.make_tensor_value_info("c", TensorProto.FLOAT, [2])],
    )
    condition = numpy_helper.from_array(np.array(True), "condition")
    graph = helper.make_graph(
        [helper.make_node("If", ["condition"], ["y"], then_branch=inner, else_branch=inner)],
        "outer",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])],
        [condition],
    )
    return helper.make_model(graph).SerializeToString()


def outside(tensor):
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/hostname")
    return tensor


@pytest.mark.parametrize("make", [external_weights, external_constant_in_a_branch])
def test_weights_in_another_file_are_refused(make, make_files):
    with pytest.raises(ArtefactError) as caught:
        artefact_of(make_files(make()))
    assert caught.value.code == "external_data"
    assert caught.value.message.startswith("model.onnx keeps its weights in another file")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a model",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        bytes(1000),
        b"\xff" * 50,
        b"PK\x03\x04 renamed",
        linear()[:-30],
        linear()[:40],
    ],
)
def test_what_is_not_an_onnx_model_is_refused_by_name(content, make_files):
    with pytest.raises(ArtefactError) as caught:
        artefact_of({**make_files(), "model.onnx": content})
    assert caught.value.message == "model.onnx is not an ONNX model."
    assert caught.value.code == "not_onnx"
    assert caught.value.place == "model.onnx"


def test_random_damage_ends_in_a_refusal_or_in_facts():
    random_bytes = random.Random(7)
    data, refused = linear(), 0
    for _ in range(300):
        damaged = bytearray(data)
        damaged[random_bytes.randrange(len(data))] = random_bytes.randrange(256)
        try:
            assert read_graph(bytes(damaged), "model.onnx").ir_version > 0
        except ArtefactError:
            refused += 1
    assert 0 < refused < 300


def test_graphs_nested_without_end_are_refused():
    graph = helper.make_graph([], "g", [], [])
    for _ in range(30):
        graph = helper.make_graph(
            [helper.make_node("If", ["c"], ["y"], then_branch=graph)], "g", [], []
        )
    with pytest.raises(ArtefactError, match="is not an ONNX model"):
        read_graph(helper.make_model(graph).SerializeToString(), "model.onnx")


def test_the_model_is_looked_at_before_questions_are_asked():
    with pytest.raises(ArtefactError, match="is not an ONNX model"):
        artefact_of({"model.onnx": b"nothing"})
    with pytest.raises(SpecError, match="no file that says how to prepare"):
        artefact_of({"model.onnx": linear()})


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("../model.onnx", "leads out of the archive"),
        ("a/../../model.onnx", "leads out of the archive"),
        ("/etc/model.onnx", "leads out of the archive"),
        ("..\\model.onnx", "leads out of the archive"),
        ("C:\\model.onnx", "leads out of the archive"),
        ("inner.zip", "another archive"),
        ("copy/model.onnx", "holds model.onnx twice"),
    ],
)
def test_a_zip_that_plays_tricks_is_refused(tmp_path, make_files, name, sentence):
    archive = zipped(tmp_path / "upload.zip", {**make_files(), name: b"x"})
    with pytest.raises(ArtefactError, match=sentence) as caught:
        load_artefact(archive)
    assert caught.value.message.startswith("upload.zip holds")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["upload.zip"]


def test_a_link_in_a_zip_is_refused(tmp_path, make_files):
    archive = zipped(tmp_path / "upload.zip", make_files())
    link = zipfile.ZipInfo("model.json")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(link, "/etc/passwd")
    with pytest.raises(ArtefactError, match=r"holds 'model.json', a link"):
        load_artefact(archive)


def test_a_zip_with_too_many_files_is_refused(tmp_path, make_files):
    many = {f"{n}.txt": b"" for n in range(200)}
    with pytest.raises(ArtefactError, match="more than 200 files"):
        load_artefact(zipped(tmp_path / "upload.zip", {**make_files(), **many}))


def test_sizes_are_limited_before_and_while_unpacking(tmp_path, make_files):
    files = make_files()
    bomb = zipped(tmp_path / "bomb.zip", {**files, "model.onnx": bytes(3_000_000)})
    assert bomb.stat().st_size < 10_000
    for path in (bomb, write(tmp_path / "big", {**files, "model.onnx": bytes(3_000_000)})):
        with pytest.raises(ArtefactError, match=r"^model.onnx is larger than 2 MB.$") as caught:
            load_artefact(path, max_bytes=2_000_000)
        assert caught.value.code == "too_large"


def test_a_json_file_is_limited_too(tmp_path, make_files):
    files = {**make_files(), "labels.json": bytes(5_000_000)}
    with pytest.raises(ArtefactError, match=r"^labels.json is larger than 4 MB.$"):
        load_artefact(zipped(tmp_path / "upload.zip", files))


def damaged_zip(make_files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in make_files().items():
            archive.writestr(name, content)
    data = bytearray(stream.getvalue())
    data[60:90] = bytes(30)
    return bytes(data)


def test_a_damaged_zip_is_named(tmp_path, make_files):
    path = tmp_path / "upload.zip"
    path.write_bytes(damaged_zip(make_files))
    with pytest.raises(ArtefactError, match=r"^upload.zip is a damaged zip archive.$"):
        load_artefact(path)


def test_other_files_of_a_zip_are_passed_over(tmp_path, make_files):
    others = {"README.md": b"x", "__MACOSX/._model.onnx": b"x", ".hidden.json": b"x"}
    assert load_artefact(zipped(tmp_path / "upload.zip", {**make_files(), **others}))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gone.onnx", "gone.onnx is not there."),
        (
            "notes.txt",
            "notes.txt is neither an ONNX file (.onnx), nor a folder, nor a zip archive.",
        ),
        ("empty", "empty holds no ONNX file; it must hold exactly one."),
    ],
)
def test_what_holds_no_model_is_told(tmp_path, name, sentence):
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArtefactError) as caught:
        load_artefact(tmp_path / name)
    assert caught.value.message == sentence


def test_the_tests_own_graph_is_valid():
    model = onnx.load_from_string(linear())
    assert as_bytes(model.graph) == linear()
