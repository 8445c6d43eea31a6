import numpy as np
import pytest

from inference.engine import ArtefactError, ModelSpec, build_artefact, open_session
from inference.engine.session import activate
from tests.inference.engine.graphs import BIAS, WEIGHTS, linear, output_json, spec_json

ONE_CLASS = output_json(classes=["mel"], activation="sigmoid")


def tensors(rng, count=5):
    return rng.normal(size=(count, 3, 16, 16)).astype(np.float32)


def logits_of(batch):
    return batch.astype(np.float64).mean(axis=(2, 3)) @ WEIGHTS.astype(np.float64) + BIAS


def opened(artefact):
    return open_session(artefact, "cpu", threads=1)


def test_outputs_and_scores_are_those_worked_out_by_hand(artefact, rng):
    batch, session = tensors(rng), opened(artefact)
    logits = logits_of(batch)
    np.testing.assert_allclose(session.run(batch), logits, atol=1e-6)
    expected = 1 / (1 + np.exp(logits[:, 1] - logits[:, 0]))
    np.testing.assert_allclose(session.score(batch), expected, atol=1e-6)
    assert session.score(batch).dtype == np.float64


def test_one_logit_goes_through_a_sigmoid(make_artefact, rng):
    graph = linear(weights=WEIGHTS[:, :1], bias=BIAS[:1])
    batch = tensors(rng)
    expected = 1 / (1 + np.exp(-logits_of(batch)[:, 0]))
    session = opened(make_artefact(graph, output=ONE_CLASS))
    np.testing.assert_allclose(session.score(batch), expected, atol=1e-6)


def test_several_positive_classes_are_summed(make_artefact, rng):
    weights = rng.normal(size=(3, 4)).astype(np.float32)
    graph = linear(weights=weights, bias=np.zeros(4, np.float32))
    output = output_json(classes=["mel", "nv", "bcc", "df"], positive=["mel", "bcc"])
    batch = tensors(rng)
    powers = np.exp(batch.mean(axis=(2, 3)) @ weights)
    expected = (powers[:, 0] + powers[:, 2]) / powers.sum(axis=1)
    session = opened(make_artefact(graph, output=output))
    np.testing.assert_allclose(session.score(batch), expected, atol=1e-6)


def test_probabilities_are_taken_as_they_are(make_artefact, rng):
    output = output_json(activation="none", positive=[1])
    session = opened(make_artefact(linear(end="Softmax"), output=output))
    batch = tensors(rng)
    np.testing.assert_allclose(session.score(batch), session.run(batch)[:, 1], atol=0)


@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_a_fixed_batch_gives_what_a_free_one_gives(make_artefact, artefact, rng, size):
    batch = tensors(rng)
    session = opened(make_artefact(linear(batch=size)))
    assert session.fixed_batch == size
    np.testing.assert_allclose(session.run(batch), opened(artefact).run(batch), atol=1e-6)


def test_no_images_give_no_scores(artefact):
    nothing = np.zeros((0, 3, 16, 16), np.float32)
    assert opened(artefact).score(nothing).shape == (0,)


def test_two_sessions_give_identical_bytes(artefact, rng):
    batch = tensors(rng)
    first, second = (opened(artefact).run(batch).tobytes() for _ in range(2))
    assert first == second


def test_tensors_that_do_not_fit_are_told(artefact):
    with pytest.raises(
        ArtefactError, match=r"model.onnx does not take images of shape \(3, 8, 8\)"
    ):
        opened(artefact).run(np.zeros((1, 3, 8, 8), np.float32))


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_huge_outputs_do_not_overflow(activation):
    values = activate(np.array([[1000.0, -1000.0], [-1e30, 1e30]]), activation)
    np.testing.assert_allclose(values, [[1, 0], [0, 1]])


def test_the_number_of_threads_is_kept(artefact):
    assert open_session(artefact, "cpu", threads=2).threads == 2
    assert open_session(artefact, "cpu").threads >= 1


def test_an_artefact_can_be_put_together_from_stored_parts(artefact):
    stored = ModelSpec.from_json(spec_json())
    assert build_artefact(artefact.onnx_bytes, stored, "model.onnx") == artefact
