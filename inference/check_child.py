"""Runs the check of one uploaded network in a process of its own: `python -m inference.check_child FOLDER`.

The folder holds `model.onnx`, `spec.json`, and the images that a golden file names as golden.0, golden.1 … with
`golden.json`. `result.json` says what does not fit. A graph from outside may crash, loop or take all memory: then this
process ends, not the server.
"""

import json
import resource
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from inference import engine
from readerstudy.core.sandbox import limit_process

MEMORY_BYTES = 6 * 2**30
# It writes its result and nothing else.
LIMITS = {
    resource.RLIMIT_CPU: 60,
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_FSIZE: 2**20,
}


def write_work(folder: Path, artefact: engine.Artefact) -> None:
    """Lays out what `main` reads."""
    (folder / "model.onnx").write_bytes(artefact.onnx_bytes)
    work = {
        "spec": artefact.spec.to_json(),
        "name": artefact.file_name,
        "golden": [{**asdict(one), "content": None} for one in artefact.golden],
    }
    (folder / "work.json").write_text(json.dumps(work), encoding="utf-8")
    for number, one in enumerate(artefact.golden):
        (folder / f"golden.{number}").write_bytes(one.content)


def main(folder: Path) -> None:
    """Writes every sentence about what does not fit; none where the network runs with its spec."""
    limit_process(LIMITS)
    try:
        found = engine.check_artefact(_artefact(folder))
        result: dict[str, Any] = {"problems": [], "code": "", "findings": list(found)}
    except engine.EngineError as error:
        result = {"problems": list(error.problems), "code": error.code}
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _artefact(folder: Path) -> engine.Artefact:
    work = json.loads((folder / "work.json").read_text("utf-8"))
    spec = engine.ModelSpec.from_json(work["spec"])
    content = (folder / "model.onnx").read_bytes()
    golden = tuple(
        _expected(folder / f"golden.{number}", one) for number, one in enumerate(work["golden"])
    )
    return replace(engine.build_artefact(content, spec, work["name"]), golden=golden)


def _expected(path: Path, stated: dict[str, Any]) -> engine.Expected:
    outputs = stated["outputs"]
    return engine.Expected(
        file=stated["file"],
        content=path.read_bytes(),
        outputs=None if outputs is None else tuple(outputs),
        score=stated["score"],
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
