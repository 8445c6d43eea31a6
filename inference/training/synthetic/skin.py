"""Skin: tone by Fitzpatrick type, uneven pigment, pores, fine lines, hair."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from inference.training.synthetic.noise import Field, fractal_field, smooth_field

Picture = NDArray[np.float64]

# sRGB of the tone in the middle of each Fitzpatrick type; single people lie around it.
TONES = {
    1: (236, 202, 184),
    2: (227, 187, 162),
    3: (209, 164, 134),
    4: (178, 130, 98),
    5: (134, 92, 66),
    6: (88, 60, 46),
}


def tone(rng: np.random.Generator, fitzpatrick: int) -> NDArray[np.float64]:
    """The colour (3,) of one person's skin, 0 to 1."""
    base = np.array(TONES[fitzpatrick]) / 255
    return np.clip(base * rng.normal(1.0, 0.03) + rng.normal(0, 0.012, 3), 0.05, 0.97)


def skin(
    rng: np.random.Generator,
    shape: tuple[int, int],
    fitzpatrick: int,
    *,
    magnification: float = 1.0,
) -> Picture:
    """A patch of skin (H, W, 3)."""
    blotches = fractal_field(rng, shape, 110 * magnification)
    redness = smooth_field(rng, shape, 70 * magnification)
    grain = _grain(rng, shape, magnification)
    strength = 0.012 + 0.010 * rng.random()
    light = 1 + strength * blotches + 0.020 * grain
    picture = tone(rng, fitzpatrick)[None, None, :] * light[:, :, None]
    picture[:, :, 0] += 0.006 * redness
    picture[:, :, 1:] -= 0.004 * redness[:, :, None]
    return picture


def _grain(rng: np.random.Generator, shape: tuple[int, int], magnification: float) -> Field:
    """Pores and the fine network of lines of the skin's surface."""
    pores = gaussian_filter(rng.normal(size=shape), 1.1 * magnification)
    lines = np.abs(smooth_field(rng, shape, 9 * magnification))
    furrows = -np.exp(-((lines / 0.16) ** 2))
    return np.asarray(pores / pores.std() + 1.1 * furrows)


def hairs(
    rng: np.random.Generator, picture: Picture, count: int, *, width: float, darkness: float
) -> Picture:
    """The picture with `count` curved hairs drawn over it."""
    if count == 0:
        return picture
    height, length = picture.shape[:2]
    mask = Image.new("L", (length * 2, height * 2), 0)
    draw = ImageDraw.Draw(mask)
    direction = rng.uniform(0, np.pi)
    for _ in range(count):
        draw.line(
            _strand(rng, length * 2, height * 2, direction),
            fill=255,
            width=max(1, round(2 * width * rng.uniform(0.6, 1.3))),
        )
    cover = (
        np.asarray(mask.resize((length, height), Image.Resampling.BOX), dtype=np.float64)[
            :, :, None
        ]
        / 255
    )
    return picture * (1 - cover * darkness)


def _strand(
    rng: np.random.Generator, width: int, height: int, direction: float
) -> list[tuple[float, float]]:
    angle = direction + rng.normal(0, 0.45)
    steps = np.linspace(0, rng.uniform(0.15, 0.5) * width, 14)
    bend = rng.normal(0, 0.9) / width
    turned = angle + bend * steps
    x = rng.uniform(0, width) + np.cumsum(np.cos(turned)) * (steps[1] - steps[0])
    y = rng.uniform(0, height) + np.cumsum(np.sin(turned)) * (steps[1] - steps[0])
    return list(zip(x.tolist(), y.tolist(), strict=True))


def freckles(rng: np.random.Generator, picture: Picture, count: int) -> Picture:
    """The picture with small pale brown spots."""
    if count == 0:
        return picture
    height, width = picture.shape[:2]
    spots = np.zeros((height, width))
    rows, columns = rng.integers(0, height, count), rng.integers(0, width, count)
    spots[rows, columns] = rng.uniform(0.5, 1.0, count)
    cover = gaussian_filter(spots, rng.uniform(2.0, 3.5))
    cover = np.clip(cover / (cover.max() + 1e-9), 0, 1)[:, :, None]
    return picture * (1 - cover * np.array([0.16, 0.26, 0.32]))
