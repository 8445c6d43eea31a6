"""Clinical photographs: a lesion on skin, as a ward's camera sees it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from inference.training.synthetic.lesion import Lesion, paint
from inference.training.synthetic.noise import smooth_field
from inference.training.synthetic.skin import Picture, freckles, hairs, skin

SIZE = (600, 800)  # height, width in pixels
_FLASH = 0.45  # share of photographs in which the flash shines on the skin


@dataclass(frozen=True)
class Scene:
    """Everything about a photograph that is not the lesion; drawn without looking at the lesion's class."""

    fitzpatrick: int
    seed: int


def draw_scene(rng: np.random.Generator) -> Scene:
    """A person and a camera."""
    types = rng.choice(6, p=[0.10, 0.30, 0.28, 0.16, 0.10, 0.06]) + 1
    return Scene(int(types), int(rng.integers(2**31)))


def clinical_photograph(lesion: Lesion, scene: Scene) -> Image.Image:
    """An 800 × 600 photograph."""
    rng = np.random.default_rng(scene.seed)
    picture = skin(rng, SIZE, scene.fitzpatrick)
    picture = freckles(rng, picture, int(rng.choice([0, 0, 25, 90])))
    picture = _with_lesion(rng, picture, lesion)
    picture = hairs(rng, picture, int(rng.choice([0, 6, 18, 45])), width=1.0, darkness=0.55)
    picture = _light(rng, picture)
    return _camera(rng, picture)


def _with_lesion(rng: np.random.Generator, picture: Picture, lesion: Lesion) -> Picture:
    # Size hints at atypia, and no more: distance and zoom vary more than lesions do.
    radius = 62 * np.exp(rng.normal(0, 0.25)) * (0.85 + 0.4 * lesion.atypia)
    painted = paint(lesion, SIZE, radius, detail=0.12)
    shift = rng.integers(-70, 71), rng.integers(-110, 111)
    cover, colour = np.roll(painted.cover, shift, (0, 1)), np.roll(painted.colour, shift, (0, 1))
    # Pigment darkens the skin it lies in: the darker the skin, the less it stands out.
    tint = colour * (0.35 + 0.65 * picture.mean() / 0.7)
    share = (cover * rng.uniform(0.75, 0.97))[:, :, None]
    bump = np.roll(np.gradient(gaussian_filter(painted.cover, 6))[0], shift, (0, 1))[:, :, None]
    return np.asarray(
        (picture * (1 - share) + (0.25 * picture + 0.75 * tint) * share)
        * (1 - rng.uniform(0, 3) * bump)
    )


def _light(rng: np.random.Generator, picture: Picture) -> Picture:
    """A gradient across the picture, a vignette, a colour cast, the folds of the body and sometimes a flash."""
    rows, columns = np.mgrid[-1 : 1 : SIZE[0] * 1j, -1 : 1 : SIZE[1] * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 + rng.uniform(0.03, 0.20) * (np.cos(angle) * columns + np.sin(angle) * rows)
    light *= 1 - rng.uniform(0.0, 0.22) * (rows**2 + columns**2) / 2
    light *= 1 + rng.uniform(0.0, 0.05) * smooth_field(rng, SIZE, 190)
    cast = 1 + rng.normal(0, 0.045, 3)
    picture = picture * light[:, :, None] * cast * rng.uniform(0.85, 1.12)
    if rng.random() < _FLASH:
        y, x = rng.uniform(-0.7, 0.7, 2)
        glow = np.exp(-(((rows - y) / 0.22) ** 2 + ((columns - x) / 0.2) ** 2))
        sparkle = np.clip(rng.normal(0, 0.55, SIZE), 0, None) * glow
        picture = picture + (0.10 * glow + 0.20 * gaussian_filter(sparkle, 0.8))[:, :, None]
    return np.asarray(picture)


def _camera(rng: np.random.Generator, picture: Picture) -> Image.Image:
    """Blur, sensor noise, eight bits."""
    blur = rng.choice([0.4, 0.8, 1.2, 2.2], p=[0.35, 0.35, 0.2, 0.1])
    picture = gaussian_filter(picture, (blur, blur, 0))
    picture = (
        picture
        + rng.normal(0, rng.uniform(0.004, 0.014), SIZE)[:, :, None]
        + rng.normal(0, 0.004, picture.shape)
    )
    return to_image(picture)


def to_image(picture: NDArray[np.float64]) -> Image.Image:
    """The picture (H, W, 3) of 0 to 1 as eight-bit RGB."""
    return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
