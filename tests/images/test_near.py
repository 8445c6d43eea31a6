"""The index of perceptual hashes against comparing all pairs, and what the radius means on photographs."""

import csv
import io
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageEnhance

from readerstudy.images.near import RADIUS, Near, NearIndex, turned_hashes
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
    index = NearIndex([(-1, "a")])
    assert index.within(2**64 - 1) == [Near("a", 0)]
    assert index.within(-2) == [Near("a", 1)]


def test_an_empty_index_finds_nothing():
    assert NearIndex().within(0) == []


def test_the_same_hash_may_stand_there_several_times():
    assert [one.key for one in NearIndex([(5, "a"), (5, "b")]).within(4)] == ["a", "b"]


def test_only_few_candidates_are_looked_at():
    hashes = random_hashes(20_000, seed=3)
    index = NearIndex((one, one) for one in hashes)
    looked_at = [len(index._candidates(one)) for one in hashes[:500]]
    assert np.mean(looked_at) < 20_000 / 500


# --- What the radius means -----------------------------------------------------------------------------------


def phash(picture):
    return int(str(imagehash.phash(picture)), 16)


def distance(one, other):
    return (phash(one) ^ phash(other)).bit_count()


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
        "brighter": ImageEnhance.Brightness(picture).enhance(1.1),
        "crop 1 %": cropped(0.01),
        "crop 5 %": cropped(0.05),
        "crop 10 %": cropped(0.1),
        "turned 1°": picture.rotate(1, Image.Resampling.BICUBIC),
    }


def again(picture, kind, **options):
    return Image.open(io.BytesIO(saved(picture, kind, **options))).convert("RGB")


def shares_within(pictures, radius=RADIUS):
    """Kind of copy → share of the pictures whose copy is within the radius."""
    found = [
        {kind: distance(picture, copy) <= radius for kind, copy in copies(picture).items()}
        for picture in pictures
    ]
    return {kind: float(np.mean([one[kind] for one in found])) for kind in found[0]}


def test_resized_and_recompressed_copies_are_near_and_other_lesions_are_not():
    pictures = [lesion(seed) for seed in range(40)]
    shares = shares_within(pictures)
    for kind in ("half", "64 px", "JPEG 50"):
        assert shares[kind] >= 0.95, (kind, shares)
    assert shares["crop 10 %"] <= 0.2
    hashes = [phash(picture) for picture in pictures]
    pairs = [(a ^ b).bit_count() for n, a in enumerate(hashes) for b in hashes[:n]]
    assert np.mean(np.array(pairs) <= RADIUS) < 0.01


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
def test_most_turned_and_mirrored_copies_are_near_one_of_the_turned_hashes(turn):
    near = [is_near_turned(lesion(seed), turn) for seed in range(40)]
    assert np.mean(near) >= 0.6


def is_near_turned(picture, turn):
    index = NearIndex((one, turn) for one in turned_hashes(phash(picture)))
    return bool(index.within(phash(picture.transpose(turn))))


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
@pytest.mark.parametrize("name", ["isic-2017", "pad-ufes-20"])
def test_copies_of_real_photographs_are_near(name):
    shares = shares_within([picture for _row, picture in real(name)[:40]])
    print(name, {kind: round(share, 2) for kind, share in shares.items()})
    for kind in ("half", "64 px", "JPEG 50", "JPEG 20"):
        assert shares[kind] == 1, (kind, shares)
    assert shares["crop 1 %"] >= 0.8


@pytest.mark.shared
def test_different_lesions_of_one_patient_are_not_near():
    photographs = [
        (row["patient_id"], row["lesion_id"], phash(p)) for row, p in real("pad-ufes-20")
    ]
    pairs = [
        (one[2] ^ other[2]).bit_count()
        for number, one in enumerate(photographs)
        for other in photographs[:number]
        if one[0] == other[0]
    ]
    print(f"{len(pairs)} pairs of one patient, smallest distance {min(pairs, default=None)}")
    assert all(bits > RADIUS for bits in pairs)


@pytest.mark.shared
def test_of_all_pairs_of_real_dermoscopic_photographs_one_is_near_and_shows_one_lesion():
    photographs = real("isic-2017-train-180px")
    index = NearIndex()
    near = []
    for row, picture in photographs:
        bits = phash(picture)
        near += [(one.key, row["image_id"], one.distance) for one in index.within(bits)]
        index.add(bits, row["image_id"])
    assert [set(pair[:2]) for pair in near] == [{"ISIC_0001134", "ISIC_0010016"}]
