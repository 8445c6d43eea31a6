"""One training run: augment, descend with restarts, keep the last weights."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from inference.training.augment import MEAN, STD, augmented, plain
from inference.training.images import LabelledImages
from inference.training.network import SmallCnn
from inference.training.schedule import LAYER_SHARES, cosine_with_restarts
from inference.training.split import split_by_patient

__all__ = ["MEAN", "STD", "Settings", "TrainingRun", "train"]


@dataclass(frozen=True)
class Settings:
    """What is chosen before a run."""

    epochs: int = 18  # cycles of 6 and 12
    batch: int = 64
    learning_rate: float = 0.06
    momentum: float = 0.9
    weight_decay: float = 5e-4
    validation_share: float = 0.15


@dataclass(frozen=True)
class TrainingRun:
    """A trained network and how it did on the images it was not trained on."""

    network: SmallCnn
    seed: int
    validation_auc: float
    training_images: int
    validation_images: int


def train(data: LabelledImages, settings: Settings, *, seed: int) -> TrainingRun:
    """Trains one network from scratch; split, initial weights, order and augmentation follow from the seed."""
    torch.manual_seed(seed)
    training, validation = split_by_patient(
        data.labels, data.patients, share=settings.validation_share, seed=seed
    )
    network = SmallCnn()
    groups = zip(network.layer_groups(), LAYER_SHARES, strict=True)
    optimiser = torch.optim.SGD(
        [
            {"params": group, "lr": settings.learning_rate * share, "share": share}
            for group, share in groups
        ],
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        nesterov=True,
    )
    weights = _class_weights(data.labels[training])
    for epoch in range(settings.epochs):
        _epoch(network, optimiser, data, training, (settings, epoch, weights))
    auc = validation_auc(network, data, validation)
    return TrainingRun(network.eval(), seed, auc, training.size, validation.size)


def _class_weights(labels: NDArray[np.int64]) -> torch.Tensor:
    """The rarer class counts as much as the other."""
    counts = np.bincount(labels, minlength=2)
    return torch.tensor(labels.size / (2 * counts), dtype=torch.float32)


def _epoch(
    network: SmallCnn,
    optimiser: torch.optim.Optimizer,
    data: LabelledImages,
    indices: NDArray[np.int64],
    plan: tuple[Settings, int, torch.Tensor],
) -> None:
    settings, epoch, weights = plan
    network.train()
    order = torch.randperm(indices.size).numpy()
    # The last batch is dropped if it is small: batch statistics of few images are noise.
    batches = np.array_split(indices[order], max(1, indices.size // settings.batch))
    for number, batch in enumerate(batches):
        factor = cosine_with_restarts(epoch + number / len(batches))
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * group["share"] * factor
        images = augmented(torch.from_numpy(data.pixels[batch]))
        loss = functional.cross_entropy(
            network(images),
            torch.from_numpy(data.labels[batch]),
            weight=weights,
            label_smoothing=0.05,
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def validation_auc(network: SmallCnn, data: LabelledImages, indices: NDArray[np.int64]) -> float:
    """AUC by ranks on images prepared as the exported spec prepares them."""
    network.eval()
    with torch.no_grad():
        logits = network(plain(torch.from_numpy(data.pixels[indices])))
    scores = torch.softmax(logits, dim=1)[:, 1].numpy()
    return rank_auc(data.labels[indices], scores)


def rank_auc(labels: NDArray[np.int64], scores: NDArray[np.float32]) -> float:
    """The share of (malignant, benign) pairs in the right order; ties count half."""
    positive, negative = scores[labels == 1][:, None], scores[labels == 0][None, :]
    return float((positive > negative).mean() + 0.5 * (positive == negative).mean())
