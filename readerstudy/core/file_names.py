"""Names of files as they come from other machines."""

from pathlib import PurePosixPath

LONGEST = 255


def without_folders(name: str, *, otherwise: str) -> str:
    """The last part of a path of any system, no longer than is stored; `otherwise` where there is none."""
    return PurePosixPath(name.replace("\\", "/")).name[-LONGEST:] or otherwise
