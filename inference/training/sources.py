"""`python -m inference.training.sources`: did the networks learn the disease or where the images come from?

Where one source gave melanomas alone, a network may tell the sources apart instead. The images that each run was not
trained on are found again through the seed in the model card; the files whose names fit `--pattern` are the first source.
"""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference.engine import EngineError
from inference.training.comparisons import Scores
from inference.training.manifest import Example, TrainingDataError, read_manifest
from inference.training.scoring import score_runs
from inference.training.split import split_by_patient
from readerstudy.stats import auc_interval

_QUESTIONS = {
    "all melanomas against all nevi": (("melanoma", None), ("nevus", None)),
    "melanomas against nevi within the first source": (("melanoma", True), ("nevus", True)),
    "melanomas of the others against nevi of the first": (("melanoma", False), ("nevus", True)),
    "melanomas of the others against melanomas of the first": (
        ("melanoma", False),
        ("melanoma", True),
    ),
}


@dataclass(frozen=True)
class Answer:
    """The AUCs of the runs on one question, each on its own images."""

    question: str
    part: str
    aucs: tuple[float, ...]


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; 2 with a sentence for folders that do not go together."""
    parsed = _parser().parse_args(arguments)
    try:
        answers = ask(parsed.models, parsed.images, parsed.manifest, re.compile(parsed.pattern))
    except (TrainingDataError, EngineError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("| Comparison | Images | Runs: mean AUC (range) |\n|---|---|---|\n")
    for answer in answers:
        low, mean, high = min(answer.aucs), np.mean(answer.aucs), max(answer.aucs)
        sys.stdout.write(
            f"| {answer.question} | {answer.part} | {mean:.3f} ({low:.3f} to {high:.3f}) |\n"
        )
    return 0


def ask(models: Path, images: Path, manifest: Path, pattern: re.Pattern[str]) -> list[Answer]:
    """The answers for training and validation images. Raises TrainingDataError where the manifest is another one."""
    examples = read_manifest(manifest)
    runs = score_runs(models, images)
    splits = _splits(models / "model-card.json", examples, len(runs))
    answers = []
    for place, part in enumerate(("training", "validation")):
        parts = [[examples[index] for index in split[place]] for split in splits]
        for question in _QUESTIONS:
            aucs = [
                _auc(p, scores, question, pattern) for p, scores in zip(parts, runs, strict=True)
            ]
            answers.append(Answer(question, part, tuple(auc for auc in aucs if auc is not None)))
    return [answer for answer in answers if answer.aucs]


def _splits(
    card: Path, examples: Sequence[Example], runs: int
) -> list[tuple[list[int], list[int]]]:
    """For each run the indices of its training and its validation images."""
    try:
        told = json.loads(card.read_text(encoding="utf-8"))
    except OSError as error:
        raise TrainingDataError(f"{card.name} cannot be read: {error.strerror}.") from error
    if told["training_data"]["images"] != len(examples) or len(told["runs"]) != runs:
        raise TrainingDataError(f"{card.name} tells of other images or other runs.")
    labels = np.array([example.label for example in examples])
    patients = [example.patient for example in examples]
    share = told["recipe"]["validation_share"]
    halves = (
        split_by_patient(labels, patients, share=share, seed=run["seed"]) for run in told["runs"]
    )
    return [(training.tolist(), validation.tolist()) for training, validation in halves]


def _auc(
    examples: Sequence[Example], scores: Scores, question: str, pattern: re.Pattern[str]
) -> float | None:
    groups = [
        [scores[example.file] for example in examples if _belongs(example, group, pattern)]
        for group in _QUESTIONS[question]
    ]
    if not all(groups):
        return None
    truth = [1] * len(groups[0]) + [0] * len(groups[1])
    return auc_interval(truth, [*groups[0], *groups[1]]).value


def _belongs(example: Example, group: tuple[str, bool | None], pattern: re.Pattern[str]) -> bool:
    diagnosis, first_source = group
    if example.label != int(diagnosis == "melanoma"):
        return False
    return first_source is None or bool(pattern.match(example.file)) is first_source


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference.training.sources",
        description="AUCs within and across the sources of the training images.",
    )
    parser.add_argument("--models", type=Path, required=True, help="folder with runs and card")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--pattern", required=True, help="regular expression: the first source")
    return parser


if __name__ == "__main__":
    sys.exit(main())
