"""Random photographs as bytes."""

from io import BytesIO

import numpy as np
from PIL import Image


def random_picture(rng, width=40, height=30):
    """Coarse random colours, so that JPEG keeps them and resizing matters."""
    coarse = rng.integers(0, 256, (max(2, height // 5), max(2, width // 5), 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image, kind="JPEG", *, orientation=None, **options):
    if orientation is not None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def random_jpeg(rng, width=40, height=30, *, orientation=None):
    return encoded(random_picture(rng, width, height), orientation=orientation, quality=90)
