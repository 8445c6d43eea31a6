"""`make bench`: ratios measured in one run, on the machine it runs on. Nothing here is a test."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from inference import engine
from readerstudy import stats

ROOT = Path(__file__).resolve().parent.parent
PHOTOGRAPHS = ROOT / "fixtures" / "demo" / "clinical"
MODEL = ROOT / "fixtures" / "demo" / "model" / "run-01.onnx"
REPEATS = 3


def seconds(work: Callable[[], object]) -> float:
    """The fastest of several calls."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


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


def pairs_by_loop(truth: np.ndarray, scores: np.ndarray) -> float:
    """The AUC counted pair by pair."""
    positive, negative = scores[truth == 1], scores[truth == 0]
    return sum(float(p > n) + 0.5 * float(p == n) for p in positive for n in negative) / (
        positive.size * negative.size
    )


def bench_auc() -> None:
    """AUC by mid-ranks against the pairwise loop, and its growth."""
    rng = np.random.default_rng(1)
    truth = (np.arange(1000) % 5 == 0).astype(int)
    scores = rng.normal(size=truth.size) + truth
    ratio = seconds(lambda: pairs_by_loop(truth, scores)) / seconds(
        lambda: stats.auc(truth, scores)
    )
    print(f"auc: {ratio:.0f} times a loop over pairs at 1,000 cases")
    times = [_auc_seconds(rng, cases) for cases in (10**4, 10**5)]
    print(
        f"auc: 10 times the cases take {times[1] / times[0]:.1f} times as long (10,000 to 100,000)"
    )


def _auc_seconds(rng: np.random.Generator, cases: int) -> float:
    truth = (np.arange(cases) % 5 == 0).astype(int)
    scores = rng.normal(size=cases) + truth
    return seconds(lambda: stats.auc_interval(truth, scores))


def bench_panel() -> None:
    """The test of the CNN against 145 readers of 100 cases, whole call."""
    rng = np.random.default_rng(2)
    truth = np.array([1] * 20 + [0] * 80)
    readings = rng.normal(size=(146, 100)) + truth
    for covariance in ("delong", "jackknife"):
        taken = seconds(
            lambda covariance=covariance: stats.algorithm_against_readers(
                truth, readings[1:], readings[0], covariance=covariance
            )
        )
        print(f"1T-RRRC, 145 readers and a CNN on 100 cases, {covariance}: {1000 * taken:.1f} ms")


if __name__ == "__main__":
    bench_engine()
    bench_auc()
    bench_panel()
