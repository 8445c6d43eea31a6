"""A residual network of fifty layers (He et al., CVPR 2016), the stride in the 3 × 3 convolution.

The layers carry the names that published state dicts of this network use, so that one can be loaded from a file.
"""

from typing import Any

import torch
from torch import nn

from inference.training.network import CLASSES

_BLOCKS = (3, 4, 6, 3)
_EXPANSION = 4


class Bottleneck(nn.Module):
    """1 × 1 down to `width` channels, 3 × 3 with the stride, 1 × 1 up to four times as many, and a shortcut."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = width * _EXPANSION
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        same = stride == 1 and inputs == outputs
        self.downsample = nn.Identity() if same else _projection(inputs, outputs, stride)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        inner = torch.relu(self.bn1(self.conv1(images)))
        inner = torch.relu(self.bn2(self.conv2(inner)))
        return torch.relu(self.bn3(self.conv3(inner)) + self.downsample(images))


class ResNet50(nn.Module):
    """Images (N, 3, H, W), normalised, to logits (N, 2) for nevus and melanoma; 23.5 million weights below the head.

    `width` is the number of channels of the first stage: 64 in the real network, fewer for a narrow one.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _stage(width, width, _BLOCKS[0], stride=1)
        self.layer2 = _stage(width * 4, width * 2, _BLOCKS[1], stride=2)
        self.layer3 = _stage(width * 8, width * 4, _BLOCKS[2], stride=2)
        self.layer4 = _stage(width * 16, width * 8, _BLOCKS[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(width * 32, len(CLASSES))
        self._start()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        inner = self.maxpool(torch.relu(self.bn1(self.conv1(images))))
        inner = self.layer4(self.layer3(self.layer2(self.layer1(inner))))
        return self.fc(self.avgpool(inner).flatten(1))

    def layer_groups(self) -> list[list[Any]]:
        """Parameters from the head to the stem, for differential learning rates."""
        stem = [*self.conv1.parameters(), *self.bn1.parameters()]
        stages = (self.fc, self.layer4, self.layer3, self.layer2, self.layer1)
        return [*(list(part.parameters()) for part in stages), stem]

    def _start(self) -> None:
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(part, Bottleneck):
                # Every block begins as its shortcut, which steadies the first steps (Goyal et al. 2017).
                nn.init.zeros_(part.bn3.weight)


def _projection(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
    )


def _stage(inputs: int, width: int, blocks: int, *, stride: int) -> nn.Sequential:
    first = Bottleneck(inputs, width, stride)
    rest = (Bottleneck(width * _EXPANSION, width, 1) for _ in range(blocks - 1))
    return nn.Sequential(first, *rest)
