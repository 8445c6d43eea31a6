"""Lesions: one latent number, atypia, drives asymmetry, border, colours, structures and size.

Atypia runs from 0 (an even, round, one-coloured mole) to 1 (everything a dermatologist fears). Nevi and
melanomas are drawn from overlapping distributions: some nevi look bad and some melanomas look harmless.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from inference.training.synthetic.noise import Field, fractal_field, smooth_field

# Beta distributions of atypia.
ATYPIA = {0: (2.0, 4.2), 1: (4.2, 2.0)}

_LIGHT_BROWN = np.array([0.62, 0.42, 0.28])
_DARK_BROWN = np.array([0.27, 0.16, 0.11])
_BLACK = np.array([0.09, 0.07, 0.08])
_BLUE_GREY = np.array([0.36, 0.40, 0.47])
_RED = np.array([0.62, 0.27, 0.25])
_PALE = np.array([0.80, 0.72, 0.68])


@dataclass(frozen=True)
class Lesion:
    """What one lesion is, before it is painted."""

    malignant: bool
    atypia: float
    seed: int


@dataclass(frozen=True)
class Painted:
    """The lesion on a canvas: how much it covers each pixel (H, W), its colour (H, W, 3), its signed depth (H, W)."""

    cover: Field
    colour: NDArray[np.float64]
    inside: Field


def draw_lesion(rng: np.random.Generator, *, malignant: bool) -> Lesion:
    """A lesion of its class."""
    return Lesion(malignant, float(rng.beta(*ATYPIA[int(malignant)])), int(rng.integers(2**31)))


def paint(lesion: Lesion, shape: tuple[int, int], radius: float, *, detail: float) -> Painted:
    """Paints the lesion in the middle of a canvas; `detail` from 0 (clinical) to 1 (dermoscopic) shows its structures."""
    rng = np.random.default_rng(lesion.seed)
    inside = _shape(rng, lesion.atypia, shape, radius)
    softness = (0.030 + 0.05 * rng.random()) * (1.25 - 0.5 * lesion.atypia)
    cover = 1 / (1 + np.exp(-inside / softness))
    colour = _colour(rng, lesion.atypia, shape, radius, inside)
    colour = _structures(rng, lesion.atypia, colour, inside, (radius, detail))
    return Painted(cover, np.clip(colour, 0.02, 1), inside)


def _shape(rng: np.random.Generator, atypia: float, shape: tuple[int, int], radius: float) -> Field:
    """Positive inside, 0 on the border, in units of the radius: a wavy, stretched, lopsided disc."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    y, x = (rows - shape[0] / 2) / radius, (columns - shape[1] / 2) / radius
    turn, stretch = (
        rng.uniform(0, np.pi),
        1 + rng.uniform(0.05, 0.25) + 0.35 * atypia * rng.random(),
    )
    along, across = x * np.cos(turn) + y * np.sin(turn), -x * np.sin(turn) + y * np.cos(turn)
    angle = np.arctan2(across, along)
    border = np.ones_like(angle)
    for wave in range(2, 10):
        size = (0.030 + 0.17 * atypia**1.4) * rng.normal() / wave**0.85
        border += size * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    border += 0.30 * atypia * rng.random() * np.cos(angle + rng.uniform(0, 2 * np.pi))
    rough = (0.02 + 0.06 * atypia) * fractal_field(rng, shape, radius * 0.35, 3)
    return np.asarray(border + rough - np.hypot(along / stretch, across * stretch**0.4))


def _colour(
    rng: np.random.Generator, atypia: float, shape: tuple[int, int], radius: float, inside: Field
) -> NDArray[np.float64]:
    depth = rng.uniform(0.15, 0.75)
    base = _LIGHT_BROWN * (1 - depth) + _DARK_BROWN * depth
    uneven = fractal_field(rng, shape, radius * 0.6)
    colour = base * (1 + (0.05 + 0.16 * atypia) * uneven[:, :, None])
    # A mole is often darker in its middle, whatever it is.
    middle = np.clip(inside, 0, 1)[:, :, None]
    colour *= 1 - rng.uniform(0.05, 0.3) * middle
    for pigment, chance, reach in (
        (_BLACK, 0.75, 0.9),
        (_BLUE_GREY, 0.5, 0.8),
        (_RED, 0.4, 0.7),
        (_PALE, 0.35, 0.7),
    ):
        strength = np.clip(rng.normal(atypia - (1 - chance), 0.22), 0, 1) * reach
        patch = 1 / (1 + np.exp(-5 * (smooth_field(rng, shape, radius * 0.55) - 0.75)))
        colour = _blend(colour, pigment, strength * patch)
    return np.asarray(colour)


def _blend(
    colour: NDArray[np.float64], pigment: NDArray[np.float64], share: Field
) -> NDArray[np.float64]:
    return np.asarray(colour * (1 - share[:, :, None]) + pigment * share[:, :, None])


def _structures(
    rng: np.random.Generator,
    atypia: float,
    colour: NDArray[np.float64],
    inside: Field,
    scale: tuple[float, float],
) -> NDArray[np.float64]:
    """Pigment network (even in a nevus, broken in a melanoma) and dots; hardly visible without a dermatoscope."""
    shape, (radius, detail) = inside.shape, scale
    mesh = np.abs(smooth_field(rng, shape, radius * 0.085))
    network = np.exp(-((mesh / 0.22) ** 2))
    broken = 1 / (1 + np.exp(-4 * (smooth_field(rng, shape, radius * 0.4) + 1.2 - 2.0 * atypia)))
    colour = colour * (1 - detail * 0.45 * (network * broken)[:, :, None])
    dots = gaussian_filter(
        (rng.random(shape) < 0.9 / radius).astype(float), max(radius * 0.018, 0.8)
    )
    dots = np.clip(dots / (dots.max() + 1e-9) * 1.6, 0, 1) * atypia * np.clip(inside * 4, 0, 1)
    return _blend(colour, _BLACK, dots * (0.25 + 0.6 * detail))
