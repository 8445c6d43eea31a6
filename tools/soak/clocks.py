"""Clocks of single processes that can be moved: libfaketime, told by a file what to add."""

from pathlib import Path

from tools.soak.servers import MissingPartError

_LIBRARY = "libfaketimeMT.so.1"
_PLACES = (Path("/usr/lib"), Path("/usr/local/lib"))


class MovableClocks:
    """One file of seconds to add for the web, and one for worker and beat."""

    def __init__(self, folder: Path) -> None:
        self.files = {name: folder / f"clock-{name}" for name in ("web", "worker")}
        for file in self.files.values():
            file.write_text("+0\n")

    def environment(self) -> dict[str, str]:
        """Variables by part, as `SoakSite.start` takes them. Raises MissingPartError without libfaketime."""
        return {
            f"{part}:{name}": value
            for part, file in (("web", "web"), ("worker", "worker"), ("beat", "worker"))
            for name, value in self._variables(self.files[file]).items()
        }

    def move(self, name: str, seconds: int) -> None:
        """The clock goes so many seconds before (or behind) from now on; processes see it within a second."""
        self.files[name].write_text(f"{seconds:+d}\n")

    def _variables(self, file: Path) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",
            # Time-outs count by a clock that nobody sets.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


def library() -> Path:
    """Where libfaketime lies. Raises MissingPartError."""
    for place in _PLACES:
        for found in sorted(place.glob(f"*/faketime/{_LIBRARY}")):
            return found
    raise MissingPartError("libfaketime is missing: on Debian and Ubuntu, apt install faketime")
