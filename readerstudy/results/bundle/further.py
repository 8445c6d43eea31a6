"""Files that other parts of the results add to a bundle: the report, where this version has one.

One place asks for them, so that a bundle is made without a part that is not there. Whatever is added must be the same
bytes for the same analysis; verification vouches for its hash alone.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec

from readerstudy.results.models import Analysis

FurtherFiles = Callable[[Analysis], Mapping[str, bytes]]
_REPORT = "readerstudy.results.report"
_NAMES = {"en": "report.html", "de": "report-de.html"}
_registered: list[FurtherFiles] = []


def register_bundle_files(build: FurtherFiles) -> None:
    """Adds what `build(analysis)` gives to every bundle."""
    if build not in _registered:
        _registered.append(build)


def further_files(analysis: Analysis) -> dict[str, bytes]:
    """The files of every part that offers some."""
    found = _report_files(analysis)
    for build in _registered:
        found.update(build(analysis))
    return found


def _report_files(analysis: Analysis) -> dict[str, bytes]:
    """The report in both languages, each one HTML file."""
    if find_spec(_REPORT) is None or find_spec(f"{_REPORT}.html") is None:
        return {}
    html, selectors = (import_module(f"{_REPORT}.{name}") for name in ("html", "selectors"))
    return {
        name: html.report_html(selectors.report_of(analysis, language)).encode()
        for language, name in _NAMES.items()
    }
