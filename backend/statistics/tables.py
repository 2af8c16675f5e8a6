"""Figures as files: CSV and Parquet, one row a group, every row with the block that it is true up to."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import polars as pl

Row = Mapping[str, str | int | None]

#: A spreadsheet takes a text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets want it; texts cannot become formulas."""
    safe = [
        {name: "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value for name, value in
         row.items()} for row in rows
    ]  # fmt: skip
    return _frame(safe, columns).write_csv(include_bom=True).encode()


def as_parquet(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """Texts as UTF-8 and counts as 64-bit integers; amounts are exact decimal texts."""
    buffer = io.BytesIO()
    _frame(rows, columns).write_parquet(buffer)
    return buffer.getvalue()


def _frame(rows: Sequence[Row], columns: Sequence[str]) -> pl.DataFrame:
    kinds = {name: pl.Int64 if any(isinstance(row.get(name), int) for row in rows) else pl.String for name in columns}
    return pl.DataFrame([[row.get(name) for name in columns] for row in rows], kinds, orient="row")
