"""The runner against a plain script of Pillow, NumPy and onnxruntime lines."""

import hashlib
import threading
from io import BytesIO
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image, ImageOps

from inference.engine import Failed, Scored, open_session, score_images, to_tensor
from inference.engine.binding import BoundCalls, plain_calls
from tests.inference.engine.graphs import linear
from tests.inference.engine.pictures import random_jpeg, random_picture

EXACT = {"resize": {"mode": "exact", "size": [16, 16], "interp": "bicubic"}}
CROPPED = {
    "resize": {"mode": "shortest_edge", "size": [20, 20], "interp": "bilinear"},
    "crop": {"mode": "center", "size": [16, 16]},
}


def photographs(rng, count=13):
    sizes = rng.integers(20, 90, (count, 2))
    return [
        random_jpeg(rng, int(w), int(h), orientation=n % 9 or None)
        for n, (w, h) in enumerate(sizes)
    ]


def sources(files):
    return [(n, lambda data=data: data) for n, data in enumerate(files)]


def plain_score(data, onnx_bytes, *, cropped):
    """Ten plain lines that know nothing of the engine."""
    image = ImageOps.exif_transpose(Image.open(BytesIO(data))).convert("RGB")
    if cropped:
        short = min(image.size)
        image = image.resize([int(20 * side / short) for side in image.size], Image.BILINEAR)
        left, top = (round((side - 16) / 2) for side in image.size)
        image = image.crop((left, top, left + 16, top + 16))
    else:
        image = image.resize((16, 16), Image.BICUBIC)
    x = (np.asarray(image) / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    network = onnxruntime.InferenceSession(onnx_bytes, providers=["CPUExecutionProvider"])
    (y,) = network.run(None, {"pixels": x.transpose(2, 0, 1)[None].astype(np.float32)})
    return np.exp(y[0, 0]) / np.exp(y[0]).sum()


@pytest.mark.parametrize("batch_size", [1, 4, 64])
@pytest.mark.parametrize("cropped", [False, True], ids=["exact", "shortest edge and crop"])
def test_scores_are_those_of_a_plain_script(make_artefact, rng, batch_size, cropped):
    files = photographs(rng)
    artefact = make_artefact(linear(), **(CROPPED if cropped else EXACT))
    session = open_session(artefact, "cpu")
    found = list(score_images(session, sources(files), batch_size=batch_size))
    expected = [plain_score(data, artefact.onnx_bytes, cropped=cropped) for data in files]
    assert [outcome.key for outcome in found] == list(range(len(files)))
    np.testing.assert_allclose([outcome.score for outcome in found], expected, atol=1e-6)


def test_a_score_tells_how_it_came_about(artefact, rng):
    picture = random_picture(rng)
    stream = BytesIO()
    picture.save(stream, "PNG")
    session = open_session(artefact, "cpu")
    (found,) = score_images(session, [("a.png", stream.getvalue)])
    tensor = to_tensor(picture, artefact.spec.preprocess)
    assert found.tensor_sha256 == hashlib.sha256(tensor.tobytes()).hexdigest()
    assert found.outputs == tuple(map(float, session.run(tensor[None])[0]))
    assert found.score == session.score(tensor[None])[0]
    assert 0 < found.milliseconds < 60_000


def test_an_unreadable_image_fails_alone(artefact, rng, tmp_path):
    good = random_jpeg(rng)
    given = [
        ("a.jpg", lambda: good),
        ("b.jpg", lambda: good[:-100]),
        ("c.jpg", lambda: tmp_path / "c.jpg"),
        ("d.jpg", lambda: b"renamed text"),
        ("e.jpg", lambda: good),
        ("f.jpg", (tmp_path / "f.jpg").read_bytes),
    ]
    found = list(score_images(open_session(artefact, "cpu"), given, batch_size=4))
    assert [type(outcome) for outcome in found] == [Scored, Failed, Failed, Failed, Scored, Failed]
    assert [outcome.sentence for outcome in found if isinstance(outcome, Failed)] == [
        "b.jpg is damaged or cut off.",
        "c.jpg cannot be read: No such file or directory.",
        "d.jpg is not a JPEG, PNG, WebP or TIFF image.",
        "f.jpg cannot be read: No such file or directory.",
    ]
    assert found[0].score == found[4].score


def test_outputs_that_are_not_finite_fail(make_artefact, rng):
    artefact = make_artefact(linear(bias=np.array([np.inf, 0], np.float32)))
    given = [("a.jpg", lambda: random_jpeg(rng))]
    assert list(score_images(open_session(artefact, "cpu"), given)) == [
        Failed("a.jpg", "The network gave no finite number for a.jpg.")
    ]


def test_pictures_of_different_sizes_go_in_batches_of_their_own(make_artefact, rng):
    artefact = make_artefact(linear(size=("H", "W")), resize={"mode": "none"})
    files = [random_jpeg(rng, w, h) for w, h in [(30, 20), (30, 20), (20, 30), (30, 20)]]
    batches = []
    session = open_session(artefact, "cpu")
    found = list(score_images(session, sources(files), batch_size=8, on_batch=batches.append))
    assert [len(batch) for batch in batches] == [2, 1, 1]
    alone = [next(score_images(session, [source])).score for source in sources(files)]
    np.testing.assert_allclose([outcome.score for outcome in found], alone, atol=1e-6)


def test_each_batch_is_told_before_it_is_given(artefact, rng):
    told = []
    given = sources(photographs(rng, 5))
    session = open_session(artefact, "cpu")
    seen = [len(told) for _ in score_images(session, given, batch_size=2, on_batch=told.extend)]
    assert seen == [2, 2, 4, 4, 5]


def test_sources_are_drawn_only_as_room_becomes_free(artefact, rng):
    drawn, data = [], random_jpeg(rng)

    def endless():
        while True:
            drawn.append(threading.get_ident())
            yield len(drawn), lambda: data

    session = open_session(artefact, "cpu")
    outcomes = score_images(session, endless(), batch_size=4, workers=2)
    for _ in range(8):
        next(outcomes)
    # Twice as many batches as workers are under way, and one more is drawn.
    assert 8 <= len(drawn) <= 8 + 4 * 4 + 4
    assert set(drawn) == {threading.get_ident()}
    outcomes.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("score-images")]


