"""Is there a Chromium for the browser tests? Installs Playwright's own where none is; else says what to install."""

import os
import shutil
import subprocess  # nosec B404  # (what is run stands at each call)
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found_chromium() -> str | None:
    """The path of a usable Chromium: $CHROMIUM, one on the PATH, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return on_path or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (slow to import)

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    """Leaves the machine with a browser if it can, and never fails: the tests skip and say why."""
    if found_chromium():
        return 0
    print("No Chromium found; asking Playwright to fetch its own ...")
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        done = subprocess.run(command, timeout=300, check=False).returncode == 0  # nosec B603  # (our own command)
    except subprocess.TimeoutExpired:
        done = False
    if not done:
        print(
            "Browser tests will be skipped: install Chromium (Debian, Ubuntu: apt install chromium) or set CHROMIUM=/path."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
