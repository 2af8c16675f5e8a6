"""What SQLite's planner must be told: it keeps no statistics of its own, and takes any equality for a good start.

`kind = 'Order'` is a quarter of all documents, `status = 'done'` nearly all subjects; beside a list of hundreds of
parcels SQLite would still begin with them. PostgreSQL knows its tables and is told nothing.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class only_checked(FunctionElement[Any]):  # noqa: N801 - it stands in queries like a function of SQL
    """A column whose condition is checked on the rows that another condition finds, and never leads to them."""

    name = "only_checked"
    inherit_cache = True

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(only_checked)
def _plain(element: Any, compiler: Any, **arguments: Any) -> str:
    return str(compiler.process(element.clauses, **arguments))


@compiles(only_checked, "sqlite")
def _without_index(element: Any, compiler: Any, **arguments: Any) -> str:
    # https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_
    return "+" + str(compiler.process(element.clauses, **arguments))
