"""Every result shows itself: as plain values for JSON, as text for a terminal, as HTML for a page or a notebook."""

import math
from dataclasses import fields
from enum import Enum
from html import escape
from typing import Any

import numpy as np

NOTHING = "–"
_DIGITS = 4
_LABELS = {
    "se": "standard error",
    "df": "degrees of freedom",
    "df1": "degrees of freedom 1",
    "df2": "degrees of freedom 2",
    "low": "lower limit",
    "high": "upper limit",
    "p": "p value",
    "level": "confidence level",
    "n": "n",
}


class Rendered:
    """Mix-in for a frozen dataclass. Nested results become nested objects, sections and tables."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, numbers at full precision. Raises ArithmeticError for NaN or infinity."""
        return {name: plain(value, name) for name, value in _items(self)}

    def as_text(self) -> str:
        """Lines for a terminal; numbers rounded to four digits."""
        return "\n".join(_text_block(_title(self), self.as_dict(), ""))

    def as_html(self) -> str:
        """A table with caption and row headings; every text is escaped, no style and no script."""
        return _html_table(_title(self), self.as_dict())

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.as_html()


def plain(value: Any, name: str = "value") -> Any:  # noqa: PLR0911 (one line per kind of value)
    """`value` as None, bool, int, float, str, list or dict. Raises ArithmeticError for NaN or infinity."""
    if isinstance(value, Rendered):
        return value.as_dict()
    if isinstance(value, dict):
        return {str(key): plain(entry, str(key)) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), name)
    if isinstance(value, list | tuple):
        return [plain(entry, name) for entry in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        return plain(value.item(), name)
    if isinstance(value, float) and not math.isfinite(value):
        raise ArithmeticError(f"The result's {name} is {value}; it must be None with a reason.")
    return value


def number(value: Any) -> str:
    """One cell for people: four decimals, below 0.1 and from 10,000 on four significant digits."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return str(value)
    by_digits = abs(value) < 0.1 or abs(value) >= 10**_DIGITS  # noqa: PLR2004 (there decimals say too little)
    return f"{value:.{_DIGITS}g}" if by_digits else f"{value:.{_DIGITS}f}"


def _items(result: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(result, field.name)) for field in fields(result)]


def _title(result: object) -> str:
    """The class in words: PairedTest becomes "Paired test"."""
    name = type(result).__name__
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return words[:1].upper() + words[1:]


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " "))


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_cell(entry) for entry in value) or NOTHING
    if isinstance(value, dict):
        return ", ".join(f"{_label(name)} {_cell(entry)}" for name, entry in value.items())
    return number(value)


def _text_block(title: str, values: dict[str, Any], indent: str) -> list[str]:
    lines = [indent + title]
    width = max((len(_label(name)) for name in values), default=0)
    for name, value in values.items():
        if _is_table(value):
            lines += [f"{indent}  {_label(name)}", *_text_table(value, indent + "    ")]
        elif isinstance(value, dict):
            lines += _text_block(_label(name), value, indent + "  ")
        else:
            lines.append(f"{indent}  {_label(name):<{width}}  {_cell(value)}")
    return lines


def _text_table(rows: list[dict[str, Any]], indent: str) -> list[str]:
    heads = list(rows[0])
    cells = [[_label(head) for head in heads]]
    cells += [[_cell(row.get(head)) for head in heads] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    return [
        indent + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]  # fmt: skip


def _html_table(title: str, values: dict[str, Any]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(_label(name))}</th><td>{_html_cell(name, value)}</td></tr>'
        for name, value in values.items()
    )
    return f"<table><caption>{escape(title)}</caption><tbody>{rows}</tbody></table>"


def _html_cell(name: str, value: Any) -> str:
    if _is_table(value):
        return _html_rows(value)
    if isinstance(value, dict):
        return _html_table(_label(name), value)
    return escape(_cell(value))


def _html_rows(rows: list[dict[str, Any]]) -> str:
    heads = list(rows[0])
    head = "".join(f'<th scope="col">{escape(_label(name))}</th>' for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(row.get(name)))}</td>" for name in heads) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
