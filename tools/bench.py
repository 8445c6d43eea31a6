"""`make bench`: ratios measured in one run, on the machine it runs on. Nothing here is a test."""

import argparse
import os
from pathlib import Path

# As the processes of the site have it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import onnxruntime
from PIL import Image

from inference import engine
from tools import (
    bench_gpu,
    bench_import,
    bench_inference,
    bench_planning,
    bench_reading,
    bench_results,
    bench_scale,
    bench_screen,
    bench_statistics,
    simulations,
)
from tools.timing import seconds

ROOT = Path(__file__).resolve().parent.parent
PHOTOGRAPHS = ROOT / "fixtures" / "demo" / "clinical"
MODEL = ROOT / "fixtures" / "demo" / "model" / "run-01.onnx"


def plain_scores(files: list[Path]) -> list[float]:
    """One image at a time, nothing in parallel: what a script would do."""
    session = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
    spec = engine.load_artefact(MODEL).spec
    mean, std = (
        np.array(values, dtype=np.float32) for values in (spec.preprocess.mean, spec.preprocess.std)
    )
    scores = []
    for path in files:
        tensor = _plain_tensor(path, spec.preprocess, mean, std)
        logits = session.run(None, {session.get_inputs()[0].name: tensor})[0][0]
        powers = np.exp(logits - logits.max())
        scores.append(float(powers[1] / powers.sum()))
    return scores


def _plain_tensor(
    path: Path, spec: engine.PreprocessSpec, mean: np.ndarray, std: np.ndarray
) -> np.ndarray:
    with Image.open(path) as photograph:
        image = photograph.convert("RGB")
    edge, (height, width) = spec.resize.size[0], spec.output_size
    scale = edge / min(image.size)
    image = image.resize(
        (int(image.width * scale), int(image.height * scale)), Image.Resampling.BILINEAR
    )
    left, top = round((image.width - width) / 2), round((image.height - height) / 2)
    pixels = np.asarray(image.crop((left, top, left + width, top + height)), dtype=np.float32) / 255
    return ((pixels - mean) / std).transpose(2, 0, 1)[None]


def bench_engine() -> None:
    """The engine's runner against the plain script on the demonstration's photographs."""
    files = sorted(PHOTOGRAPHS.glob("*.jpg"))
    artefact = engine.load_artefact(MODEL)
    ours = seconds(lambda: engine.score_directory(artefact, PHOTOGRAPHS, batch_size=8))
    plain = seconds(lambda: plain_scores(files))
    print(
        f"engine: {len(files) / ours:.1f} images/s, {plain / ours:.2f} times a plain script ({len(files) / plain:.1f})"
    )


def main() -> None:
    """Ratios and times; with --simulations also coverage and type I error in simulated studies (ten minutes)."""
    parser = argparse.ArgumentParser(prog="make bench", description=main.__doc__)
    parser.add_argument("--simulations", action="store_true", help="also 2,000 simulated studies for each setting")  # fmt: skip
    chosen = parser.parse_args()
    bench_engine()
    bench_inference.main([])
    bench_gpu.main()
    bench_import.main(["--photographs", "24"])
    bench_planning.main()
    bench_statistics.main()
    bench_results.main([])
    bench_reading.main([])
    bench_screen.main([])
    bench_scale.main([])
    if chosen.simulations:
        simulations.main(["--studies", "2000", "--seed", "20260101"])


if __name__ == "__main__":
    main()
