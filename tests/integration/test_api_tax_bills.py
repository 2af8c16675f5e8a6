"""Tax bills over HTTP: for the declarant whose lists they are on, and for customs of the district."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from backend.domain.lifecycle import Direction
from backend.domain.rates import example_rates
from backend.services.list_numbers import ListToNumber, allot
from backend.services.stored_documents import stored_document
from backend.services.tax_bills import Released, make_bills
from backend.services.tax_settling import settle_bills
from backend.store.declarations import import_lists
from backend.store.readmodel import places_of
from tests.support.asking import customs_of, is_problem
from tests.support.running import Ledger

DAY = 86_400
OTHERS = {"customs_pudong": "customs_suzhou", "customs_suzhou": "customs_jiaxing", "customs_jiaxing": "customs_pudong"}


def released(ledger: Ledger, parcels: Sequence[str]) -> None:
    """Has customs release these parcels, and their bills made."""
    for parcel in parcels:
        customs = customs_of(ledger, parcel)
        ledger.record(customs, "Acceptance", [parcel])
        ledger.record("site_operator", "Arrival", [parcel])
        ledger.record(customs, "Release", [parcel])
        ledger.indexed(parcel, lambda view: view["state"] == "Released")
    now = ledger.gateway.now()
    ids = [bytes.fromhex(parcel) for parcel in parcels]
    with ledger.gateway.database.write() as connection:
        places, lists = places_of(connection, ids), import_lists(connection, ids)
        numbers = allot(
            connection,
            [
                ListToNumber(lists[one].id, f"{places[one][0].declaring_district:04d}", Direction.Import, now)
                for one in ids
            ],
        )
        made = make_bills(
            connection,
            [
                Released(
                    one,
                    places[one][0].manifest,
                    lists[one].id,
                    stored_document(lists[one].message_type, lists[one].fields),
                    numbers[lists[one].id],
                    now,
                )
                for one in ids
            ],
            example_rates(),
            now,
        )
    assert [one.reason for one in made] == [None] * len(parcels)


def declarant_of(ledger: Ledger, parcel: str) -> str:
    number = ledger.get(None, f"/v1/parcels/{parcel}")["declarant"]["participant_no"]
    return next(key for key, found in ledger.numbers.items() if found == number)


def bills(ledger: Ledger, role: str, **query: Any) -> list[dict[str, Any]]:
    return list(ledger.get(role, "/v1/tax-bills", **query)["items"])


def test_a_bill_is_read_by_its_declarant_and_by_its_customs(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    released(ledger, [parcel])
    customs = customs_of(ledger, parcel)
    (bill,) = bills(ledger, declarant_of(ledger, parcel), parcel_id=parcel)
    assert bills(ledger, customs, parcel_id=parcel) == [bill]
    assert bill["status"] == 1
    assert bill["tax_no"] == f"{bill['list_no']}_0"
    assert bill["list_no"] == bill["head"]["invtNo"]
    assert bill["list_no"][:4] == ledger.get(None, f"/v1/parcels/{parcel}")["declaring_district"]
    assert (bill["head"]["status"], bill["rates_version"]) == ("1", ledger.get(customs, "/v1/rates")["version"])
    assert [line["gnum"] for line in bill["lines"]] == [str(n) for n in range(1, len(bill["lines"]) + 1)]


def test_others_read_nothing_of_it(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    released(ledger, [parcel])
    customs = customs_of(ledger, parcel)
    for role in (OTHERS[customs], "platform", "site_operator", "market_regulator"):
        assert bills(ledger, role, parcel_id=parcel) == [], role
    is_problem(ledger.client("governance").get("/v1/tax-bills"), 403, "Forbidden")
    is_problem(ledger.client().get("/v1/tax-bills"), 401, "Unauthenticated")


def test_bills_come_page_by_page_newest_first(ledger: Ledger, fresh: list[str]) -> None:
    released(ledger, fresh)
    role = declarant_of(ledger, fresh[0])
    own = [parcel for parcel in fresh if declarant_of(ledger, parcel) == role]
    whole = bills(ledger, role, limit=500)
    seen: list[dict[str, Any]] = []
    page = ledger.get(role, "/v1/tax-bills", limit=2)
    seen += page["items"]
    while page["next"]:
        page = ledger.get(role, "/v1/tax-bills", limit=2, cursor=page["next"])
        seen += page["items"]
    assert seen == whole
    assert [bill["parcel_id"] for bill in seen[: len(own)]] == own[::-1]


def test_what_became_of_bills_is_found_by_status_and_instant(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    released(ledger, [parcel])
    customs = customs_of(ledger, parcel)
    assert bills(ledger, customs, parcel_id=parcel, status=2) == []
    later = ledger.gateway.now() + 40 * DAY
    with ledger.gateway.database.write() as connection:
        told = settle_bills(connection, later)
    assert parcel in {news.parcel_id.hex() for news in told}
    (bill,) = bills(ledger, customs, parcel_id=parcel, status=2)
    assert bill["head"]["status"] == "2"
    assert bills(ledger, customs, parcel_id=parcel, status=1) == []
    assert bills(ledger, customs, parcel_id=parcel, since=bill["updated_at"]) == [bill]
    assert bills(ledger, customs, parcel_id=parcel, since="2999-01-01T00:00:00+08:00") == []


@pytest.mark.parametrize(
    "query",
    [
        {"status": 0},
        {"status": 4},
        {"status": "made"},
        {"since": "yesterday"},
        {"since": "2026-03-01T00:00:00"},
        {"parcel_id": "xyz"},
        {"limit": 0},
        {"cursor": "abc"},
        {"cursor": "a.b"},
    ],
)
def test_a_wrong_question_is_refused(ledger: Ledger, query: dict[str, Any]) -> None:
    answer = ledger.client("customs_pudong").get("/v1/tax-bills", params=query)
    body = is_problem(answer, 422, "InvalidInput")
    assert body["field"] == next(iter(query))
