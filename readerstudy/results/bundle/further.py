"""Files that other parts of the results add to a bundle: the report, where this version has one.

One place asks for them, so that a bundle is made without a part that is not there. A part's package offers
`bundle_files(analysis)`, which gives name → bytes and the same bytes for the same analysis every time.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec

from readerstudy.results.models import Analysis

FurtherFiles = Callable[[Analysis], Mapping[str, bytes]]
_PARTS = ("readerstudy.results.report",)
_OFFERED = "bundle_files"
_registered: list[FurtherFiles] = []


def register_bundle_files(build: FurtherFiles) -> None:
    """Adds what `build(analysis)` gives to every bundle."""
    if build not in _registered:
        _registered.append(build)


def further_files(analysis: Analysis) -> dict[str, bytes]:
    """The files of every part that offers some."""
    parts = [import_module(name) for name in _PARTS if find_spec(name)]
    offered = [getattr(part, _OFFERED) for part in parts if hasattr(part, _OFFERED)]
    return {
        name: data for build in (*offered, *_registered) for name, data in build(analysis).items()
    }
