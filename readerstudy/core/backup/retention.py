"""A folder of backups in which the newest are kept."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

_NAME = re.compile(r"reader-study-\d{8}T\d{6}Z\.tar(\.age)?(\.part)?")
# Longer than any backup goes without writing a byte.
_BROKEN_OFF_AFTER = timedelta(days=1)


def name_at(now: datetime, *, is_sealed: bool) -> str:
    """The file name of a backup of this moment; names sort as the moments do."""
    return f"reader-study-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar{'.age' if is_sealed else ''}"


def remove_all_but(folder: Path, *, keep: int, fresh: Path) -> list[Path]:
    """Removes the oldest backups beyond `keep`, never the `fresh` one, and gives what was removed.

    Other files are left alone.
    """
    written = _moment(fresh)
    backups = [path for path in _files(folder, is_part=False) if path.name != fresh.name]
    # All of them are older than the fresh one. A name that says otherwise was given by a clock that has been set back
    # since; such names go first, or the backups that are made until the clock is there again would go instead.
    backups.sort(key=lambda path: (_moment(path) <= written, path.name))
    return _removed(backups[: max(0, len(backups) - keep + 1)])


def remove_broken_off(folder: Path, *, now: datetime) -> list[Path]:
    """Removes what backups left that were killed a day ago or earlier, and gives what was removed."""
    oldest = (now - _BROKEN_OFF_AFTER).timestamp()
    parts = _files(folder, is_part=True)
    return _removed([path for path in parts if path.stat().st_mtime < oldest])


def _files(folder: Path, *, is_part: bool) -> list[Path]:
    named = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    return [path for path in named if (path.suffix == ".part") == is_part]


def _moment(path: Path) -> str:
    return path.name.split(".")[0]


def _removed(paths: list[Path]) -> list[Path]:
    for path in paths:
        path.unlink()
    return paths
