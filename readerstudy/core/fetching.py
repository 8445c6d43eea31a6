"""Whole numbers of many rows from the database into one array: raw COPY on PostgreSQL, in chunks elsewhere."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField, F, Func, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from numpy.typing import NDArray

# Where a column of the database has no value.
NOTHING = -1
_CHUNK = 50_000
# PGCOPY, its signature, flags and the length of what follows the header; a row of -1 columns is the end.
_HEADER, _END = 19, 2
_WIDTH = 8


class Seconds(Func):
    """A moment as whole seconds since 1970."""

    output_field = BigIntegerField()
    template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s)) AS bigint)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite keeps moments as texts, without a zone, in UTC."""
        # The sign of a format is doubled, for this is a template of parameters.
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)


def whole_numbers(rows: QuerySet[Any], columns: Mapping[str, Any]) -> NDArray[np.int64]:
    """The columns (N, C) of the rows, in the order of the query set; -1 where there is no value.

    `columns` is name → expression or path, each of whole numbers that are not negative. Both ways give the same array.
    """
    as_bigint = {
        f"n_{name}": Coalesce(
            Cast(F(one) if isinstance(one, str) else one, BigIntegerField()), Value(NOTHING), output_field=BigIntegerField()
        )
        for name, one in columns.items()
    }  # fmt: skip
    chosen = rows.annotate(**as_bigint).values_list(*as_bigint)
    if connections[rows.db].vendor == "postgresql":
        return _copied(chosen, len(columns))
    return _in_chunks(chosen, len(columns))


def _in_chunks(rows: QuerySet[Any, Any], width: int) -> NDArray[np.int64]:
    """As many Python objects as one chunk has exist at a time."""
    flat = (value for row in rows.iterator(chunk_size=_CHUNK) for value in row)
    return np.fromiter(flat, np.int64).reshape(-1, width)


def _copied(rows: QuerySet[Any, Any], width: int) -> NDArray[np.int64]:
    """COPY in the binary format: every row is a count of columns, and of each column its length and eight bytes.

    https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
    """
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that there are no such rows
        return np.empty((0, width), np.int64)
    connection = connections[rows.db]
    connection.ensure_connection()
    statement = f"COPY ({sql}) TO STDOUT (FORMAT BINARY)"
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(statement, parameters) as copy,
    ):
        # A million small pieces kept for a join would take more memory than what they hold.
        content = bytearray()
        for piece in copy:
            content += piece
    row = np.dtype(
        [("columns", ">i2"), *((f"{kind}{n}", of) for n in range(width) for kind, of in (("l", ">i4"), ("v", ">i8")))]
    )  # fmt: skip
    count = (len(content) - _HEADER - _END) // row.itemsize
    table = np.frombuffer(content, row, count=count, offset=_HEADER)
    found = np.empty((count, width), np.int64)
    for column in range(width):
        found[:, column] = table[f"v{column}"]
    return found
