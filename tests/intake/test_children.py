"""Photographs are decoded in processes of their own, which may die and may not do anything else."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from readerstudy.core.children import Child
from readerstudy.core.errors import InvalidInput
from readerstudy.core.sandbox import ALLOWED
from readerstudy.intake import child, children
from readerstudy.intake.children import MODULE, encode_in_child, inspect_in_child
from readerstudy.intake.pixels import encode_image, inspect_image
from tests.intake.photographs import jpeg, png, turned


@pytest.fixture
def only():
    """A child of the test's own."""
    made = Child(MODULE)
    yield made
    made.close()


@pytest.fixture
def scripted(monkeypatch, tmp_path):
    """Children that run a script of the test's instead of the decoder."""

    def become(script):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{script}'\n")
        path.chmod(0o755)
        children.close_children()
        monkeypatch.setattr(sys, "executable", str(path))

    yield become
    children.close_children()


@pytest.mark.parametrize("content", [png(), jpeg(), turned(6)], ids=["png", "jpeg", "turned"])
def test_the_child_makes_the_same_as_the_pipeline(content):
    assert encode_in_child(content, name="a") == encode_image(content, name="a")
    assert inspect_in_child(content, name="a") == inspect_image(content, name="a")


def test_what_the_pipeline_refuses_is_refused_with_the_same_sentence():
    with pytest.raises(InvalidInput) as here:
        encode_image(b"<svg/>", name="a.svg")
    with pytest.raises(InvalidInput) as there:
        encode_in_child(b"<svg/>", name="a.svg")
    assert (there.value.message, there.value.code) == (here.value.message, here.value.code)


def test_the_pixel_limit_of_the_moment_counts(settings):
    settings.IMPORT_MAX_PIXELS = 100
    with pytest.raises(InvalidInput) as raised:
        encode_in_child(png(), name="a.png")
    assert raised.value.code == "image_too_large"
    settings.IMPORT_MAX_PIXELS = 10**6
    assert encode_in_child(png(), name="a.png").width == 64


def test_one_child_serves_many_photographs():
    encode_in_child(png(), name="a.png")
    first = children._children.take()
    children._children.give_back(first)
    encode_in_child(png(1), name="b.png")
    again = children._children.take()
    children._children.give_back(again)
    assert again is first


def test_a_child_that_was_killed_between_two_photographs_is_replaced():
    encode_in_child(png(), name="a.png")
    waiting = children._children.take()
    os.kill(waiting._process.pid, signal.SIGKILL)
    waiting._process.wait()
    children._children._waiting.put(waiting)
    assert encode_in_child(png(), name="a.png").width == 64


@pytest.mark.parametrize(
    "script",
    [
        "import os; os.abort()",
        "import sys; sys.stdin.buffer.read(4); print(1)",
        "import sys; sys.stdin.buffer.read(4); sys.stdout.write(chr(0) * 4)",
        "import sys; sys.stdin.buffer.read(4)",
    ],
    ids=["aborts", "writes half an answer", "writes nonsense", "ends without an answer"],
)
def test_a_decoder_that_dies_is_a_sentence_about_the_file(scripted, script):
    scripted(script)
    with pytest.raises(InvalidInput, match=r"^a\.png cannot be decoded: the decoder crashed"):
        encode_in_child(png(), name="a.png")


def test_a_decoder_that_does_not_come_back_is_ended(scripted, monkeypatch):
    monkeypatch.setattr("readerstudy.core.children.SECONDS", 0.5)
    scripted("import time; time.sleep(600)")
    started = time.monotonic()
    with pytest.raises(InvalidInput) as raised:
        encode_in_child(png(), name="a.png")
    assert raised.value.code == "decoder_died"
    assert time.monotonic() - started < 60


def test_the_child_has_no_secrets_and_cannot_write(only):
    inside = Path(f"/proc/{only._process.pid}")
    only.ask({"name": "a", "encode": False, "max_pixels": 10**6}, png())
    environment = (inside / "environ").read_bytes()
    names = {pair.split(b"=")[0].decode() for pair in environment.split(b"\0") if pair}
    assert names <= ALLOWED
    lines = (inside / "limits").read_text().splitlines()
    limits = {line[:26].strip(): line[26:47].strip() for line in lines}
    assert limits["Max file size"] == "0"
    assert limits["Max address space"] == str(child.MEMORY_BYTES)
    assert 0 < int(limits["Max cpu time"]) <= child.CPU_SECONDS + 60


def test_many_threads_have_a_child_each():
    found = []
    threads = [
        threading.Thread(target=lambda seed=seed: found.append((seed, encode_in_child(png(seed), name="a"))))
        for seed in range(6)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(image == encode_image(png(seed), name="a") for seed, image in found)
    assert len(found) == 6
