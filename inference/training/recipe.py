"""One training run: augment, descend with restarts, choose the weights by the validation images alone."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from inference.training.augment import augmented, plain
from inference.training.images import LabelledImages
from inference.training.sampling import balanced_order, class_weights
from inference.training.schedule import cosine_with_restarts, layer_shares
from inference.training.settings import Settings
from inference.training.split import split_by_patient
from inference.training.weights import build_network

_SCORED_AT_ONCE = 64


@dataclass(frozen=True)
class Epoch:
    """What one epoch did: mean loss, the learning rates of the groups from head to stem as it ended, validation AUC."""

    number: int
    loss: float
    rates: tuple[float, ...]
    validation_auc: float


@dataclass(frozen=True)
class TrainingRun:
    """A trained network and how it did on the images it was not trained on."""

    network: nn.Module
    settings: Settings
    seed: int
    epochs: tuple[Epoch, ...]
    kept: Epoch
    training_images: int
    validation_images: int

    @property
    def validation_auc(self) -> float:
        """Of the weights that were kept; where they are the best of all epochs, this flatters them."""
        return self.kept.validation_auc


def train(
    data: LabelledImages,
    settings: Settings,
    *,
    seed: int,
    weights: Path | None = None,
    device: str = "cpu",
    on_epoch: Callable[[Epoch], None] | None = None,
) -> TrainingRun:
    """Trains one network; split, initial weights, order and augmentation follow from the seed, on every `device`.

    The network comes back on the CPU, which is where it is exported.

    Raises WeightsError where `weights` does not fit the network.
    """
    torch.manual_seed(seed)
    training, validation = split_by_patient(
        data.labels, data.patients, share=settings.validation_share, seed=seed
    )
    network = build_network(settings, weights).to(device)
    course = _Course(data, settings, training, network, seed)
    epochs: list[Epoch] = []
    kept: tuple[Epoch, dict[str, torch.Tensor]] | None = None
    for number in range(settings.epochs):
        loss = course.run_epoch(number)
        auc = validation_auc(course.network, data, validation, settings)
        epochs.append(Epoch(number + 1, loss, course.rates(), auc))
        if kept is None or settings.keep == "last" or auc > kept[0].validation_auc:
            kept = epochs[-1], copy.deepcopy(course.network.state_dict())
        if on_epoch:
            on_epoch(epochs[-1])
    if kept is None:
        raise ValueError("A training run needs at least one epoch.")
    course.network.load_state_dict(kept[1])
    return TrainingRun(
        course.network.cpu().eval(),
        settings,
        seed,
        tuple(epochs),
        kept[0],
        training.size,
        validation.size,
    )


class _Course:
    """A network on its way: the optimiser's state and the order of the images."""

    def __init__(
        self,
        data: LabelledImages,
        settings: Settings,
        training: NDArray[np.int64],
        network: nn.Module,
        seed: int,
    ) -> None:
        self.data, self.settings, self.training, self.network = data, settings, training, network
        self.labels = data.labels[training]
        self.rng = np.random.default_rng(seed)
        self.device = device_of(network)
        shares = torch.from_numpy(class_weights(self.labels)).to(self.device)
        self.weights = shares if settings.balance == "weights" else None
        self.optimiser = _optimiser(network, settings)

    def run_epoch(self, number: int) -> float:
        """Goes once through the training images; the mean loss of the batches."""
        self.network.train()
        order = self._order()
        # Of equal sizes: batch statistics of a small last batch are noise.
        batches = np.array_split(order, max(1, order.size // self.settings.batch))
        losses = [
            self._step(number + place / len(batches), batch) for place, batch in enumerate(batches)
        ]
        return float(np.mean(losses))

    def rates(self) -> tuple[float, ...]:
        """The learning rate of each group, from head to stem."""
        return tuple(float(group["lr"]) for group in self.optimiser.param_groups)

    def _order(self) -> NDArray[np.int64]:
        if self.settings.balance == "sampling":
            return self.training[balanced_order(self.labels, self.rng)]
        return self.training[torch.randperm(self.training.size).numpy()]

    def _step(self, epoch: float, batch: NDArray[np.int64]) -> float:
        settings = self.settings
        factor = cosine_with_restarts(
            epoch, first_cycle=settings.first_cycle, growth=settings.growth
        )
        for group in self.optimiser.param_groups:
            group["lr"] = settings.learning_rate * group["share"] * factor
        images = augmented(torch.from_numpy(self.data.pixels[batch]), settings.view)
        loss = functional.cross_entropy(
            self.network(images.to(self.device)),
            torch.from_numpy(self.data.labels[batch]).to(self.device),
            weight=self.weights,
            label_smoothing=settings.label_smoothing,
        )
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()


def _optimiser(network: nn.Module, settings: Settings) -> torch.optim.SGD:
    layers = network.layer_groups()
    shares = layer_shares(len(layers), settings.depth_factor)
    return torch.optim.SGD(
        [
            {"params": group, "lr": settings.learning_rate * share, "share": share}
            for group, share in zip(layers, shares, strict=True)
        ],
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        nesterov=True,
    )


def device_of(network: nn.Module) -> torch.device:
    """Where its weights are."""
    return next(network.parameters()).device


def validation_auc(
    network: nn.Module, data: LabelledImages, indices: NDArray[np.int64], settings: Settings
) -> float:
    """AUC by ranks on images prepared as the exported spec prepares them."""
    network.eval()
    device = device_of(network)
    parts = np.array_split(indices, -(-indices.size // _SCORED_AT_ONCE))
    with torch.no_grad():
        logits = torch.cat(
            [
                network(plain(torch.from_numpy(data.pixels[part]), settings.view).to(device))
                for part in parts
            ]
        )
    scores = torch.softmax(logits, dim=1)[:, 1].cpu().numpy()
    return rank_auc(data.labels[indices], scores)


def rank_auc(labels: NDArray[np.int64], scores: NDArray[np.float32]) -> float:
    """The share of (melanoma, nevus) pairs in the right order; ties count half."""
    positive, negative = scores[labels == 1][:, None], scores[labels == 0][None, :]
    return float((positive > negative).mean() + 0.5 * (positive == negative).mean())
