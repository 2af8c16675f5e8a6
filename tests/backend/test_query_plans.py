"""How SQLite finds rows: by what is asked for, never through all rows of a kind or status.

Without statistics the plan is the same on an empty database as on millions of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from backend.store import comparison, declarations, documents, examinations, following_queries, notice_queries, receipts
from backend.store.database import Connection, Database
from tests.support.cast import make_database, opened

PARCELS = [number.to_bytes(32, "big") for number in range(400)]
NAMES = [f"L|{number}" for number in range(400)]
IDS = list(range(400))

QUERIES: dict[str, Callable[[Connection], Any]] = {
    "documents_of": lambda c: comparison.documents_of(c, PARCELS),
    "waybills_named": lambda c: comparison.waybills_named(c, NAMES),
    "reported": lambda c: comparison.reported(c, NAMES, NAMES),
    "import_lists": lambda c: declarations.import_lists(c, PARCELS),
    "return_applications": lambda c: declarations.return_applications(c, PARCELS),
    "parcels_of_waybills": lambda c: documents.parcels_of_waybills(c, NAMES),
    "to_attest": lambda c: documents.to_attest(c, PARCELS),
    "current_lists": lambda c: documents.current_lists(c, PARCELS),
    "link_waybills": lambda c: documents.link_waybills(c, dict(zip(NAMES, PARCELS, strict=True))),
    "documents_of_parcels": lambda c: following_queries.documents_of_parcels(c, PARCELS, ["Order"]),
    "waiting_for": lambda c: notice_queries.waiting_for(c, PARCELS),
    "open_requests": lambda c: notice_queries.open_requests(c, "ReturnRequest", PARCELS),
    "newest_requests": lambda c: notice_queries.newest_requests(c, "ReturnRequest", PARCELS),
    "whole_bills": lambda c: notice_queries.whole_bills(c, NAMES),
    "master_waybills": lambda c: notice_queries.master_waybills(c, NAMES),
    "lists_by_list_no": lambda c: notice_queries.lists_by_number(c, "list_no", NAMES),
    "lists_by_pre_no": lambda c: notice_queries.lists_by_number(c, "pre_no", NAMES),
    "lists_by_waybill": lambda c: notice_queries.lists_by_number(c, "waybill_key", NAMES),
    "lists_of_parcels": lambda c: notice_queries.lists_of_parcels(c, PARCELS),
    "withdraw": lambda c: notice_queries.withdraw(c, IDS, 0),
    "withdraw_lines": lambda c: notice_queries.withdraw_lines(c, NAMES, IDS, 0),
    "wait_again": lambda c: notice_queries.wait_again(c, PARCELS, 3, 0),
    "link_subjects": lambda c: notice_queries.link_waybills(c, dict(zip(NAMES, PARCELS, strict=True))),
    "look_again": lambda c: examinations.look_again(c, parcels=PARCELS, manifests=PARCELS),
    "reopen": lambda c: examinations.reopen(c, PARCELS[0], PARCELS, 0),
    "receipts_of_a_parcel": lambda c: receipts.receipts_after(c, 0, 9, participant_no=1, parcel_id=PARCELS[0]),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("plans") / "plans.db"
    make_database(path)
    with opened(path) as database:
        yield database


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_begins_with_what_it_asks_for(database: Database, name: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, is_many: bool) -> None:
        asked.append((statement, parameters[0] if is_many else parameters))

    with database.write() as connection:
        sa.event.listen(connection.engine, "before_cursor_execute", note)
        QUERIES[name](connection)
        sa.event.remove(connection.engine, "before_cursor_execute", note)
        plans = [
            str(step[3])
            for statement, parameters in asked
            if statement.startswith(("SELECT", "UPDATE"))
            for step in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        ]
    assert plans
    for plan in plans:
        assert not plan.startswith("SCAN"), plan
        assert not any(plan.endswith(f"({first}=?)") for first in ("kind", "status", "participant_no")), plan
