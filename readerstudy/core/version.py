"""The version of the application, written into every analysis and every model run."""

import os
from pathlib import Path

VERSION = "0.1.0"
_GIT = Path(__file__).resolve().parents[2] / ".git"


def revision(git: Path = _GIT) -> str:
    """The commit of the code: `READERSTUDY_REVISION` where it is set, else the checkout's; empty where nothing tells it."""
    return os.environ.get("READERSTUDY_REVISION", "") or _checked_out(git)


def _checked_out(git: Path) -> str:
    head = _text(git / "HEAD")
    if not head.startswith("ref: "):
        return head
    name = head.removeprefix("ref: ")
    packed = (line.partition(" ") for line in _text(git / "packed-refs").splitlines())
    return _text(git / name) or next((sha for sha, _blank, ref in packed if ref == name), "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
