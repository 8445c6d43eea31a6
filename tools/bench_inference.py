"""The engine against the machine's own bound and against a plain script: `python -m tools.bench_inference`.

The bound is cores ÷ (seconds of one core for decoding and preparing + seconds of one core for `session.run`), both for
one image and measured in the same run. Beside it stands what one bare process for every core reaches, which do the same
at the same time and nothing else. The plain script does one image at a time, as a notebook would. The photographs are
stored as an import stores them, and read from files. A run is timed twice: over pixels that were made after the import
(`inference.kept_pixels`), and where none are kept.
"""

import argparse
import hashlib
import io
import os
import tempfile
from collections.abc import Hashable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from inference import engine
from inference.network_children import ChildSession, Photographs, StoredFile, StoredNetwork
from inference.scoring import scored
from tools import bench_graphs
from tools.bare_inference import BareWork, prepared_plainly, script
from tools.timing import seconds

SIZES = {
    "12 megapixels": ((4000, 3000), 12),
    "1024 px": ((1024, 768), 64),
    "600 px": ((600, 450), 128),
}
GRAPHS = {"ResNet-50": bench_graphs.resnet50, "small": bench_graphs.small}
RUNS = 5
DISTINCT = 4


def stored(side: tuple[int, int], seed: int) -> bytes:
    """A stored photograph with structure and the noise of a sensor."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(90, 200, (30, 40, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize(side, Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = smooth + rng.integers(-4, 5, smooth.shape, dtype=np.int16)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    out = io.BytesIO()
    pixels = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    pixels.save(out, icc_profile=profile, **_codec(pixels))
    return out.getvalue()


def _codec(pixels: Image.Image) -> dict[str, Any]:
    """As an import stores it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
    from readerstudy.intake.pixels import codec_of  # noqa: PLC0415 (settings first)

    return codec_of(pixels)


@dataclass(frozen=True)
class Case:
    """One network, and photographs of one size."""

    network: StoredNetwork
    photographs: Sequence[Path]
    store: engine.FolderOfPixels | None = None

    @property
    def spec(self) -> engine.PreprocessSpec:
        return self.network.artefact.spec.preprocess

    def sources(self) -> Iterator[engine.Source]:
        return ((at, path.read_bytes) for at, path in enumerate(self.photographs))

    def _file(self, key: Hashable) -> StoredFile:
        path = self.photographs[int(str(key))]
        return StoredFile(path.name, path.stem, path, path.read_bytes)

    def score(self, session: ChildSession, batch_size: int = 1) -> None:
        photographs = Photographs(self.network, self._file, self.store)
        for outcome in scored(session, photographs, self.sources(), batch_size=batch_size):
            assert isinstance(outcome, engine.Scored)  # nosec B101  # noqa: S101 (a bench of failures would be fast)

    def bound(self) -> float:
        """Images a second if all cores did nothing else, without ever waiting."""
        spec, session = self.spec, engine.open_session(self.network.artefact, "cpu")
        some = self.photographs[:DISTINCT]
        prepare = seconds(lambda: [prepared_plainly(one, spec) for one in some]) / len(some)
        tensor = prepared_plainly(some[0], spec)
        run = seconds(lambda: [session.run_raw(tensor) for _ in some]) / len(some)
        return engine.usable_cores() / (prepare + run)

    def bare(self) -> float:
        """Images a second of bare processes at the same time, one for every core."""
        work = BareWork(self.network.path, self.spec, tuple(self.photographs))
        cores = engine.usable_cores()
        with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
            took = seconds(lambda: list(pool.map(BareWork.do, [work] * cores)))
        return cores * len(self.photographs) / took

    def plain(self, threads: int) -> None:
        script(self.network.path, self.spec, self.photographs, threads)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line for every network and size of photograph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, action="append", help="only this one")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        for name, make in GRAPHS.items():
            network = network_in(Path(folder), make(), "cpu")
            for size in chosen.size or SIZES:
                _measure(name, size, network)


def network_in(folder: Path, content: bytes, providers: str) -> StoredNetwork:
    """The network as a file in the folder."""
    artefact = engine.artefact_of({"model.onnx": content, "model.json": bench_graphs.spec()})
    path = folder / f"{artefact.sha256}.onnx"
    path.write_bytes(content)
    return StoredNetwork(artefact, path, providers)


def _measure(name: str, size: str, network: StoredNetwork) -> None:
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        case = _case(folder, size, network)
        count = len(case.photographs)
        session = ChildSession(network)
        case.score(session)  # starts the children
        bound = case.bound()
        rate = count / seconds(lambda: case.score(session), repeats=2)
        plain, on_one = (count / seconds(partial(case.plain, some), repeats=2) for some in (0, 1))
        # The machine may have become faster or slower meanwhile.
        bound, bare = max(bound, case.bound()), case.bare()
        pixels = engine.FolderOfPixels(folder / "pixels", "family", name_of=str)
        family = replace(case, store=pixels)
        five = seconds(lambda: [family.score(session) for _ in range(RUNS)], repeats=1)
        kept = count / seconds(lambda: family.score(session), repeats=2)
    print(
        f"inference, {name}, {size}: from pixels made after the import {_ratios(kept, bound, plain, on_one)}; "
        f"with none kept {_ratios(rate, bound, plain, on_one)}, {rate / bare:.2f} of bare processes ({bare:.1f}); "
        f"bound {bound:.1f}, script {plain:.1f}, script on one core {on_one:.1f}; five runs of a family {RUNS * count / five:.1f}"
    )


def _ratios(rate: float, bound: float, plain: float, on_one: float) -> str:
    return (
        f"{rate:.1f} images/s, {rate / bound:.2f} of the bound, {rate / plain:.2f} times a plain script, "
        f"{rate / on_one:.2f} times one on one core"
    )


def _case(folder: Path, size: str, network: StoredNetwork) -> Case:
    side, count = SIZES[size]
    some = [written(folder, stored(side, seed)) for seed in range(DISTINCT)]
    return Case(network, [some[at % DISTINCT] for at in range(count)])


def written(folder: Path, content: bytes) -> Path:
    path = folder / f"{hashlib.sha256(content).hexdigest()}.image"
    path.write_bytes(content)
    return path


if __name__ == "__main__":
    main()
