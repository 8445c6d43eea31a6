"""`python -m tools.agreement`: write the table of our numbers beside those of the reference software into docs/.

Needs the folder of reference results beside the project, which is not part of it.
"""

import importlib
import math
import pkgutil
import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from tests.stats import agreement_with
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.goldens import SHARED

PAGE = Path(__file__).resolve().parent.parent / "docs" / "statistics" / "agreement.md"
HEAD = """# Agreement with reference software

Written by `python -m tools.agreement`; a test computes every row again and fails where a difference exceeds the tolerance.
The numbers of the reference software were computed once with RJafroc 2.1.3, MRMCaov 0.3.0, iMRMC 2.1.2 (R) and 4.0.3 (Java),
pROC 1.18, irr 0.84.1, psych 2.2.9, statsmodels 0.15.0, scikit-learn 1.9.1, krippendorff 0.9.0 and Google Health's analysis code.
A row compares estimates, standard errors, degrees of freedom, limits and p values, as far as both give them. The difference is
relative, but numbers smaller than 1e-4 are compared as if they were 1e-4, since the packages compute p as 1 − cdf, whose rounding is
absolute. It is rounded up to a power of ten.

Data sets d01 to d17 are simulated under the Roe-Metz model; Van Dyke, Franken, Kundel, Hupse (nico) and Zanca are published reader
studies; imrmc_example comes with iMRMC.

"""


def modules() -> list:
    """The modules that compare, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(agreement_with.__path__))
    found = [importlib.import_module(f"{agreement_with.__name__}.{name}") for name in names]
    return [module for module in found if hasattr(module, "comparisons")]


def rows() -> Iterator[Comparison]:
    """Every comparison of every module."""
    for module in modules():
        for row in module.comparisons():
            yield row if isinstance(row, Comparison) else Comparison(*row)


def shown(difference: float) -> str:
    """Zero, or the next power of ten that is not smaller."""
    return "0" if difference == 0 else f"1e{math.ceil(math.log10(difference)):+03d}"


def key(row: Comparison) -> str:
    """What a row of the table compares."""
    return f"| {row.software} | {row.method} | {row.dataset} | {len(row.ours)} |"


def table(found: list[Comparison]) -> str:
    """The rows as Markdown, sorted by software and method."""
    ordered = sorted(found, key=lambda row: (row.software, row.method, row.dataset))
    lines = [f"{key(row)} {shown(row.difference)} | {row.tolerance:.0e} |" for row in ordered]
    head = ["| Software | Method | Data set | Numbers | Largest relative difference | Allowed |", "|---|---|---|---|---|---|"]  # fmt: skip
    return "\n".join(head + lines)


def deliberate() -> str:
    """The differences on purpose, one by one, with the reason."""
    told = [
        item for module in modules() for item in dict(getattr(module, "DELIBERATE", {})).items()
    ]
    return "\n".join(f"- **{what}.** {' '.join(cleandoc(reason).split())}" for what, reason in told)


def page() -> str:
    """The whole page."""
    return f"{HEAD}## Differences on purpose\n\n{deliberate()}\n\n## Every comparison\n\n{table(list(rows()))}\n"


if __name__ == "__main__":
    if not SHARED.is_dir():
        sys.exit(f"The reference results are not in {SHARED}.")
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(Path.cwd())}")
