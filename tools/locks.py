"""The lock files: every package that is installed, direct or not, with the SHA-256 of each of its files.

`python -m tools.locks` writes them anew out of the lists that people write (`requirements*.txt`); versions that are locked
already stay where the list still allows them, unless `--upgrade` is said. Resolved for Python 3.11 and newer on every
platform at once, out of the public index, whatever this machine's pip is told to use.
"""

import subprocess  # nosec B404  # (what is run stands at each call)
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What is only trained with is not locked: PyTorch comes from another index on most machines.
LOCKS = {
    "requirements.txt": "requirements.lock",
    "requirements-dev.txt": "requirements-dev.lock",
    "requirements-gpu.txt": "requirements-gpu.lock",
    "requirements-otel.txt": "requirements-otel.lock",
}
BASE = "requirements.lock"
INDEX = "https://pypi.org/simple"
HEADER = "# Made by `make lock` out of {source}: change that file and run it again.\n"


def command(source: str, lock: str, options: list[str]) -> list[str]:
    """How one list is resolved; what the application itself needs has the same versions in every lock."""
    same = [] if lock == BASE else ["--constraints", BASE]
    return [
        sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-config", "--universal", "--python-version", "3.11",
        "--native-tls", "--default-index", INDEX, "--no-emit-index-url", "--generate-hashes", "--no-header", *same, *options,
        source, "--output-file", lock,
    ]  # fmt: skip


def main(options: list[str]) -> None:
    """Writes every lock, the application's own first."""
    for source, lock in LOCKS.items():
        subprocess.run(command(source, lock, options), cwd=ROOT, check=True)  # nosec B603  # (our own command)
        path = ROOT / lock
        path.write_text(
            HEADER.format(source=source) + path.read_text(encoding="utf-8"), encoding="utf-8"
        )
        print(f"{lock}: {path.read_text(encoding='utf-8').count('==')} packages")


if __name__ == "__main__":
    main(sys.argv[1:])
