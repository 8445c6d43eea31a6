"""A monkey at the reading screen, for as long as is asked: no answer may be lost or stored twice.

    python -m tools.monkey [--actions 2000] [--seed 1]

Prints what it did and what is stored; fails at the first answer that is missing, changed or there twice.
"""

import argparse
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.reading.monkey import Monkey, monkey_site
from tools.browser import found_chromium


def main(arguments: list[str] | None = None) -> None:
    """Lets the monkey loose."""
    options = _parser().parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        monkey_site(Path(folder), readers=2 + options.actions // 60) as (site, readers),
    ):
        browser = playwright.chromium.launch(
            executable_path=found_chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        begun = time.monotonic()
        monkey = Monkey(site, readers, browser, options.seed)
        monkey.act(options.actions)
        monkey.end()
        print(
            f"monkey: {options.actions} actions in {time.monotonic() - begun:.0f} s, seed {options.seed}"
        )
        print(f"monkey: {dict(monkey.done)}")
        print(f"monkey: {monkey.report()}")
        browser.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.monkey", description=__doc__)
    parser.add_argument("--actions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    main()
