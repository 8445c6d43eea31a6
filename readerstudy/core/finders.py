"""A staticfiles finder for the browser libraries that PyPI packages carry."""

import gzip
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import plotly
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage


class PlotlyFinder(BaseFinder):
    """Serves plotly.min.js out of the installed plotly package as ``vendor/plotly.min.js``.

    Where static files are not collected, a copy with its compressed twin lies under VAR_DIR: WhiteNoise sends 1.5 MB
    of it instead of 4.8. Collected ones are compressed by `collectstatic`.
    """

    name = "plotly.min.js"
    prefix = "vendor"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = Path(plotly.__file__).parent / "package_data" / self.name
        self.folder = source.parent if settings.COLLECTED_STATIC else with_twin(source)
        self.storage = FileSystemStorage(location=self.folder)
        self.storage.prefix = self.prefix  # type: ignore[attr-defined]  # collectstatic reads it

    def check(self, **_kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:  # noqa: FBT001, FBT002 (Django's signature)
        if path != f"{self.prefix}/{self.name}":
            return []
        found = str(self.folder / self.name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        del ignore_patterns
        yield self.name, self.storage
        if not settings.COLLECTED_STATIC:
            # WhiteNoise looks for the compressed twin among the files that it was told of.
            yield f"{self.name}.gz", self.storage


def with_twin(source: Path) -> Path:
    """A folder under VAR_DIR with a copy of the file and the same compressed, made where it is not there yet."""
    folder = settings.VAR_DIR / "vendor" / f"{source.stat().st_size}-{plotly.__version__}"
    if not (folder / f"{source.name}.gz").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _put(folder / source.name, source.read_bytes())
        _put(folder / f"{source.name}.gz", gzip.compress(source.read_bytes(), mtime=0))
    return folder


def _put(path: Path, content: bytes) -> None:
    """Writes the file whole or not at all: several web processes may start at once."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
