"""`python -m inference.training.evaluate`: the exported runs on test sets, as a Markdown table.

The photographs go through the engine that the application uses, the AUCs and intervals are `readerstudy.stats`'.
"""

import argparse
import sys
from pathlib import Path

from inference.engine import EngineError
from inference.training.comparisons import Comparison, as_table, compare_classes
from inference.training.manifest import TrainingDataError, read_truth
from inference.training.scoring import score_runs, squeezed


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; 2 with a sentence for a folder that cannot be evaluated."""
    parsed = _parser().parse_args(arguments)
    try:
        rows = [
            (f"{models.name} | {folder.name}", found)
            for models in parsed.models
            for folder in parsed.sets
            for found in evaluate(models, folder, squeeze=parsed.squeeze)
        ]
    except (TrainingDataError, EngineError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(as_table(rows, "Networks | Test set") + "\n")
    return 0


def evaluate(models: Path, folder: Path, *, squeeze: int | None = None) -> list[Comparison]:
    """The runs in `models` on the images that `manifest.csv` in `folder` names.

    `squeeze` first makes every image a square of so many pixels. Raises TrainingDataError for an image that is named
    but missing.
    """
    truths = read_truth(folder / "manifest.csv")
    with squeezed(folder, squeeze) as pictures:
        runs = score_runs(models, pictures)
    for row, truth in enumerate(truths, start=2):
        if truth.file not in runs[0]:
            raise TrainingDataError(
                f"{folder.name}/manifest.csv, row {row}: {truth.file} is not in the folder."
            )
    return compare_classes(truths, runs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference.training.evaluate",
        description="AUC of exported training runs on test sets.",
    )
    parser.add_argument(
        "--models", type=Path, nargs="+", required=True, help="folders with run-01.onnx ..."
    )
    parser.add_argument(
        "--sets", type=Path, nargs="+", required=True, help="folders with images and manifest.csv"
    )
    parser.add_argument(
        "--squeeze", type=int, help="first make every image a square of so many pixels"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
