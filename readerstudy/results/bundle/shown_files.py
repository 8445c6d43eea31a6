"""Tables and figures as files, in English whoever makes the bundle. Needs Django for its texts, but no settings file."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import override

from readerstudy.results.bundle.cells import csv_bytes
from readerstudy.results.bundle.columns import INTEGER, NUMBER, TEXT, Column
from readerstudy.results.bundle.json_files import json_bytes
from readerstudy.results.bundle.prose import dictionary_file
from readerstudy.results.figure import Figure
from readerstudy.results.figures import all_figures
from readerstudy.results.shown import topic_figures
from readerstudy.results.table_model import ResultTable
from readerstudy.results.tables import all_tables

_KINDS = {
    "text": (TEXT, ""), "reason": (TEXT, ""), "count": (INTEGER, ""), "rate": (NUMBER, "fraction"), "difference": (NUMBER, "fraction"),
    "auc": (NUMBER, "area"), "difference_auc": (NUMBER, "area"), "p": (NUMBER, "probability"),
}  # fmt: skip


def shown_files(document: dict[str, Any]) -> dict[str, bytes]:
    """tables/*.csv, figures/*.json and the data dictionary, which knows the tables' columns too."""
    with override("en"):
        tables = list(all_tables(document).values())
        figures = list({figure.name: figure for figure in _figures(document)}.values())
        dictionary = {_table_name(table): _columns(table) for table in tables}
        return {
            **{_table_name(table): csv_bytes([str(one) for one in table.header], table.rows) for table in tables},
            **{f"figures/{_safe(figure.name)}.json": json_bytes(_figure(figure)) for figure in figures},
            "data_dictionary.csv": dictionary_file(dictionary),
        }  # fmt: skip


def _figures(document: dict[str, Any]) -> Iterator[Figure]:
    yield from all_figures(document)
    yield from topic_figures(document)


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "title": str(figure.title),
        "caption": str(figure.caption),
        "table": f"tables/{_safe(figure.table)}.csv",
        "plot": figure.plot,
    }


def _table_name(table: ResultTable) -> str:
    return f"tables/{_safe(table.name)}.csv"


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def _columns(table: ResultTable) -> Iterator[Column]:
    for heading, kind in table.columns:
        of, unit = _KINDS.get(kind, (NUMBER, ""))
        yield Column(str(heading), of, str(table.title), unit)
