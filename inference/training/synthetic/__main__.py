"""`python -m inference.training.synthetic --out DIR`: write the clinical photographs of the demonstration."""

import argparse
from pathlib import Path

from inference.training.synthetic.dataset import write_clinical_set

SEED = 2019


def main() -> None:
    """Reads the arguments and writes the set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="folder to write clinical/ and cases.csv into"
    )
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    write_clinical_set(arguments.out, seed=arguments.seed)


if __name__ == "__main__":
    main()
