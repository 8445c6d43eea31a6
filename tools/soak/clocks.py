"""Clocks of single processes that can be moved while they run. See `movable/sitecustomize.py`."""

import os
from pathlib import Path

MOVABLE = Path(__file__).resolve().parent / "movable"


class MovableClocks:
    """One file of seconds to add for the web, and one for worker and beat."""

    def __init__(self, folder: Path) -> None:
        self.files = {name: folder / f"clock-{name}" for name in ("web", "worker")}
        for file in self.files.values():
            file.write_text("+0\n")

    def environment(self) -> dict[str, str]:
        """Variables by part, as `SoakSite.start` takes them."""
        path = os.pathsep.join([str(MOVABLE), *filter(None, [os.environ.get("PYTHONPATH", "")])])
        parts = (("web", "web"), ("worker", "worker"), ("beat", "worker"))
        return {
            name: value
            for part, file in parts
            for name, value in (
                (f"{part}:PYTHONPATH", path),
                (f"{part}:SOAK_CLOCK", str(self.files[file])),
            )
        }

    def move(self, name: str, seconds: int) -> None:
        """The clock goes so many seconds before (or behind) from now on; processes see it within half a second."""
        self.files[name].write_text(f"{seconds:+d}\n")
