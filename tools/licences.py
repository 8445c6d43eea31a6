"""docs/licences.md: every locked package, its licence, and why it may be used.

`python -m tools.licences` writes the page; `--check` says what may not be used, and whether the page is out of date.
The licence is what the package itself states; where it states none, or two without saying how they go together,
`STATED_ELSEWHERE` says what its source says. A package with a licence that is not in `MAY_BE_USED` is refused.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
# In the order in which a package is told as needed.
LOCKS = {
    "requirements.lock": "application",
    "requirements-gpu.lock": "GPU machines",
    "requirements-otel.lock": "traces",
    "requirements-dev.lock": "tests and linters",
}
UNKNOWN = "unknown"

_PERMISSIVE = "permissive: the notice stays in the package"
_UNCHANGED = "copyleft for its own files, which are used unchanged"
_LIBRARY = "copyleft for the library itself, which is used unchanged and can be exchanged"
# Licence → why a package under it may be used. GPL and AGPL are not here: they would reach the application.
MAY_BE_USED = {
    **dict.fromkeys(
        ("0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0", "MIT-CMU",
         "PSF-2.0", "Unlicense", "Zlib", "ZPL-2.1"), _PERMISSIVE),
    "MPL-1.1": _UNCHANGED,
    "MPL-2.0": _UNCHANGED,
    "LGPL-2.1-or-later": _LIBRARY,
    "LGPL-3.0-only": _LIBRARY,
    "LGPL-3.0-or-later": _LIBRARY,
    "Artistic-1.0-Perl": "may be used and passed on unchanged",
    "NVIDIA": "the runtime of NVIDIA's own GPUs, which its licence lets applications use; installed on GPU machines alone",
}  # fmt: skip
# How packages call them, in their classifiers or in words of their own.
_CALLED = {
    "Apache 2.0": "Apache-2.0", "Apache License": "Apache-2.0", "Apache License 2.0": "Apache-2.0",
    "Apache License Version 2.0": "Apache-2.0", "Apache License, Version 2.0": "Apache-2.0", "Apache Software License": "Apache-2.0",
    "BSD License": "BSD", "BSD 2-Clause License": "BSD-2-Clause", "2-clause BSD License": "BSD-2-Clause",
    "3-Clause BSD License": "BSD-3-Clause", "New BSD": "BSD-3-Clause",
    "pytest-django is released under the BSD (3-clause) license": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC", "ISC license": "ISC", "MIT License": "MIT", "The MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}  # fmt: skip
# What the sources say where the package's own words do not do: packages of other platforms, and those that state two.
STATED_ELSEWHERE = {
    "async-timeout": "Apache-2.0",
    "axe-playwright-python": "MIT AND MPL-2.0",  # carries axe-core
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "onnxruntime": "MIT",
    "pyrage": "MIT",
    "pywin32": "PSF-2.0",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "scipy": "BSD-3-Clause",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
    "tzdata": "Apache-2.0",
    "uritemplate": "BSD-3-Clause OR Apache-2.0",
}


@dataclass(frozen=True)
class Package:
    """A locked package; `needed_by` is the first lock that has it."""

    name: str
    version: str
    needed_by: str
    licence: str

    @property
    def reason(self) -> str:
        """Why it may be used; empty where it may not."""
        return reason_for(self.licence)


def locked(lock: Path) -> Iterator[tuple[str, str]]:
    """Name and version of every package in a lock file."""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            requirement = Requirement(line.rstrip("\\ "))
            yield canonicalize_name(requirement.name), str(requirement.specifier).removeprefix("==")


def packages() -> list[Package]:
    """Every locked package, by name."""
    found: dict[str, Package] = {}
    for lock, needed_by in LOCKS.items():
        for name, version in locked(ROOT / lock):
            found.setdefault(name, Package(name, version, needed_by, licence_of(name)))
    return [found[name] for name in sorted(found)]


def licence_of(name: str) -> str:
    """The package's licence as an expression of short names; `unknown` where nothing states one."""
    if name.startswith("nvidia-"):
        return "NVIDIA"
    if name in STATED_ELSEWHERE:
        return STATED_ELSEWHERE[name]
    try:
        stated = metadata(name)
    except PackageNotFoundError:
        return UNKNOWN
    if expression := stated["License-Expression"]:
        return str(expression)
    classifiers = [one.split(" :: ")[-1] for one in stated.get_all("Classifier") or [] if one.startswith("License ::")]  # fmt: skip
    return in_short([str(stated["License"] or "").strip(), *classifiers])


def in_short(statements: list[str]) -> str:
    """The short name of the first statement that is known: the text of the licence, for instance, is not."""
    called = (_CALLED.get(one, one) for one in statements)
    return next((one for one in called if one in MAY_BE_USED), UNKNOWN)


def reason_for(expression: str) -> str:
    """Why a package under this licence may be used: of several to choose from one, of several together all."""
    for choice in re.split(r"\s+OR\s+", expression.strip("()")):
        parts = re.split(r"\s+AND\s+", choice.strip("() "))
        if all(part in MAY_BE_USED for part in parts):
            return "; ".join(dict.fromkeys(MAY_BE_USED[part] for part in parts))
    return ""


def page(found: list[Package]) -> str:
    """The page's text."""
    rows = [f"| {one.name} | {one.version} | {one.licence} | {one.needed_by} | {one.reason} |" for one in found]  # fmt: skip
    return "\n".join([*_HEAD, *rows, ""])


_HEAD = (
    "# Licences",
    "",
    "Every package that is installed, as the lock files have it. Made by `make licences`; a test fails for a package whose licence",
    "is not known or may not be used. Of several licences joined by OR one may be chosen.",
    "",
    "| Package | Version | Licence | Needed by | Why it may be used |",
    "|---|---|---|---|---|",
)


def complaints() -> list[str]:
    """A sentence for each package that may not be used, and one where the page is out of date."""
    found = packages()
    refused = [f"{one.name} {one.version}: its licence is {one.licence}, which is not known to be usable." for one in found if not one.reason]  # fmt: skip
    is_current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page(found)
    return refused if is_current else [*refused, "docs/licences.md is out of date: make licences."]


def main(arguments: list[str]) -> int:
    """Writes the page, or says what is wrong."""
    if "--check" not in arguments:
        PAGE.write_text(page(packages()), encoding="utf-8")
    found = complaints()
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
