"""Opaque identifiers: what a URL, a file name or an API shows instead of a row number or an original name."""

import secrets

from django.db import models

# No vowels and no look-alikes: an id is never a word and can be read out over a telephone.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 26  # 27 ** 26 > 2 ** 123


def new_public_id() -> str:
    """A random identifier that tells nothing about order, time or content."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class PublicIdModel(models.Model):
    """A row that is addressed from outside by an opaque random id."""

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )

    class Meta:
        abstract = True
