"""`python -m tools.examples`: run the Python blocks of the page of worked examples and write what they print below them.

Needs the public data sets beside the project, which are not part of it. The blocks share their names, as in a notebook.
"""

import contextlib
import io
import os
import re
import sys
import tempfile
from pathlib import Path

from tests.stats.goldens import SHARED

PAGE = Path(__file__).resolve().parent.parent / "docs" / "statistics" / "examples.md"
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n+```text\n(?P<out>.*?)```", re.DOTALL)
FILES = {
    "vandyke.csv": SHARED / "public" / "vandyke.csv",
    "viper.imrmc": SHARED.parent / "data" / "viper-mammography" / "mrmcInput_iMRMC_format.csv",
    "viperObs.csv": SHARED.parent / "data" / "viper-mammography" / "viperObs.csv",
}


def executed(text: str) -> str:
    """The page with the output of every block as it is today."""
    names: dict[str, object] = {}
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name, source in FILES.items():
            (Path(folder) / name).symlink_to(source)
        os.chdir(folder)
        try:
            return BLOCK.sub(lambda found: _with_output(found["code"], names), text)
        finally:
            os.chdir(here)


def _with_output(code: str, names: dict[str, object]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, names)  # nosec B102  # noqa: S102 (our own page)
    return f"```python\n{code}```\n\n```text\n{out.getvalue()}```"


if __name__ == "__main__":
    if not SHARED.is_dir():
        sys.exit(f"The public data sets are not in {SHARED.parent}.")
    PAGE.write_text(executed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE.name}")
