"""An import of large photographs against the bare decoding and encoding of Pillow: `python -m tools.bench_import`.

Both use all cores and make the same lossless WebP. What the import does besides: reading the archive, hashes, facts,
perceptual hash, thumbnail, child processes, staging. Printed too: the largest memory of all its processes.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import django
import numpy as np
from PIL import Image

SIDE = (4000, 3000)
SETS = 4


def photograph(seed: int) -> bytes:
    """A JPEG of 12 megapixels with structure and the noise of a sensor."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(90, 200, (30, 40, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize(SIDE, Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = smooth + rng.integers(-4, 5, smooth.shape, dtype=np.int16)
    out = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=90)
    return out.getvalue()


def archive_of(count: int, path: Path) -> list[bytes]:
    """Writes a zip of so many different photographs with their manifest; gives their bytes."""
    some = [photograph(seed) for seed in range(min(count, SETS))]
    # A comment makes each file, and the top left pixel each photograph, its own.
    contents = [_marked(some[at % len(some)], at) for at in range(count)]
    rows = [f"photo{at}.jpg,{'melanoma' if at % 5 else 'nevus'},{int(at % 5 > 0)}" for at in range(count)]  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("manifest.csv", "\n".join(["image,diagnosis,malignant", *rows]))
        for at, content in enumerate(contents):
            archive.writestr(f"photo{at}.jpg", content)
    return contents


def _marked(content: bytes, number: int) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        pixels = image.copy()
    pixels.paste((number % 256, number // 256 % 256, 128), (0, 0, 64, 64))
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=90)
    return out.getvalue()


def plain(contents: Sequence[bytes]) -> None:
    """Decodes and encodes, on all cores, and nothing else."""
    # Django has to be set up first.
    from readerstudy.intake.ordered import map_in_order  # noqa: PLC0415
    from readerstudy.intake.pixels import LOSSLESS  # noqa: PLC0415

    def again(content: bytes) -> int:
        out = io.BytesIO()
        with Image.open(io.BytesIO(content)) as image:
            image.convert("RGB").save(out, "WEBP", **LOSSLESS)
        return out.tell()

    assert all(map_in_order(again, contents))  # noqa: S101 (it has to be consumed)


def imported(path: Path, staging: Path) -> None:
    """Checks the photographs and stores what was staged, as the import does but for the manifest and the rows."""
    from readerstudy.intake.photographs import encoded_photographs, inspect_photographs  # noqa: PLC0415
    from readerstudy.intake.sources import open_source, sha256_of_source  # noqa: PLC0415
    from readerstudy.intake.staging import Staged  # noqa: PLC0415

    staged = Staged(staging, sha256_of_source(path))
    with open_source(path, name=path.name) as source:
        entries = [entry for entry in source.entries if entry.suffix == ".jpg"]
        names = list(inspect_photographs(source, entries, staged=staged))
        for encoded in encoded_photographs(source, names, staged=staged):
            (staging / "stored").write_bytes(encoded.content)


@contextmanager
def memory_peak() -> Iterator[list[int]]:
    """The largest sum of resident bytes of this process and its children, looked at ten times a second."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], _resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _resident() -> int:
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == os.getpid() or int(fields[1]) == os.getpid():
            total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return total


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the ratio and the memory."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_import", description=main.__doc__)
    parser.add_argument("--photographs", type=int, default=100)
    parser.add_argument("--only", type=Path, help="import this archive, print seconds and bytes")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
    django.setup()
    if chosen.only:
        _import_alone(chosen.only)
    else:
        _compare(chosen.photographs)


def _compare(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photographs.zip"
        contents = archive_of(count, path)
        bare = _timed(lambda: plain(contents))
        contents.clear()
        ours, peak = _apart(path)
    print(
        f"import: {count} photographs of 12 megapixels, {count / ours:.2f} a second,"
        f" {bare / ours:.2f} times decoding and encoding alone ({count / bare:.2f});"
        f" at most {peak / 1e6:.0f} MB in all processes"
    )


def _apart(path: Path) -> tuple[float, int]:
    """Seconds and bytes of the import, in a process that has made no photographs before."""
    command = [sys.executable, "-m", "tools.bench_import", "--only", str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak = told.stdout.split()
    return float(seconds), int(peak)


def _import_alone(path: Path) -> None:
    with memory_peak() as peak:
        seconds = _timed(lambda: imported(path, path.parent / "staging"))
    print(seconds, peak[0])


def _timed(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
