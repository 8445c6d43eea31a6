"""Photographs are scored in child processes, which may die or hang and may do nothing else."""

import hashlib
import json
import os
import signal
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inference import engine, network_child
from inference.network_children import (
    ChildSession,
    Photographs,
    StoredFile,
    StoredNetwork,
    children,
    close_children,
)
from inference.scoring import batch_size_on, scored
from readerstudy.core.sandbox import ALLOWED
from tests.inference.engine.graphs import linear, spec_json
from tests.inference.engine.pictures import random_jpeg


@pytest.fixture
def rng():
    return np.random.default_rng(20261127)


@pytest.fixture
def network(tmp_path):
    def store(content):
        files = {"model.onnx": content, "model.json": json.dumps(spec_json()).encode()}
        artefact = engine.artefact_of(files)
        path = tmp_path / f"{artefact.sha256}.onnx"
        path.write_bytes(content)
        return StoredNetwork(artefact, path, "cpu")

    return store


@pytest.fixture
def files(tmp_path, rng):
    """Three photographs on the disk, by name."""
    contents = {name: random_jpeg(rng) for name in "abc"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return contents


@pytest.fixture
def photographs(tmp_path, files):
    def of(network, *, on_disk=True, store=None):
        def file_of(key):
            content = files[key]
            sha256 = hashlib.sha256(content).hexdigest()
            return StoredFile(key, sha256, tmp_path / key if on_disk else None, lambda: content)

        return Photographs(network, file_of, store)

    return of


def sources(files):
    return [(name, lambda content=content: content) for name, content in files.items()]


def of_outcomes(outcomes):
    return [(one.key, one.score, one.outputs, one.tensor_sha256) for one in outcomes]


@pytest.mark.parametrize("on_disk", [True, False], ids=["on the disk", "fetched"])
def test_children_score_as_the_engine_does(network, photographs, files, on_disk):
    stored = network(linear())
    session = ChildSession(stored)
    here = engine.score_images(engine.open_session(stored.artefact, "cpu"), sources(files))
    there = scored(session, photographs(stored, on_disk=on_disk), sources(files), batch_size=8)
    assert of_outcomes(there) == of_outcomes(here)
    assert batch_size_on(session, 8) == 1


def test_a_session_of_a_child_says_and_does_what_it_would_here(network, rng):
    stored = network(linear())
    here, there = engine.open_session(stored.artefact, "cpu"), ChildSession(stored)
    batch = rng.standard_normal((4, 3, 16, 16)).astype(np.float32)
    np.testing.assert_array_equal(there.run(batch), here.run(batch))
    for name in ("provider", "runtime_version", "threads", "facts", "fixed_batch"):
        assert getattr(there, name) == getattr(here, name)


def test_tensors_of_children_are_the_engines(network, photographs, files):
    stored = network(linear())
    spec = stored.artefact.spec.preprocess
    made = photographs(stored).prepare("a", None)
    wanted = engine.to_tensor(engine.load_image(files["a"], spec), spec)
    np.testing.assert_array_equal(made.tensor, wanted)
    assert made.sha256 == hashlib.sha256(wanted.tobytes()).hexdigest()


def test_kept_pixels_are_made_once_and_made_anew_where_they_are_damaged(
    network, photographs, files, tmp_path
):
    stored = network(linear())
    store = engine.FolderOfPixels(tmp_path / "kept", "family", name_of=str)
    asked = photographs(stored, on_disk=False, store=store)
    first = [asked.ask("score", name)[0] for name in files]
    assert all("pixels" in told for told in first)
    again = [asked.ask("score", name)[0] for name in files]
    assert not any("pixels" in told for told in again)
    store.path_of("b").write_bytes(b"damaged")
    mended = asked.ask("score", "b")[0]
    assert "pixels" in mended
    assert [told["score"] for told in (first[1], again[1], mended)] == [first[1]["score"]] * 3


def test_a_photograph_that_is_not_the_imported_one_is_a_sentence(network, photographs, tmp_path):
    stored = network(linear())
    asked = photographs(stored)
    (tmp_path / "b").write_bytes(b"other")
    outcomes = list(scored(ChildSession(stored), asked, [("b", None)], batch_size=1))
    assert [one.sentence for one in outcomes] == [
        "The stored file of image b has changed since it was imported."
    ]


def test_a_network_that_changed_on_the_disk_is_not_run(network, photographs):
    stored = network(linear())
    stored.path.write_bytes(linear(bias=np.ones(2, np.float32)))
    close_children()
    with pytest.raises(engine.ArtefactError, match="has changed since it was loaded"):
        photographs(stored).ask("score", "a")


def test_a_network_that_never_comes_back_is_ended(network, photographs, monkeypatch):
    monkeypatch.setattr("readerstudy.core.children.SECONDS", 1.0)
    stored = network(endless_for_one_image())
    (outcome,) = scored(ChildSession(stored), photographs(stored), [("a", None)], batch_size=1)
    assert outcome.sentence.startswith("a cannot be scored: the process that decodes it")
    monkeypatch.undo()
    good = network(linear())
    (outcome,) = scored(ChildSession(good), photographs(good), [("a", None)], batch_size=1)
    assert isinstance(outcome, engine.Scored)


def test_a_child_that_somebody_killed_is_replaced(network, photographs):
    stored = network(linear())
    asked = photographs(stored)
    before = asked.ask("score", "a")[0]["score"]
    waiting = children.take()
    os.kill(waiting._process.pid, signal.SIGKILL)
    children._waiting.put(waiting)
    assert asked.ask("score", "a")[0]["score"] == before


def test_the_child_has_no_secrets_no_files_about_it_and_cannot_write(network, photographs):
    photographs(network(linear())).ask("score", "a")
    child = children.take()
    inside = Path(f"/proc/{child._process.pid}")
    environment = (inside / "environ").read_bytes()
    names = {pair.split(b"=")[0].decode() for pair in environment.split(b"\0") if pair}
    assert names <= ALLOWED
    assert list((inside / "cwd").iterdir()) == []
    lines = (inside / "limits").read_text().splitlines()
    limits = {line[:26].strip(): line[26:47].strip() for line in lines}
    assert limits["Max file size"] == "0"
    assert limits["Max address space"] == str(network_child.MEMORY_BYTES)
    children.give_back(child)


def endless_for_one_image():
    """A network that answers four images at once, and for a single one counts to 2^40."""
    model = onnx.load_from_string(linear())
    graph = model.graph
    last = graph.node[-1].output[0]
    graph.node[-1].output[0] = "before"
    values = {"first": 0, "one": 1, "rounds": 2**40}
    graph.initializer.extend(
        numpy_helper.from_array(np.array(v, np.int64), k) for k, v in values.items()
    )
    graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))
    graph.initializer.append(numpy_helper.from_array(np.array(0, np.float32), "nothing"))
    number = helper.make_tensor_value_info
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Add", ["sum_in", "nothing"], ["sum_out"]),
        ],
        "body",
        [number("round", TensorProto.INT64, []), number("go", TensorProto.BOOL, []), number("sum_in", TensorProto.FLOAT, [])],
        [number("go_on", TensorProto.BOOL, []), number("sum_out", TensorProto.FLOAT, [])],
    )  # fmt: skip
    loop = helper.make_node("Loop", ["rounds", "yes", "nothing"], ["looped"], body=body)
    same = helper.make_node("Identity", ["nothing"], ["same"])
    branches = {
        "then_branch": helper.make_graph([loop], "then", [], [number("looped", TensorProto.FLOAT, [])]),
        "else_branch": helper.make_graph([same], "else", [], [number("same", TensorProto.FLOAT, [])]),
    }  # fmt: skip
    graph.node.extend(
        [
            helper.make_node("Shape", ["pixels"], ["sides"]),
            helper.make_node("Gather", ["sides", "first"], ["count"]),
            helper.make_node("Equal", ["count", "one"], ["single"]),
            helper.make_node("If", ["single"], ["extra"], **branches),
            helper.make_node("Add", ["before", "extra"], [last]),
        ]
    )
    return model.SerializeToString()
