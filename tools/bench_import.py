"""An import of large photographs against the bare decoding and encoding of Pillow: `python -m tools.bench_import`.

Both use all cores and make the same lossless files. The import is the whole one, as a worker does it: archive, manifest,
plan, report, hashes, facts, thumbnails, child processes, staging, storing, rows. Printed too: the largest memory of the
worker and its children together, of a second import, since looking at it slows the import.
"""

import argparse
import io
import json
import os
import subprocess  # nosec B404  # (what is run stands at each call)
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from itertools import islice
from pathlib import Path

import django
import numpy as np
from PIL import Image, ImageChops

SIDE = (4000, 3000)
SETS = 4
# So many are enough to know how fast bare decoding and encoding is.
PLAIN = 48


def photograph(seed: int) -> Image.Image:
    """12 megapixels with structure and the noise of a sensor."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(90, 200, (30, 40, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize(SIDE, Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = smooth + rng.integers(-4, 5, smooth.shape, dtype=np.int16)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def write_archive(count: int, path: Path) -> None:
    """Writes a zip of so many different JPEG photographs with their manifest."""
    some = [photograph(seed) for seed in range(min(count, SETS))]
    rows = [f"photo{at}.jpg,{'melanoma' if at % 5 else 'nevus'},{int(at % 5 > 0)}" for at in range(count)]  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("manifest.csv", "\n".join(["image,diagnosis,malignant", *rows]))
        for at in range(count):
            archive.writestr(f"photo{at}.jpg", _numbered(some[at % len(some)], at))


def _numbered(pixels: Image.Image, number: int) -> bytes:
    """The photograph with 64 squares, lighter or not, that write its number: no two are alike, nor nearly so."""
    squares = np.random.default_rng(number).integers(0, 2, (8, 8), dtype=np.uint8) * 50
    lighter = Image.fromarray(squares).resize(SIDE, Image.Resampling.NEAREST)
    out = io.BytesIO()
    ImageChops.add(pixels, Image.merge("RGB", [lighter] * 3)).save(out, "JPEG", quality=90)
    return out.getvalue()


def plain(path: Path) -> float:
    """Photographs a second when they are decoded and encoded, on all cores, and nothing else."""
    # Django has to be set up first.
    from readerstudy.intake.ordered import map_in_order  # noqa: PLC0415
    from readerstudy.intake.pixels import codec_of  # noqa: PLC0415

    def again(content: bytes) -> int:
        out = io.BytesIO()
        with Image.open(io.BytesIO(content)) as image:
            image.convert("RGB").save(out, **codec_of(image))
        return out.tell()

    start = time.perf_counter()
    sizes = list(map_in_order(again, islice(_contents(path), PLAIN)))
    return len(sizes) / (time.perf_counter() - start)


def _contents(path: Path) -> Iterable[bytes]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist()[1:]:
            yield archive.read(name)


def import_archive(path: Path) -> dict[str, float]:
    """Uploads, checks, confirms and imports the archive in a new installation, as a worker does; what it took."""
    from django.core.files.base import File  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from readerstudy.core.clock import now  # noqa: PLC0415
    from readerstudy.demo.build import make_people  # noqa: PLC0415
    from readerstudy.images.models import Image as StoredImage  # noqa: PLC0415
    from readerstudy.intake import services  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    admin = make_people(now=now()).admin
    with path.open("rb") as archive:
        job = services.create_job(
            actor=admin, name="Measured", is_synthetic=True, archive=File(archive), now=now()
        )
    start = time.perf_counter()
    services.plan_job(job_id=job.pk, clock=now)
    planned = time.perf_counter()
    services.confirm_job(actor=admin, job=job, now=now())
    services.apply_job(job_id=job.pk, clock=now)
    done = time.perf_counter()
    return {"check": planned - start, "store": done - planned, "images": StoredImage.objects.count()}  # fmt: skip


@contextmanager
def memory_peak() -> Iterator[list[int]]:
    """The most memory of this process and its children, looked at ten times a second; what they share counts once."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], _proportional())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _proportional() -> int:
    """Bytes (PSS, see proc(5): a page that two processes share counts half for each)."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if os.getpid() in {parent, int(stat.parent.name)}:
                rollup = (stat.parent / "smaps_rollup").read_text()
                total += 1024 * int(rollup.partition("\nPss:")[2].split()[0])
    return total


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the ratio and the memory."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_import", description=main.__doc__)
    parser.add_argument("--photographs", type=int, default=100)
    parser.add_argument("--only", type=Path, help="import this archive, print what it took as JSON")
    parser.add_argument("--watch", action="store_true", help="with --only: look at the memory too")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
    django.setup()
    if chosen.only:
        with memory_peak() if chosen.watch else nullcontext([0]) as peak:
            told = import_archive(chosen.only)
        print(json.dumps({**told, "memory": peak[0]}))
    else:
        _compare(chosen.photographs)


def _compare(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photographs.zip"
        write_archive(count, path)
        bare = plain(path)
        told = _apart(path)
        memory = _apart(path, "--watch")["memory"]
        bare = max(bare, plain(path))  # the machine may have become faster or slower meanwhile
    if told["images"] != count:
        raise SystemExit(f"{told['images']} photographs were stored, not {count}")
    rate = count / (told["check"] + told["store"])
    print(
        f"import: {count} photographs of 12 megapixels, {rate:.2f} a second ({told['check']:.0f} s check,"
        f" {told['store']:.0f} s store), {rate / bare:.2f} times decoding and encoding alone ({bare:.2f});"
        f" at most {memory / 1e6:.0f} MB in all processes"
    )


def _apart(path: Path, *options: str) -> dict[str, float]:
    """The import, in a process that has made no photographs before and an installation of its own."""
    command = [sys.executable, "-m", "tools.bench_import", "--only", str(path), *options]
    with tempfile.TemporaryDirectory(dir=path.parent) as var:
        environment = {**os.environ, "VAR_DIR": var, "DATABASE_URL": f"sqlite:///{var}/bench.sqlite3"}  # fmt: skip
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)  # nosec B603  # (our own command)  # fmt: skip
    result: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()
