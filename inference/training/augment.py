"""Images vary: turned, mirrored, moved, nearer and further, brighter and darker, blurred."""

import math

import torch
from torch.nn import functional

from inference.training.settings import MEAN, STD, View


def augmented(images: torch.Tensor, view: View) -> torch.Tensor:
    """A random variation of each image (N, H, W, 3) of bytes, normalised (N, 3, size, size)."""
    pictures = _as_planes(images)
    grid = functional.affine_grid(
        _maps(len(pictures), view), [len(pictures), 3, view.size, view.size], align_corners=False
    )
    pictures = functional.grid_sample(
        pictures, grid, padding_mode="reflection", align_corners=False
    )
    return _normalised(_recoloured(pictures))


def _maps(count: int, view: View) -> torch.Tensor:
    """Affine maps (N, 2, 3): rotation, mirror, distance, shift."""
    angle = torch.rand(count) * 2 * math.pi
    nearest, furthest = (math.log(limit) for limit in view.zoom)
    zoom = torch.exp(torch.empty(count).uniform_(nearest, furthest))
    mirror = torch.randint(0, 2, (count,)) * 2 - 1
    cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    shift = torch.empty(count, 2).uniform_(-view.shift, view.shift)
    first = torch.stack([cos * mirror, -sin, shift[:, 0]], dim=1)
    second = torch.stack([sin * mirror, cos, shift[:, 1]], dim=1)
    return torch.stack([first, second], dim=1)


def _recoloured(pictures: torch.Tensor) -> torch.Tensor:
    count = len(pictures)
    gain = torch.empty(count, 1, 1, 1).uniform_(0.75, 1.2) * torch.empty(count, 3, 1, 1).uniform_(
        0.9, 1.1
    )
    gamma = torch.empty(count, 1, 1, 1).uniform_(0.8, 1.25)
    pictures = (pictures * gain).clamp(1e-3, 1) ** gamma
    soft = functional.avg_pool2d(
        functional.pad(pictures, (1, 1, 1, 1), mode="reflect"), 3, stride=1
    )
    share = torch.rand(count, 1, 1, 1)
    return pictures * (1 - share) + soft * share + torch.randn_like(pictures) * 0.015


def plain(images: torch.Tensor, view: View) -> torch.Tensor:
    """The images as the exported spec prepares them."""
    resized = functional.interpolate(
        _as_planes(images),
        size=(view.resized, view.resized),
        mode="bilinear",
        antialias=True,
        align_corners=False,
    )
    edge = (view.resized - view.size) // 2
    return _normalised(resized[:, :, edge : edge + view.size, edge : edge + view.size])


def _as_planes(images: torch.Tensor) -> torch.Tensor:
    return images.permute(0, 3, 1, 2).float() / 255


def _normalised(pictures: torch.Tensor) -> torch.Tensor:
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD))
    return (pictures - mean) / std
