"""A disk for photographs that can be made full and roomy again while it is in use."""

import os
import subprocess  # nosec B404  # (our own arguments alone)
from pathlib import Path

from tools.soak.servers import MissingPartError

# What all imports of all faults need on a fast machine; memory is taken by what lies there alone.
ROOMY = 8 * 2**30
_PAGE = 4096


class SmallDisk:
    """A file system in memory at `folder`. Full means: as large as what lies on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_mounted = False

    def mount(self) -> None:
        """Raises MissingPartError where file systems may not be mounted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            _run("mount", "-t", "tmpfs", "-o", f"size={ROOMY},mode=0755", "tmpfs", str(self.folder))
        except (OSError, subprocess.CalledProcessError) as error:
            message = "A full disk needs a file system of its own, which only root may mount."
            raise MissingPartError(message) from error
        self.is_mounted = True

    def fill(self, *, spare: int) -> None:
        """Leaves room for so many bytes."""
        state = os.statvfs(self.folder)
        used = (state.f_blocks - state.f_bfree) * state.f_frsize
        self._resize(used + max(spare, _PAGE))

    def empty(self) -> None:
        """There is room again."""
        self._resize(ROOMY)

    def unmount(self) -> None:
        """Lets go of it."""
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)  # nosec B603 B607  # (our own arguments alone)
            self.is_mounted = False

    def _resize(self, size: int) -> None:
        _run("mount", "-o", f"remount,size={size}", str(self.folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # nosec B603  # (our own arguments alone)
