"""A folder of backups in which the newest are kept."""

import re
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"reader-study-\d{8}T\d{6}Z\.tar(\.age)?")


def name_at(now: datetime, *, is_sealed: bool) -> str:
    """The file name of a backup of this moment; names sort as the moments do."""
    return f"reader-study-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar{'.age' if is_sealed else ''}"


def remove_all_but(folder: Path, *, keep: int) -> list[Path]:
    """Removes the oldest backups beyond `keep`, and gives what was removed. Other files are left alone."""
    backups = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    surplus = backups[: max(0, len(backups) - keep)]
    for path in surplus:
        path.unlink()
    return surplus
