"""Mutated manifests over a tiny archive: whatever stands in them, a plan comes out and never an exception.

`python -m tests.hostile.fuzz_planner --count 50000` runs long; the tests run a short one. Seeded: input n of a seed is
always the same.
"""

import os
import random
from dataclasses import dataclass, field

import django

from readerstudy.core.csvio import read_table
from readerstudy.core.errors import InvalidInput
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.sources import Entry
from tests.hostile.fuzzing import run
from tests.intake import published
from tests.intake.archives import manifest

SEEDS = tuple(
    text.encode()
    for text in (
        manifest().decode(),
        published.ISIC_CURRENT,
        published.ISIC_2022,
        published.ISIC_2019_API,
        published.ISIC_2016,
        published.ISIC_2017,
        published.ISIC_2018,
        published.ISIC_2019,
        published.ISIC_2018_LESIONS,
        published.ISIC_2019_METADATA,
        published.SIIM_2020,
        published.MILK_METADATA,
        published.MILK_TRUTH,
        published.HAM,
        published.PAD,
        published.DERM7PT,
        published.FITZPATRICK17K,
    )
)
NASTY = (
    *(
        b"\0",
        b"\xff",
        b"\xfe",
        b"\xef\xbb\xbf",
        b"\x81",
        b'"',
        b'""',
        b"'",
        b"\\",
        b"/",
        b"..",
        b"\r",
    ),
    *(
        b"\n",
        b",",
        b";",
        b"\t",
        b"=cmd",
        b"nan",
        b"1e999",
        b"-1",
        b"85+",
        "ß".encode(),
        "İ".encode(),
    ),
    *(
        "\u202e".encode(),
        b"(empty)",
        b"sep=;\n",
        b'sep="\n',
        b"malignant",
        b"image",
        b"lesion_id",
        b"x" * 3_000,
        b"unk",
    ),
)
FILES = tuple(
    Entry(f"images/{name}", 100, None)  # type: ignore[arg-type]
    for name in (
        *(f"photo{at}.png" for at in range(4)),
        *(f"ISIC_{at:07d}.jpg" for at in range(1, 6)),
        *("PAT_46_881_939.png", "ISIC_0027419.jpg", "Nel026.jpg", "NEL027.JPG"),
    )
)


@dataclass
class Outcome:
    """How many inputs were refused as tables, planned with problems, with questions, or without either."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("refused", "problems", "questions", "clean"), 0)
    )


def mutated(rng: random.Random) -> bytes:
    """One of the manifests with a few bytes, cells or lines changed, doubled, exchanged or lost."""
    content = bytearray(rng.choice(SEEDS))
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        rng.choice(MUTATIONS)(rng, content)
    if rng.random() < 0.05:
        return bytes(content).decode("latin-1").encode("utf-16")
    return bytes(content)


def _insert(rng: random.Random, content: bytearray) -> None:
    at = rng.randint(0, len(content))
    content[at:at] = rng.choice(NASTY)


def _overwrite(rng: random.Random, content: bytearray) -> None:
    if content:
        content[rng.randrange(len(content))] = rng.randrange(256)


def _cut(rng: random.Random, content: bytearray) -> None:
    start = rng.randint(0, len(content))
    del content[start : start + rng.choice((1, 2, 10, 200))]


def _change_cell(rng: random.Random, content: bytearray) -> None:
    cells = bytes(content).split(b",")
    cells[rng.randrange(len(cells))] = rng.choice((*NASTY, rng.choice(cells)))
    content[:] = b",".join(cells)


def _double_line(rng: random.Random, content: bytearray) -> None:
    lines = bytes(content).split(b"\n")
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    content[:] = b"\n".join(lines)


def _lose_column(rng: random.Random, content: bytearray) -> None:
    lines = [line.split(b",") for line in bytes(content).split(b"\n")]
    at = rng.randrange(len(lines[0]))
    content[:] = b"\n".join(b",".join(line[:at] + line[at + 1 :]) for line in lines)


def _other_delimiter(rng: random.Random, content: bytearray) -> None:
    content[:] = bytes(content).replace(b",", rng.choice((b";", b"\t", b"|")))


MUTATIONS = (
    *(_insert, _overwrite, _cut, _change_cell),
    *(_double_line, _lose_column, _other_delimiter),
)


def answers(rng: random.Random, header: list[str]) -> ManifestMapping:
    """What an admin could say, right or wrong."""
    from readerstudy.intake.columns import SYNONYMS

    columns = [*header, "", "no such column"]
    fields = rng.sample([*SYNONYMS, "shoe"], k=rng.randint(0, 4))
    said = rng.choice(("malignant", "benign", "left out"))
    return ManifestMapping(
        {name: rng.choice(columns) for name in fields}, {"akiec": said, "(empty)": "left out"}
    )


def fuzz(count: int, seed: int) -> Outcome:
    """What came of `count` inputs. Any exception but InvalidInput from reading the tables goes through: it is a crash."""
    outcome = Outcome()
    for number in range(count):
        rng = random.Random(f"{seed}-{number}")
        outcome.counts[_one(rng)] += 1
    return outcome


def _one(rng: random.Random) -> str:
    from readerstudy.intake.cases import group_rows
    from readerstudy.intake.layouts import lay_out
    from readerstudy.intake.manifest import read_manifest
    from readerstudy.intake.photographs import Photograph
    from readerstudy.intake.report import grouped

    contents = [mutated(rng) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    names = [entry.name for entry in FILES]
    try:
        tables = [read_table(one, name=f"{at}.csv") for at, one in enumerate(contents)]
        laid = lay_out(tables, files=names, name="photos.zip")
    except InvalidInput:
        return "refused"
    found = read_manifest(laid, FILES, answers(rng, list(laid.table.header)))
    photographs = {name: Photograph(name, name) for name in names}
    cases = group_rows(
        found.rows, manifest="0.csv", columns=found.columns.used, photographs=photographs
    )
    grouped("problem", [*found.problems, *cases.problems])
    [question.as_dict() for question in found.questions]
    if found.problems or cases.problems:
        return "problems"
    return "questions" if found.questions else "clean"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
    django.setup()
    run(lambda count, seed: fuzz(count, seed).counts, __doc__)
