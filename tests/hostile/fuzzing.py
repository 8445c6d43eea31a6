"""The command line of a fuzzer."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping


def run(fuzz: Callable[[int, int], Mapping[str, int]], about: str | None) -> None:
    """Fuzzes as long as is said and prints what came of it."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.monotonic()
    found = fuzz(options.count, options.seed)
    seconds = time.monotonic() - start
    sys.stdout.write(f"{options.count} inputs, no crash, {seconds:.0f} s: {dict(found)}\n")
