"""The parts of the recipe that need PyTorch (requirements-train.txt)."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from PIL import Image  # noqa: E402

from inference.engine import check_artefact, load_artefact, to_tensor  # noqa: E402
from inference.training.augment import augmented, plain  # noqa: E402
from inference.training.export import ParityError, _check_parity, export_run  # noqa: E402
from inference.training.images import LabelledImages  # noqa: E402
from inference.training.network import INPUT, SmallCnn  # noqa: E402
from inference.training.recipe import Settings, _class_weights, rank_auc, train  # noqa: E402

SETTINGS = Settings(epochs=2, batch=8)


@pytest.fixture(scope="module")
def data():
    """Dark squares are melanomas, pale ones nevi."""
    rng = np.random.default_rng(0)
    labels = np.arange(48) % 2
    pixels = rng.integers(0, 90, (48, 192, 192, 3)) + (1 - labels)[:, None, None, None] * 150
    return LabelledImages(pixels.astype(np.uint8), labels, tuple(str(n) for n in range(48)))


@pytest.fixture(scope="module")
def run(data):
    return train(data, SETTINGS, seed=1)


def test_the_network_has_about_a_third_of_a_million_weights_and_two_logits():
    network = SmallCnn().eval()
    assert 200_000 < sum(weight.numel() for weight in network.parameters()) < 400_000
    assert network(torch.zeros(3, 3, INPUT, INPUT)).shape == (3, 2)


def test_every_weight_belongs_to_one_layer_group():
    network = SmallCnn()
    grouped = [id(weight) for group in network.layer_groups() for weight in group]
    assert sorted(grouped) == sorted(id(weight) for weight in network.parameters())


def test_augmented_copies_differ_from_each_other_and_keep_the_networks_size(data):
    torch.manual_seed(0)
    same = torch.from_numpy(np.repeat(data.pixels[:1], 4, axis=0))
    altered = augmented(same)
    assert altered.shape == (4, 3, INPUT, INPUT)
    assert torch.isfinite(altered).all()
    assert (altered[0] - altered[1]).abs().mean() > 0.01


def test_validation_images_are_prepared_nearly_as_the_engine_prepares_them(run, tmp_path):
    """PyTorch's antialiased bilinear filter is Pillow's, up to the rounding to eight bits."""
    rng = np.random.default_rng(2)
    pixels = np.asarray(
        Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8)).resize((192, 192))
    )
    spec = load_artefact(export_run(run, tmp_path, "run-01")).spec.preprocess
    ours = plain(torch.from_numpy(pixels[None].copy()))[0].numpy()
    engine = to_tensor(Image.fromarray(pixels), spec)
    assert np.abs(ours - engine).max() < 2 / 255 / min(spec.std)


def test_the_same_seed_trains_the_same_network_and_another_seed_another(data, run):
    same, other = train(data, SETTINGS, seed=1), train(data, SETTINGS, seed=2)
    first, again, different = (
        trained.network.head[-1].weight.detach().numpy() for trained in (run, same, other)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, different)


def test_a_run_learns_what_is_easy_to_learn(data):
    assert train(data, Settings(epochs=6, batch=8), seed=3).validation_auc == 1.0


def test_the_rarer_class_weighs_more_so_that_both_count_the_same():
    labels = np.array([0] * 30 + [1] * 10)
    weights = _class_weights(labels).numpy()
    assert weights * [30, 10] == pytest.approx([20, 20])


def test_the_auc_counts_pairs_in_the_right_order():
    labels = np.array([0, 0, 1, 1])
    assert rank_auc(labels, np.array([0.1, 0.4, 0.4, 0.9])) == pytest.approx(3.5 / 4)


def test_an_exported_run_loads_through_the_engine_and_takes_any_batch(run, tmp_path):
    path = export_run(run, tmp_path, "run-07")
    artefact = load_artefact(path)
    check_artefact(artefact)
    assert artefact.file_name == "run-07.onnx"
    assert not isinstance(artefact.metadata.inputs[0].shape[0], int)
    assert path.stat().st_size < 2_000_000
    assert b".py" not in path.read_bytes()
    assert json.loads(path.with_suffix(".json").read_text())["spec"] == "rs-preproc/1"


def test_an_export_that_answers_otherwise_than_the_network_is_refused(run, tmp_path):
    path = export_run(run, tmp_path, "run-01")
    torch.manual_seed(9)
    with pytest.raises(ParityError, match=r"run-01\.onnx differs from PyTorch"):
        _check_parity(SmallCnn().eval(), path)
