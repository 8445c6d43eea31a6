"""A run on an NVIDIA GPU, against bare `session.run` and against PyTorch: `python -m tools.bench_gpu`.

ResNet-50 in float32 without TF32, as runs use it; PyTorch, where it is installed, in float16 and eager, which is what a
fast script would do and moves scores. Whole runs start at stored files and prepare them on all cores; what they could
have at most is the smaller of both: the network alone, and all cores preparing and nothing else.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from inference import engine
from inference.network_children import ChildSession, StoredNetwork
from tools import bench_graphs
from tools.bare_inference import prepared_plainly
from tools.bench_inference import (
    DISTINCT,
    SIZES,
    Case,
    network_in,
    stored,
    written,
)

BATCHES = (1, 8, 32, 128)
SECONDS = 2.0
PER_SIZE = {"12 megapixels": 96, "1024 px": 1024, "600 px": 2048}


def rate(work: Callable[[], object], images: int, threads: int = 1) -> float:
    """Images a second when so many threads repeat the work."""
    work()
    done, until = [0] * threads, time.perf_counter() + SECONDS

    def repeat(at: int) -> None:
        while time.perf_counter() < until:
            work()
            done[at] += 1

    start = time.perf_counter()
    workers = [threading.Thread(target=repeat, args=(at,)) for at in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return images * sum(done) / (time.perf_counter() - start)


def network_alone(session: ChildSession, bare: engine.CnnSession) -> dict[int, float]:
    """Prints bare `session.run` against ours, and gives ours for each batch size."""
    rng = np.random.default_rng(0)
    ours = {}
    for size in BATCHES:
        batch = rng.standard_normal((size, 3, bench_graphs.SIDE, bench_graphs.SIDE)).astype("f4")
        alone = rate(lambda batch=batch: bare.run_raw(batch), size)
        ours[size] = rate(lambda batch=batch: session.run_raw(batch), size, threads=2)
        print(
            f"gpu, ResNet-50, batch {size}: {ours[size]:.0f} images/s, {ours[size] / alone:.2f} times bare session.run ({alone:.0f})"
            + _beside_torch(batch, ours[size])
        )
    return ours


def _beside_torch(batch: np.ndarray, ours: float) -> str:
    try:
        import torch  # noqa: PLC0415 (not needed to run the application)

        from inference.training.resnet import ResNet50  # noqa: PLC0415
    except ImportError:
        return "; PyTorch is not installed"
    network = ResNet50().cuda().half().eval()

    def call() -> object:
        with torch.inference_mode():
            return network(torch.from_numpy(batch).cuda().half()).float().cpu()

    half = rate(call, len(batch))
    return f", {ours / half:.2f} times PyTorch in float16 ({half:.0f})"


def whole_runs(network: StoredNetwork, session: ChildSession, alone: float) -> None:
    """Prints what runs over stored photographs reach."""
    for size, (side, _count) in SIZES.items():
        with tempfile.TemporaryDirectory() as name:
            some = [written(Path(name), stored(side, seed)) for seed in range(DISTINCT)]
            case = Case(network, [some[at % DISTINCT] for at in range(PER_SIZE[size])])
            case.score(session, 32)  # starts the children
            bound = min(alone, _cores_alone(some, case.spec))
            first = _run(case, session)
            store = engine.FolderOfPixels(Path(name) / "pixels", "family", name_of=str)
            kept = replace(case, store=store)
            kept.score(session, 32)
            again = _run(kept, session)
        print(
            f"gpu, ResNet-50, {size}: {first:.0f} images/s, {first / bound:.2f} of what cores or network alone would do"
            f" ({bound:.0f}); from kept pixels {again:.0f}"
        )


def _cores_alone(some: list[Path], spec: engine.PreprocessSpec) -> float:
    start = time.perf_counter()
    for path in some:
        prepared_plainly(path, spec)
    return engine.usable_cores() * len(some) / (time.perf_counter() - start)


def _run(case: Case, session: ChildSession) -> float:
    start = time.perf_counter()
    case.score(session, 32)
    return len(case.photographs) / (time.perf_counter() - start)


def agreement(artefact: engine.Artefact, session: engine.CnnSession) -> float:
    """The largest difference between scores here and on the CPU, for 32 prepared photographs."""
    reference = engine.open_session(artefact, "cpu", threads=engine.usable_cores())
    batch = np.stack(list(_tensors(artefact)))
    return float(np.abs(session.score(batch) - reference.score(batch)).max())


def _tensors(artefact: engine.Artefact) -> Iterator[np.ndarray]:
    with tempfile.TemporaryDirectory() as name:
        for seed in range(32):
            path = written(Path(name), stored((600, 450), seed))
            yield prepared_plainly(path, artefact.spec.preprocess)[0]


def main() -> None:
    """Prints all of it, or why there is nothing to print."""
    if engine.choose_providers() == [engine.CPU]:
        print("gpu: this machine has no NVIDIA driver")
        return
    with tempfile.TemporaryDirectory() as folder:
        network = network_in(Path(folder), bench_graphs.resnet50(), "cuda")
        bare = engine.open_session(network.artefact, "cuda")
        print(
            f"gpu: scores differ from the CPU's by at most {agreement(network.artefact, bare):.1e}"
        )
        session = ChildSession(network)
        alone = network_alone(session, bare)
        whole_runs(network, session, alone[32])


if __name__ == "__main__":
    main()
