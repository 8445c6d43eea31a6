"""Where an import comes from. Everything is read through `open_source`; so far it is a zip archive."""

from pathlib import Path

from readerstudy.intake.archive import Archive, Entry

Source = Archive


def open_source(path: Path, *, name: str) -> Source:
    """The source at `path`, to be used in a `with` block. Raises InvalidInput for a file that is none."""
    return Archive(path, name=name)


__all__ = ["Entry", "Source", "open_source"]
