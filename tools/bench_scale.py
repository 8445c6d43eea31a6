"""How the site keeps its speed as the database fills: a database of a million readings beside a small one, in one run.

    python -m tools.bench_scale [--readers 1000] [--cases 1000] [--plans plans.txt] [--results]

Needs PostgreSQL at TEST_POSTGRES_URL (or 127.0.0.1:5432) and Redis, and is left out, with a sentence, where there are none. What
is compared is a ratio: the same page, and the same answer to a study of the same size, in both databases.
"""

import argparse
import json
import subprocess  # nosec B404  # (our own arguments alone)
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.site import ROOT, RunningSite, production_parts
from tools.million import LARGE, PEER

_SMALL = {"readers": 20, "cases": 50, "beside": 1, "events": 2_000}
_SLOWEST = 25


class Filled(RunningSite):
    """An installation whose database `tools/million.py` has filled."""

    def __init__(self, folder: str, parts: dict[str, str], **sizes: int) -> None:
        super().__init__(folder, parts)
        self.manage("migrate", "--verbosity", "0")
        chosen = [f"--{name}={size}" for name, size in sizes.items()]
        print(self.module("tools.million", *chosen), flush=True)

    def module(self, name: str, *arguments: str) -> str:
        """What a module prints that is run in this installation."""
        done = subprocess.run(  # nosec B603  # (our own arguments alone)
            self.command("-m", name, *arguments),
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def measured(self, name: str, *arguments: str) -> Any:
        """The JSON of the last line of it."""
        return json.loads(self.module(name, *arguments).strip().splitlines()[-1])


def compare_pages(large: Filled, small: Filled, arguments: list[str], plans: Path | None) -> None:
    """The slowest pages of the large study, beside the same pages of the small one."""
    told = [*arguments, *(["--plans", str(plans)] if plans else [])]
    many, few = (
        large.measured("tools.scale_pages", *told),
        small.measured("tools.scale_pages", *arguments),
    )
    slowest = sorted(many, key=lambda page: -many[page]["first"])
    print(f"{'page':95} queries  first     ms  small   kB  slow queries")
    for page in slowest[:_SLOWEST]:
        one, other = many[page], few.get(page, {}).get("ms", "-")
        print(
            f"{page:95} {one['queries']:7} {one['first']:6} {one['ms']:6} {other:6} {one['kB']:5}  {one['slow']}"
        )
    grown = [page for page in many if page in few and many[page]["queries"] > few[page]["queries"]]
    print(f"scale: {len(many)} pages; more queries than in the small database: {grown or 'none'}")


def compare_answers(large: Filled, small: Filled) -> None:
    """p50 and p95 of an answer to the study of the usual size in both databases, and to the large study."""
    many, few = (one.measured("tools.scale_load", "answer") for one in (large, small))
    for name in ("answer", "next"):
        here, there, long = many[PEER][name], few[PEER][name], many[LARGE][name]
        print(
            f"scale: {name}: p50 {here['p50']} ms, p95 {here['p95']} ms among a million readings, "
            f"{here['p95'] / there['p95']:.2f} times the small database's p95 ({there['p95']} ms); "
            f"in the large study itself p95 {long['p95']} ms"
        )


def compare_together(large: Filled) -> None:
    """Answers and audited changes in a second, by how many do it at once."""
    for name, rates in large.measured("tools.scale_load", "together").items():
        told = ", ".join(f"{many}: {rate}" for many, rate in rates.items())
        print(f"scale: {name} a second by connections: {told}")


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_scale", description=__doc__)
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--results", action="store_true", help="the results of the large study too")
    parser.add_argument("--plans", type=Path, help="where the plans of slow queries are written")
    chosen = parser.parse_args(arguments)
    try:
        _compared(chosen)
    except pytest.skip.Exception as reason:
        print(f"scale: not measured ({reason})")


def _compared(chosen: argparse.Namespace) -> None:
    more = ["--results"] if chosen.results else []
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        production_parts() as few,
        production_parts() as many,
    ):
        small = Filled(other, few, **_SMALL)
        large = Filled(one, many, readers=chosen.readers, cases=chosen.cases)
        compare_pages(large, small, more, chosen.plans)
        compare_answers(large, small)
        compare_together(large)


if __name__ == "__main__":
    main()
