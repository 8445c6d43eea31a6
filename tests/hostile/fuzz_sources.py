"""Mutated photographs and archives: a sentence or pixels come out, and never an exception that nobody foresaw.

`python -m tests.hostile.fuzz_sources --count 50000` runs long; the tests run a short one. Seeded: input n of a seed is
always the same. Photographs go through the child processes, so that a decoder that dies is counted, not met.
"""

import os
import random
import tempfile
from collections import Counter
from pathlib import Path

import django

from tests.hostile.fuzzing import run

PICTURES = ("picture", "picture", "picture", "archive")


def mutated(rng: random.Random, content: bytes) -> bytes:
    """The content with some bytes changed, doubled or lost; a header more often than the rest."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16, 64))):
        end = min(len(changed), 200) if rng.random() < 0.5 else len(changed)
        at = rng.randrange(max(end, 1))
        match rng.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                changed[at : at + 4] = rng.choice((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"))
            case 2:
                del changed[at : at + rng.choice((1, 2, 10, 500))]
            case 3:
                changed[at:at] = changed[at : at + rng.choice((1, 8, 300))]
            case _:
                changed[at:at] = rng.randbytes(rng.choice((1, 4, 40)))
    return bytes(changed)


def fuzz(count: int, seed: int) -> Counter[str]:
    """What came of `count` inputs. Any exception but InvalidInput goes through: it is a crash."""
    pictures, archives = _seeds()
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            rng = random.Random(f"{seed}-{number}")
            if rng.choice(PICTURES) == "picture":
                found[_picture(mutated(rng, rng.choice(pictures)))] += 1
            else:
                found[_archive(mutated(rng, rng.choice(archives)), Path(folder) / "a")] += 1
    return found


def _seeds() -> tuple[list[bytes], list[bytes]]:
    from tests.hostile import archives, pictures

    return (
        [one.content for one in pictures.corpus() if 0 < len(one.content) < 50_000],
        [one.content for one in archives.corpus() if 0 < len(one.content) < 50_000],
    )


def _picture(content: bytes) -> str:
    from readerstudy.core.errors import InvalidInput
    from readerstudy.intake.children import inspect_in_child

    try:
        inspect_in_child(content, name="a.jpg")
    except InvalidInput as error:
        return f"picture: {error.code}"
    return "picture: read"


def _archive(content: bytes, path: Path) -> str:
    from readerstudy.core.errors import InvalidInput
    from readerstudy.intake.sources import open_source

    path.write_bytes(content)
    try:
        with open_source(path, name="a.zip") as source:
            for entry in source.entries:
                source.read(entry)
    except InvalidInput as error:
        return f"archive: {error.code}"
    return "archive: problems" if source.problems else "archive: read"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
    django.setup()
    run(fuzz, __doc__)