@pytest.fixture
def on_gpu(artefact):
    """The CPU's network under another name: photographs are prepared one by one, batches put together of them."""
    session = open_session(artefact, "cpu")
    session.provider = "CUDAExecutionProvider"
    return session


@pytest.mark.parametrize("batch_size", [1, 4, 64])
def test_a_gpu_gets_batches_and_gives_the_same_scores_in_order(artefact, on_gpu, rng, batch_size):
    files = sources([*photographs(rng), b"no image", *photographs(rng)])
    here = list(score_images(open_session(artefact, "cpu"), files))
    sizes = []
    call = on_gpu._call
    on_gpu._call = lambda batch: [sizes.append(len(batch)), call(batch)][1]
    there = list(score_images(on_gpu, files, batch_size=batch_size))
    assert [one.key for one in there] == [one.key for one in here]
    assert isinstance(there[13], Failed)
    pairs = [(a, b) for a, b in zip(here, there, strict=True) if isinstance(a, Scored)]
    assert len(pairs) == 26
    np.testing.assert_allclose([b.score for _, b in pairs], [a.score for a, _ in pairs], rtol=1e-6)
    assert [b.tensor_sha256 for _, b in pairs] == [a.tensor_sha256 for a, _ in pairs]
    assert (sum(sizes), max(sizes)) == (26, min(batch_size, 26))


def test_a_gpus_sources_are_drawn_as_room_becomes_free_and_threads_end(on_gpu, rng):
    drawn, data = [], random_jpeg(rng)

    def endless():
        while True:
            drawn.append(1)
            yield len(drawn), lambda: data

    outcomes = score_images(on_gpu, endless(), batch_size=4, workers=2)
    for _ in range(8):
        next(outcomes)
    assert len(drawn) <= 8 + 6 * 4 + 2
    outcomes.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("score-images")]


def test_bound_calls_give_what_plain_calls_give(artefact, rng):
    session = open_session(artefact, "cpu")._session
    plain = plain_calls(session, "pixels", "logits")
    bound = BoundCalls(session, "pixels", "logits", device="cpu")
    for count in (4, 4, 1, 4):
        batch = rng.standard_normal((count, 3, 16, 16)).astype(np.float32)
        np.testing.assert_array_equal(bound(batch), plain(batch))


def test_a_fault_of_the_program_is_not_hidden(artefact):
    def broken():
        raise KeyError("a fault")

    with pytest.raises(KeyError, match="a fault"):
        list(score_images(open_session(artefact, "cpu"), [(1, broken)]))


def test_nothing_gives_nothing(artefact):
    assert list(score_images(open_session(artefact, "cpu"), [])) == []


def test_a_batch_of_none_is_refused(artefact):
    with pytest.raises(ValueError, match="batch_size must be at least 1, but is 0"):
        next(score_images(open_session(artefact, "cpu"), [], batch_size=0))


def test_a_path_is_as_good_as_bytes(artefact, rng, tmp_path):
    data = random_jpeg(rng)
    path = Path(tmp_path) / "a.jpg"
    path.write_bytes(data)
    session = open_session(artefact, "cpu")
    one, other = score_images(session, [("p", lambda: path), ("b", lambda: data)])
    assert one.score == other.score
