"""Prepared pixels are shared, and a store can lose or damage them without changing a score."""

import json
import os
import time

import numpy as np
import pytest

from inference.engine import (
    FolderOfPixels,
    artefact_of,
    family_of,
    open_session,
    preparing_here,
    score_images,
    trim,
)
from inference.engine.spec import ModelSpec
from tests.inference.engine.graphs import linear, spec_json
from tests.inference.engine.pictures import random_jpeg


def spec(**changes):
    return ModelSpec.from_json(spec_json(**changes))


def session(**changes):
    files = {"model.onnx": linear(), "model.json": json.dumps(spec_json(**changes)).encode()}
    return open_session(artefact_of(files), "cpu")


@pytest.fixture
def store(tmp_path):
    return FolderOfPixels(tmp_path, "family", name_of=str)


@pytest.fixture
def reading(rng):
    """Sources of three photographs, and how often each was read."""
    contents = {name: random_jpeg(rng) for name in "abc"}
    counts = dict.fromkeys(contents, 0)

    def loader(name):
        def load():
            counts[name] += 1
            return contents[name]

        return load

    return [(name, loader(name)) for name in contents], counts


def test_five_runs_of_a_family_decode_once_and_score_as_without(reading, store):
    sources, counts = reading
    opened = session()
    wanted = [(one.score, one.tensor_sha256) for one in score_images(opened, sources)]
    counts.update(dict.fromkeys(counts, 0))
    for _ in range(5):
        found = [
            (one.score, one.tensor_sha256)
            for one in score_images(
                opened, sources, prepare=preparing_here(opened.spec.preprocess, store)
            )
        ]
        assert found == wanted
    assert set(counts.values()) == {1}


def test_means_and_layout_do_not_part_a_family_but_sizes_do():
    first = family_of(spec().preprocess)
    assert family_of(spec(mean=[0, 0, 0], layout="NHWC", channel_order="BGR").preprocess) == first
    other = {"mode": "exact", "size": [32, 32], "interp": "bilinear"}
    assert family_of(spec(resize=other).preprocess) != first
    assert (
        family_of(
            spec(decode={"orientation": "ignore", "icc": "to_srgb", "mode": "RGB"}).preprocess
        )
        != first
    )


def test_families_and_photographs_are_kept_apart(tmp_path, store):
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    store.put("a", pixels)
    np.testing.assert_array_equal(store.get("a"), pixels)
    assert store.get("b") is None
    assert FolderOfPixels(tmp_path, "other", name_of=str).get("a") is None


@pytest.mark.parametrize("damage", [b"", b"short", bytes(500)])
def test_a_damaged_file_is_as_if_it_were_not_there(tmp_path, store, damage):
    store.put("a", np.zeros((4, 4, 3), np.uint8))
    (path,) = tmp_path.rglob("*.pixels")
    path.write_bytes(damage)
    assert store.get("a") is None


def test_a_byte_that_changed_is_seen(tmp_path, store):
    store.put("a", np.zeros((4, 4, 3), np.uint8))
    (path,) = tmp_path.rglob("*.pixels")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    assert store.get("a") is None


def test_a_store_that_cannot_be_written_costs_nothing_but_time(tmp_path, reading):
    (tmp_path / "file").write_text("no folder")
    sources, _ = reading
    blocked = FolderOfPixels(tmp_path / "file", "family", name_of=str)
    opened = session()
    prepare = preparing_here(opened.spec.preprocess, blocked)
    assert len(list(score_images(opened, sources, prepare=prepare))) == 3


def test_the_longest_unused_goes_first_and_the_old_go_all(tmp_path, store):
    for at, name in enumerate("abcd"):
        store.put(name, np.zeros((10, 10, 3), np.uint8))
        (path,) = [
            one
            for one in tmp_path.rglob("*.pixels")
            if store.get(name) is not None and one == store.path_of(name)
        ]
        os.utime(path, (time.time() - 100 * (4 - at), time.time() - 100 * (4 - at)))
    size = path.stat().st_size
    assert trim(tmp_path, max_bytes=2 * size, max_seconds=1_000) == 2
    assert [store.get(name) is not None for name in "abcd"] == [False, False, True, True]
    os.utime(path, (0, 0))
    assert trim(tmp_path, max_bytes=2 * size, max_seconds=1_000) == 1
