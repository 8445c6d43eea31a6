"""The small network: a plain residual CNN of about 0.2 million parameters."""

from itertools import pairwise
from typing import Any

import torch
from torch import nn

CLASSES = ("nevus", "melanoma")
WIDTHS = (16, 32, 64, 96)


class Block(nn.Module):
    """Two 3 × 3 convolutions with a shortcut; the first halves the image."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride=2, bias=False), nn.BatchNorm2d(outputs)
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.body(images) + self.shortcut(images))


class SmallCnn(nn.Module):
    """Images (N, 3, H, W), normalised, to logits (N, 2) for nevus and melanoma."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, WIDTHS[0], 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(WIDTHS[0]),
            nn.ReLU(),
        )
        self.body = nn.Sequential(*(Block(a, b) for a, b in pairwise(WIDTHS)))
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(WIDTHS[-1], len(CLASSES)),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(self.stem(images)))

    def layer_groups(self) -> list[list[Any]]:
        """Parameters from the deepest layers to the first, for differential learning rates."""
        return [list(part.parameters()) for part in (self.head, self.body, self.stem)]
