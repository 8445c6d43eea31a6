"""Tables for a manuscript: LaTeX with the packages booktabs and longtable, and nothing in a cell that LaTeX would run."""

from collections.abc import Iterable
from typing import Any

from readerstudy.results.report.blocks import NumberedTable
from readerstudy.results.templatetags.result_cells import cell, is_number

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": r"$-$",
    "–": "--",
    "…": r"\ldots{}",
    "×": r"$\times$",
    "±": r"$\pm$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "α": r"$\alpha$",
    "κ": r"$\kappa$",
    "\n": r"\newline ",
}


def escaped(words: Any) -> str:
    """Words as LaTeX sets them."""
    return "".join(_SPECIAL.get(one, one) for one in str(words))


def latex_table(numbered: NumberedTable) -> str:
    """One table, which may run over pages."""
    table = numbered.table
    columns = "".join("r" if is_number(kind) else "l" for kind in table.kinds)
    label = f"tab:{table.name}"
    head = _row(table.header)
    lines = [
        rf"\begin{{longtable}}{{{columns}}}",
        rf"\caption{{{escaped(table.title)}}}\label{{{label}}}\\",
        r"\toprule",
        head,
        r"\midrule",
        r"\endfirsthead",
        r"\toprule",
        head,
        r"\midrule",
        r"\endhead",
        r"\bottomrule",
        r"\endlastfoot",
        *(_row(cell(value, kind) for value, kind in row) for row in table.cells),
        r"\end{longtable}",
    ]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[Any]) -> str:
    row = " & ".join(map(escaped, cells)) + r" \\"
    # After the row before, LaTeX would read these as what belongs to its end: a star, or a length in brackets.
    return "{}" + row if row.lstrip().startswith(("[", "*")) else row
