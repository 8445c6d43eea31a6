"""The command line of the statistics: one file in, one analysis out, as text or JSON."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from readerstudy.stats.command.analysis import analyse
from readerstudy.stats.covariance import CovarianceEstimator
from readerstudy.stats.files import load
from readerstudy.stats.result import StatisticsInputError

_UNUSABLE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the analysis. Exit status 0 if anything could be computed, 2 for unusable input, with a sentence."""
    options = _parser().parse_args(arguments)
    try:
        loaded = load(options.file)
        found = analyse(
            loaded.readings,
            algorithm=options.algorithm,
            covariance=options.covariance,
            alpha=options.alpha,
            margin=options.margin,
            notes=loaded.notes,
        )
    except StatisticsInputError as error:
        sys.stderr.write(f"{error}\n")
        return _UNUSABLE
    text = json.dumps(found.as_dict(), indent=2) if options.json else found.as_text()
    sys.stdout.write(f"{text}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m readerstudy.stats",
        description="Multi-reader multi-case analysis of a file of readings.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="long CSV (reader, modality, case, truth, score), an .imrmc file, or wide CSV (case, truth, one column a reader)")  # fmt: skip
    parser.add_argument("--algorithm", metavar="READER", help="compare this reader, a standalone algorithm, with the mean of the others (one modality)")  # fmt: skip
    parser.add_argument("--covariance", choices=[str(name) for name in CovarianceEstimator], default=str(CovarianceEstimator.JACKKNIFE))  # fmt: skip
    parser.add_argument("--alpha", type=_share, default=0.05, metavar="A", help="two-sided level of tests; intervals have 1 − A (default 0.05)")  # fmt: skip
    parser.add_argument("--margin", type=_share, metavar="D", help="non-inferiority margin of the difference, tested one-sided at A / 2")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object, numbers at full precision")  # fmt: skip
    return parser


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number between 0 and 1")
    return value
