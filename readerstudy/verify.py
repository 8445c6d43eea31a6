"""`python -m readerstudy.verify BUNDLE.zip`: is every number of a bundle what its own files give?

Needs NumPy and SciPy; no database, no settings and no installation of the site. Ends with 0 where everything was
found again, with 1 where something differs, with 2 where there is no such file.
"""

import sys
from pathlib import Path
from typing import TextIO

from readerstudy.results.bundle.assembling import Shown
from readerstudy.results.bundle.checking import check_bundle

_USAGE = "usage: python -m readerstudy.verify BUNDLE.zip"


def main(arguments: list[str], out: TextIO = sys.stdout) -> int:
    """Prints the report of one bundle and returns the exit code."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(_USAGE, file=out)
        return 2
    try:
        data = Path(arguments[0]).read_bytes()
    except OSError as error:
        print(f"{arguments[0]} cannot be read: {error.strerror}.", file=out)
        return 2
    report = check_bundle(data, shown=_shown())
    print("\n".join(report.lines()), file=out)
    return 0 if report.reproduced else 1


def _shown() -> Shown | None:
    """What makes tables and figures; None where Django, which they take their texts through, is not installed."""
    try:
        from django.conf import settings  # noqa: PLC0415 (may not be there)
    except ImportError:
        return None
    if not settings.configured:
        settings.configure(USE_I18N=False)
    from readerstudy.results.bundle.shown_files import shown_files  # noqa: PLC0415

    return shown_files


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
