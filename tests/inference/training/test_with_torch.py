"""The parts of the recipe that need PyTorch (requirements-train.txt)."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from PIL import Image  # noqa: E402

from inference.engine import check_artefact, load_artefact, to_tensor  # noqa: E402
from inference.training.augment import augmented, plain  # noqa: E402
from inference.training.card import model_card  # noqa: E402
from inference.training.export import ParityError, check_parity, export_run  # noqa: E402
from inference.training.images import LabelledImages  # noqa: E402
from inference.training.network import SmallCnn  # noqa: E402
from inference.training.recipe import rank_auc, train  # noqa: E402
from inference.training.resnet import ResNet50  # noqa: E402
from inference.training.settings import Settings  # noqa: E402
from inference.training.weights import WeightsError, build_network  # noqa: E402

SETTINGS = Settings(epochs=2, batch=8)
NARROW = Settings(network="resnet50", width=4, size=64, epochs=1, batch=8)


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


def test_the_small_network_has_about_a_fifth_of_a_million_weights_and_two_logits():
    network = SmallCnn().eval()
    assert sum(weight.numel() for weight in network.parameters()) == 218_642
    assert network(torch.zeros(3, 3, 112, 112)).shape == (3, 2)


def test_the_resnet_has_the_published_number_of_weights():
    """He et al. 2016, as published with weights: 25,557,032 with 1000 classes of 2049 weights each."""
    network = ResNet50()
    body = sum(weight.numel() for name, weight in network.named_parameters() if "fc" not in name)
    assert body == 25_557_032 - 1000 * 2049
    assert sum(isinstance(part, torch.nn.Conv2d) for part in network.modules()) == 49 + 4
    assert ResNet50(width=4).eval()(torch.zeros(3, 3, 64, 64)).shape == (3, 2)


@pytest.mark.parametrize("network", [SmallCnn(), ResNet50(width=4)], ids=["small", "resnet50"])
def test_every_weight_belongs_to_one_layer_group(network):
    grouped = [id(weight) for group in network.layer_groups() for weight in group]
    assert sorted(grouped) == sorted(id(weight) for weight in network.parameters())


@pytest.mark.parametrize("framing", ["centre", "whole"])
def test_augmented_copies_differ_from_each_other_and_keep_the_networks_size(data, framing):
    torch.manual_seed(0)
    same = torch.from_numpy(np.repeat(data.pixels[:1], 4, axis=0))
    altered = augmented(same, Settings(framing=framing, size=96).view)
    assert altered.shape == (4, 3, 96, 96)
    assert torch.isfinite(altered).all()
    assert (altered[0] - altered[1]).abs().mean() > 0.01


@pytest.mark.parametrize("framing", ["centre", "whole"])
def test_validation_images_are_prepared_nearly_as_the_engine_prepares_them(data, tmp_path, framing):
    """PyTorch's antialiased bilinear filter is Pillow's, up to the rounding to eight bits."""
    rng = np.random.default_rng(2)
    pixels = np.asarray(
        Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8)).resize((192, 192))
    )
    run = train(data, Settings(epochs=1, framing=framing), seed=1)
    spec = load_artefact(export_run(run, tmp_path, "run-01").path).spec.preprocess
    ours = plain(torch.from_numpy(pixels[None].copy()), run.settings.view)[0].numpy()
    engine = to_tensor(Image.fromarray(pixels), spec)
    assert np.abs(ours - engine).max() < 2 / 255 / min(spec.std)


@pytest.mark.parametrize("balance", ["weights", "sampling"])
def test_the_same_seed_trains_the_same_network_to_the_bit_and_another_seed_another(data, balance):
    settings = Settings(epochs=2, batch=8, balance=balance)
    first, again, other = (train(data, settings, seed=seed) for seed in (1, 1, 2))
    states = [run.network.state_dict() for run in (first, again, other)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])
    assert first.epochs == again.epochs


def test_a_run_learns_what_is_easy_to_learn(data):
    assert train(data, Settings(epochs=6, batch=8), seed=3).validation_auc == 1.0


def test_the_first_epoch_with_the_best_validation_auc_is_kept(data):
    seen = []
    run = train(data, Settings(epochs=4, batch=8), seed=3, on_epoch=seen.append)
    assert tuple(seen) == run.epochs
    best = max(epoch.validation_auc for epoch in run.epochs)
    assert run.kept == next(epoch for epoch in run.epochs if epoch.validation_auc == best)
    until = train(data, Settings(epochs=run.kept.number, batch=8, keep="last"), seed=3)
    kept, last = run.network.state_dict(), until.network.state_dict()
    assert all(torch.equal(kept[name], last[name]) for name in kept)


def test_every_group_of_layers_learns_at_half_the_rate_of_the_group_above(data):
    run = train(data, NARROW, seed=1)
    head, *_ = rates = run.kept.rates
    assert len(rates) == 6
    assert rates == pytest.approx([head / 2**depth for depth in range(6)])


def test_a_network_begins_with_the_weights_of_a_file_but_for_its_head(tmp_path):
    torch.manual_seed(5)
    other = ResNet50(width=4)
    state = {**other.state_dict(), "fc.weight": torch.zeros(1000, 128)}
    torch.save(state, tmp_path / "pretrained.pt")
    network = build_network(NARROW, tmp_path / "pretrained.pt")
    assert torch.equal(network.layer4[0].conv2.weight, other.layer4[0].conv2.weight)
    assert network.fc.weight.shape == (2, 128)


def test_a_file_of_weights_that_does_not_fit_is_refused(tmp_path):
    path = tmp_path / "weights.pt"
    with pytest.raises(WeightsError, match=r"weights\.pt cannot be read: No such file"):
        build_network(NARROW, path)
    path.write_bytes(b"no weights at all")
    with pytest.raises(WeightsError, match="no PyTorch file of weights alone"):
        build_network(NARROW, path)
    torch.save([1, 2], path)
    with pytest.raises(WeightsError, match="holds no state dict"):
        build_network(NARROW, path)
    torch.save(SmallCnn().state_dict(), path)
    with pytest.raises(WeightsError, match=r"has no “conv1\.weight”; it is of another network"):
        build_network(NARROW, path)
    torch.save(ResNet50(width=8).state_dict(), path)
    with pytest.raises(
        WeightsError, match=r"conv1\.weight: the shape is \(8, 3, 7, 7\), not \(4, "
    ):
        build_network(NARROW, path)


def test_the_auc_counts_pairs_in_the_right_order():
    labels = np.array([0, 0, 1, 1])
    assert rank_auc(labels, np.array([0.1, 0.4, 0.4, 0.9])) == pytest.approx(3.5 / 4)


@pytest.mark.parametrize("recipe", [SETTINGS, NARROW], ids=["small", "resnet50"])
def test_an_exported_run_loads_through_the_engine_and_takes_any_batch(data, tmp_path, recipe):
    exported = export_run(train(data, recipe, seed=1), tmp_path, "run-07")
    artefact = load_artefact(exported.path)
    check_artefact(artefact)
    assert artefact.file_name == "run-07.onnx"
    assert not isinstance(artefact.metadata.inputs[0].shape[0], int)
    assert exported.path.stat().st_size < 2_000_000
    assert exported.difference < 1e-4
    assert b".py" not in exported.path.read_bytes()
    assert json.loads(exported.path.with_suffix(".json").read_text())["spec"] == "rs-preproc/1"


def test_the_epochs_are_written_beside_the_network(run, tmp_path):
    lines = export_run(run, tmp_path, "run-01").path.with_suffix(".csv").read_text().splitlines()
    assert lines[0].startswith("epoch,loss,validation_auc,learning_rate_1")
    assert len(lines) == 1 + SETTINGS.epochs


def test_the_card_says_what_was_trained_on_and_how(data, run, tmp_path):
    card = model_card(
        data, [(run, export_run(run, tmp_path, "run-01"))], source="x", pretrained=None
    )
    assert card["model"].startswith("small residual CNN, ")
    assert (card["training_data"]["melanoma"], card["training_data"]["nevus"]) == (24, 24)
    assert card["recipe"]["start"] == "random weights"
    assert card["runs"][0]["epoch_kept"] == run.kept.number
    assert len(card["runs"][0]["onnx_sha256"]) == 64


def test_an_export_that_answers_otherwise_than_the_network_is_refused(run, tmp_path):
    path = export_run(run, tmp_path, "run-01").path
    torch.manual_seed(9)
    with pytest.raises(ParityError, match=r"run-01\.onnx differs from PyTorch"):
        check_parity(SmallCnn().eval(), path, 112)
