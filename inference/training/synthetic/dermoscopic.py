"""Dermoscopic-style images: polarised, enlarged, round field, structures visible. What the CNN is trained on, alone."""

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from inference.training.synthetic.clinical import Scene, to_image
from inference.training.synthetic.lesion import Lesion, paint
from inference.training.synthetic.noise import smooth_field
from inference.training.synthetic.skin import Picture, hairs, skin

SIZE = (192, 192)


def dermoscopic_image(lesion: Lesion, scene: Scene) -> Image.Image:
    """A 192 × 192 image."""
    rng = np.random.default_rng(scene.seed)
    picture = skin(rng, SIZE, scene.fitzpatrick, magnification=1.6)
    picture = picture * 0.75 + 0.25 * np.array([0.86, 0.66, 0.60])
    # Structures are not always seen: the network has to look at shape and colour too.
    painted = paint(lesion, SIZE, rng.uniform(46, 62), detail=rng.uniform(0.25, 1.0))
    share = (painted.cover * rng.uniform(0.85, 1.0))[:, :, None]
    picture = picture * (1 - share) + painted.colour * share
    picture = hairs(rng, picture, int(rng.choice([0, 3, 8, 16])), width=1.3, darkness=0.75)
    picture = _gel(rng, picture)
    return to_image(_field(rng, picture))


def _gel(rng: np.random.Generator, picture: Picture) -> Picture:
    """Now and then air bubbles under the glass."""
    if rng.random() > 0.3:  # noqa: PLR2004 (in three of ten images)
        return picture
    rings = np.abs(smooth_field(rng, SIZE, 22)) < 0.03  # noqa: PLR2004 (thin)
    return np.asarray(picture + 0.25 * gaussian_filter(rings.astype(float), 0.8)[:, :, None])


def _field(rng: np.random.Generator, picture: Picture) -> Picture:
    """The round field of the dermatoscope with its dark corners, and its even, slightly cold light."""
    rows, columns = np.mgrid[-1 : 1 : SIZE[0] * 1j, -1 : 1 : SIZE[1] * 1j]
    edge = rng.choice([1.0, 1.15, 1.6])
    lit = 1 / (1 + np.exp((np.hypot(rows, columns) - edge) * 40))
    tint = 1 + rng.normal(0, 0.03, 3)
    noise = rng.normal(0, 0.008, picture.shape)
    return np.asarray(
        gaussian_filter(picture * tint, (0.5, 0.5, 0)) * lit[:, :, None] * rng.uniform(0.92, 1.08)
        + noise
    )
