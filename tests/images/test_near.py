"""The index of perceptual hashes against comparing all pairs, and what the radius means on photographs."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from readerstudy.images.copies import look_of
from readerstudy.images.near import (
    BANDS,
    Look,
    LookAlikes,
    Near,
    NearIndex,
    _unsigned,
    turned_hashes,
)
from readerstudy.intake.origin import (
    facts_of_pixels,
    hashes_of_copies,
    perceptual_hash,
    small_copy,
)
from tests.intake.photographs import saved

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "images"


def random_hashes(count, seed):
    """Hashes in families: half of them differ from another one in a few bits."""
    rng = np.random.default_rng(seed)
    hashes = [int(value) for value in rng.integers(0, 2**64, count // 2, dtype=np.uint64)]
    for number in range(count - len(hashes)):
        flipped = rng.choice(64, size=int(rng.integers(0, 9)), replace=False)
        hashes.append(hashes[number] ^ sum(1 << int(bit) for bit in flipped))
    return hashes


@pytest.mark.parametrize("radius", [0, 1, 4, 7])
def test_the_index_finds_what_comparing_all_pairs_finds(radius):
    hashes = random_hashes(20_000, seed=7)
    index = NearIndex(((one, place) for place, one in enumerate(hashes)), radius=radius)
    array = np.array(hashes, dtype=np.uint64)
    for asked in [*hashes[:150], *hashes[-150:]]:
        distances = np.bitwise_count(array ^ np.uint64(asked))
        expected = {
            int(place): int(distances[place]) for place in np.flatnonzero(distances <= radius)
        }
        found = index.within(asked)
        assert {one.key: one.distance for one in found} == expected
        assert [one.distance for one in found] == sorted(expected.values())


def test_signed_and_unsigned_numbers_are_the_same_hash():
    index = NearIndex([(-1, "a")], radius=4)
    assert index.within(2**64 - 1) == [Near("a", 0)]
    assert index.within(-2) == [Near("a", 1)]


def test_an_empty_index_finds_nothing():
    assert NearIndex(radius=4).within(0) == []


def test_the_same_hash_may_stand_there_several_times():
    assert [one.key for one in NearIndex([(5, "a"), (5, "b")], radius=4).within(4)] == ["a", "b"]


def test_only_few_candidates_are_looked_at():
    hashes = random_hashes(20_000, seed=3)
    index = NearIndex(((one, one) for one in hashes), radius=4)
    asked = _unsigned(hashes[:500])
    looked_at = sum(
        len(rows) for band in range(BANDS) for rows, _ in index._candidates(asked, band)
    )
    assert looked_at / 500 < 20_000 / 200


def test_many_equal_hashes_are_compared_in_bounded_pieces(monkeypatch):
    monkeypatch.setattr("readerstudy.images.near.MOST_AT_ONCE", 50)
    index = NearIndex(((0, place) for place in range(40)), radius=6)
    found = index.within_each([0, 1, 2**63, -1])
    assert [[one.key for one in each] for each in found] == [list(range(40))] * 3 + [[]]


# --- Looks: bits and colours ----------------------------------------------------------------------------------

GREY, BROWN = (0.5, 0.5, 0.5), (0.6, 0.4, 0.3)
ALMOST_GREY = (0.5, 0.48, 0.52)


@pytest.mark.parametrize(
    ("bits", "colour", "other", "alike"),
    [
        (0, GREY, BROWN, True),
        (2, GREY, BROWN, True),
        (3, GREY, BROWN, False),
        (6, GREY, ALMOST_GREY, True),
        (7, GREY, GREY, False),
        (4, None, GREY, True),
        (4, GREY, None, True),
        (5, None, None, False),
    ],
)
def test_how_many_bits_may_differ_depends_on_the_colours(bits, colour, other, alike):
    looks = LookAlikes([(Look(0b10110, colour), "a")])
    found = looks.of(Look(0b10110 ^ ((1 << bits) - 1) << 20, other))
    assert [one.distance for one in found] == ([bits] if alike else [])


def test_a_turned_photograph_of_another_colour_is_another_photograph():
    bits = 0x123456789ABCDEF0
    looks = LookAlikes([(Look(bits, GREY), "a")])
    for turned in turned_hashes(bits)[1:]:
        assert [one.key for one in looks.of(Look(turned, ALMOST_GREY))] == ["a"]
        assert looks.of(Look(turned, BROWN)) == []


def test_looks_are_those_that_comparing_all_finds():
    rng = np.random.default_rng(2)
    hashes = random_hashes(600, seed=2)
    looks = [Look(one, tuple(rng.choice([0.2, 0.22, 0.5], 3))) for one in hashes]
    index = LookAlikes((look, place) for place, look in enumerate(looks))
    for look in looks[:80]:
        found = {one.key for one in index.of(look)}
        assert found == {place for place, other in enumerate(looks) if compared(look, other)}


def compared(look, other):
    """The rule once more, as plain as it can be said."""
    near = (look.perceptual_hash ^ other.perceptual_hash).bit_count()
    others = [*turned_hashes(other.perceptual_hash)[1:], *other.turned]
    turned = min((look.perceptual_hash ^ bits).bit_count() for bits in others)
    same = all(abs(a - b) <= 0.03 for a, b in zip(look.colour, other.colour, strict=True))
    return near <= (6 if same else 2) or (same and turned <= 6)


# --- What the rule means on photographs ------------------------------------------------------------------------


def look(picture):
    """As an import takes it."""
    small = small_copy(picture)
    facts = {**facts_of_pixels(small), **hashes_of_copies(small)}
    return look_of(perceptual_hash(small), facts)


def is_copy(own, other):
    """Whether a photograph with these looks is told as a copy of the other."""
    return bool(LookAlikes([(own, "a")]).of(other))


def lesion(seed, side=360):
    """A made-up photograph: skin with a darker patch of irregular shape, texture and a few hairs."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / side
    shape = 0.16 + 0.08 * rng.random()
    centre = rng.uniform(0.38, 0.62, 2)
    angle = np.arctan2(y - centre[0], x - centre[1])
    waves = sum(rng.normal(0, 0.25) * np.sin(k * angle + rng.uniform(0, 6)) for k in range(1, 5))
    inside = np.hypot(y - centre[0], x - centre[1]) < shape * (1 + waves)
    coarse = Image.fromarray(rng.integers(0, 40, (9, 9), dtype=np.uint8)).resize((side, side))
    skin = np.array(rng.uniform((190, 150, 130), (230, 190, 170)))
    picture = skin - np.asarray(coarse)[..., None]
    picture = np.where(inside[..., None], picture - rng.uniform(60, 110), picture)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def copies(picture):
    """The same photograph as other people send it."""
    width, height = picture.size

    def cropped(share):
        left, top = round(width * share), round(height * share)
        return picture.crop((left, top, width - left, height - top))

    return {
        "half": picture.resize((width // 2, height // 2), Image.Resampling.LANCZOS),
        "64 px": picture.resize((64, 64 * height // width)),
        "JPEG 50": again(picture, "JPEG", quality=50),
        "JPEG 20": again(picture, "JPEG", quality=20),
        "crop 2.5 %": cropped(0.025),
        "15 % brighter": ImageEnhance.Brightness(picture).enhance(1.15),
        "crop 1 %": cropped(0.01),
        "crop 5 %": cropped(0.05),
        "square": picture.crop(
            (
                (width - min(width, height)) // 2,
                (height - min(width, height)) // 2,
                (width + min(width, height)) // 2,
                (height + min(width, height)) // 2,
            )
        ),
        "crop 10 %": cropped(0.1),
        "turned 1°": picture.rotate(1, Image.Resampling.BICUBIC),
        "mirrored": picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "turned 90°": picture.transpose(Image.Transpose.ROTATE_90),
        "turned 180°": picture.transpose(Image.Transpose.ROTATE_180),
    }


def again(picture, kind, **options):
    return Image.open(io.BytesIO(saved(picture, kind, **options))).convert("RGB")


def shares_found(pictures):
    """Kind of copy → share of the pictures whose copy is found."""
    found = [found_copies(picture) for picture in pictures]
    return {kind: float(np.mean([one[kind] for one in found])) for kind in found[0]}


def found_copies(picture):
    index = LookAlikes([(look(picture), "a")])
    return {kind: bool(index.of(look(copy))) for kind, copy in copies(picture).items()}


def test_resized_and_recompressed_copies_are_near_and_other_lesions_are_not():
    pictures = [lesion(seed) for seed in range(30)]
    shares = shares_found(pictures)
    for kind in ("half", "64 px", "JPEG 50"):
        assert shares[kind] >= 0.95, (kind, shares)
    for kind in ("crop 2.5 %", "crop 5 %", "square"):
        assert shares[kind] >= 0.9, (kind, shares)
    looks = [look(picture) for picture in pictures]
    told = LookAlikes(zip(looks, range(30), strict=True)).of_each(looks)
    assert [[one.key for one in each] for each in told] == [[number] for number in range(30)]


TURNS = [
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSPOSE,
    Image.Transpose.TRANSVERSE,
]


@pytest.mark.parametrize("turn", TURNS)
def test_turned_and_mirrored_copies_are_found(turn):
    pictures = [lesion(seed) for seed in range(20)]
    found = [is_copy(look(one), look(one.transpose(turn))) for one in pictures]
    assert all(found)


def test_without_the_hashes_of_its_turned_copies_most_are_found_all_the_same():
    pictures = [lesion(seed) for seed in range(20)]
    own = [replace(look(one), turned=(), parts=()) for one in pictures]
    turned = [replace(look(one.transpose(TURNS[0])), turned=(), parts=()) for one in pictures]
    assert np.mean([is_copy(*pair) for pair in zip(own, turned, strict=True)]) >= 0.6


def test_the_hashes_of_turned_copies_are_those_of_the_turned_pictures():
    picture = lesion(3, side=128)
    turned = {int(bits, 16) for bits in hashes_of_copies(picture)["turned_hashes"]}
    of_turned = {perceptual_hash(picture.transpose(turn)) & (2**64 - 1) for turn in TURNS}
    assert len(turned) == 7
    assert all(min((one ^ other).bit_count() for other in turned) <= 2 for one in of_turned)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (7, 5)])
def test_the_smallest_photographs_have_hashes_too(shape):
    facts = hashes_of_copies(Image.new("RGB", shape, (9, 9, 9)))
    assert (len(facts["turned_hashes"]), len(facts["parts"])) == (7, 4)


def test_there_are_eight_turned_hashes_and_the_first_is_the_photographs_own():
    turned = turned_hashes(-(2**40) + 12345)
    assert len(turned) == len(set(turned)) == 8
    assert turned[0] == (-(2**40) + 12345) & (2**64 - 1)
    assert {other for one in turned for other in turned_hashes(one)} == set(turned)


# --- The same on real photographs ----------------------------------------------------------------------------


def real(name):
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; the measured figures stand in docs/study.md")
    with (folder / "manifest.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if list(folder.rglob(row["file"]))]
    return [(row, Image.open(next(folder.rglob(row["file"]))).convert("RGB")) for row in rows]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["isic-2017", "pad-ufes-20", "isic-2017-train-180px"])
def test_copies_of_real_photographs_are_found(name):
    shares = shares_found([picture for _row, picture in real(name)[:60]])
    print(name, {kind: round(share, 2) for kind, share in shares.items()})
    for kind in ("half", "64 px", "JPEG 50", "mirrored"):
        assert shares[kind] == 1, (kind, shares)
    for kind in (
        "JPEG 20",
        "crop 1 %",
        "crop 2.5 %",
        "crop 5 %",
        "square",
        "15 % brighter",
        "turned 90°",
        "turned 180°",
    ):
        assert shares[kind] >= 0.9, (kind, shares)


@pytest.mark.shared
def test_different_lesions_of_one_patient_do_not_look_alike():
    photographs = [(row["patient_id"], look(picture)) for row, picture in real("pad-ufes-20")]
    pairs = [
        ((one[1].perceptual_hash ^ other[1].perceptual_hash) & (2**64 - 1)).bit_count()
        for number, one in enumerate(photographs)
        for other in photographs[:number]
        if one[0] == other[0]
    ]
    print(f"{len(pairs)} pairs of one patient, smallest distance {min(pairs, default=None)}")
    assert all(bits > 6 for bits in pairs)


@pytest.mark.shared
def test_of_all_pairs_of_real_photographs_none_is_taken_for_a_copy():
    known = [
        (look(picture), row["image_id"])
        for name in ("isic-2017", "isic-2017-train-180px", "pad-ufes-20")
        for row, picture in real(name)
    ]
    index = LookAlikes(known)
    told = index.of_each([own for own, _ in known])
    assert [
        (near.key, name)
        for (_, name), found in zip(known, told, strict=True)
        for near in found
        if near.key != name
    ] == []
