"""The engine against the machine's own bound and against a plain script: `python -m tools.bench_inference`.

The bound is cores ÷ (seconds of one core for decoding and preparing + seconds of one core for `session.run`), both for
one image and measured in the same run. The plain script does one image at a time, as a notebook would. The photographs
are lossless WebP with the profile that imports give them.
"""

import argparse
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageCms

from inference import engine
from inference.engine.preprocess import tensor_of, to_pixels
from tools import bench_graphs
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
    pixels.save(out, "WEBP", lossless=True, method=0, icc_profile=profile)
    return out.getvalue()


@dataclass(frozen=True)
class Case:
    """One network, and photographs of one size."""

    artefact: engine.Artefact
    photographs: Sequence[bytes]

    def sources(self) -> Iterator[engine.Source]:
        return ((at, lambda content=one: content) for at, one in enumerate(self.photographs))  # type: ignore[misc]

    def engine(self, session: engine.CnnSession) -> None:
        for outcome in engine.score_images(session, self.sources()):
            if isinstance(outcome, engine.Failed):
                raise RuntimeError(outcome.sentence)

    def bound(self, session: engine.CnnSession) -> float:
        """Images a second if all cores did nothing else, without ever waiting."""
        spec = self.artefact.spec.preprocess
        some = self.photographs[:DISTINCT]
        prepare = seconds(lambda: [_prepared(one, spec) for one in some]) / len(some)
        tensor = _prepared(some[0], spec)[np.newaxis]
        run = seconds(lambda: [session.run_raw(tensor) for _ in some]) / len(some)
        return engine.usable_cores() / (prepare + run)

    def plain(self) -> None:
        """One image at a time; the runtime takes the cores that it likes, as it does by default."""
        session = onnxruntime.InferenceSession(self.artefact.onnx_bytes, providers=[engine.CPU])
        spec = self.artefact.spec.preprocess
        for content in self.photographs:
            session.run(None, {"pixels": _plainly(content, spec)})

    def family(self, session: engine.CnnSession) -> None:
        """Five runs that share what they have prepared."""
        with tempfile.TemporaryDirectory() as name:
            pixels = engine.FolderOfPixels(Path(name), "family", name_of=str)
            for _ in range(RUNS):
                list(engine.score_images(session, self.sources(), pixels=pixels))


def _prepared(content: bytes, spec: engine.PreprocessSpec) -> np.ndarray:
    return tensor_of(to_pixels(engine.load_image(content, spec), spec), spec)


def _plainly(content: bytes, spec: engine.PreprocessSpec) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as photograph:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(photograph.info["icc_profile"]))
        image = ImageCms.profileToProfile(
            photograph, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    scale = 256 / min(image.size)
    image = image.resize(
        (int(image.width * scale), int(image.height * scale)), Image.Resampling.BILINEAR
    )
    left, top = round((image.width - 224) / 2), round((image.height - 224) / 2)
    pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), np.float32) / 255
    values = (pixels - np.array(spec.mean, np.float32)) / np.array(spec.std, np.float32)
    return values.transpose(2, 0, 1)[np.newaxis]


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line for every network and size of photograph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, action="append", help="only this one")
    chosen = parser.parse_args(arguments)
    for name, make in GRAPHS.items():
        artefact = engine.artefact_of({"model.onnx": make(), "model.json": bench_graphs.spec()})
        session = engine.open_session(artefact, "cpu")
        for size in chosen.size or SIZES:
            _measure(name, size, artefact, session)


def _measure(name: str, size: str, artefact: engine.Artefact, session: engine.CnnSession) -> None:
    side, count = SIZES[size]
    some = [stored(side, seed) for seed in range(DISTINCT)]
    case = Case(artefact, [some[at % DISTINCT] for at in range(count)])
    bound = case.bound(session)
    rate = count / seconds(lambda: case.engine(session), repeats=2)
    plain = count / seconds(case.plain, repeats=2)
    five = seconds(lambda: case.family(session), repeats=1)
    # The machine may have become faster or slower meanwhile.
    bound = max(bound, case.bound(session))
    print(
        f"inference, {name}, {size}: {rate:.1f} images/s, {rate / bound:.2f} of the bound ({bound:.1f}), "
        f"{rate / plain:.2f} times a plain script ({plain:.1f}); five runs of a family {RUNS * count / five:.1f}"
    )


if __name__ == "__main__":
    main()
