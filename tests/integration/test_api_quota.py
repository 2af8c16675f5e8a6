"""A person's year over HTTP: for customs alone, and never with the number that was asked for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from backend.domain.lifecycle import State
from backend.services.quota import held_declarations, reserve_for_acceptance
from backend.services.quota_following import follow
from tests.support.asking import customs_of, is_problem, refuse
from tests.support.running import LOG, Ledger

NOBODY = "990000198001010012"


def field_of(ledger: Ledger, parcel: str, path: str) -> str:
    """A field of the parcel's documents as its customs reads it."""
    view = ledger.get(customs_of(ledger, parcel), f"/v1/parcels/{parcel}")
    return next(field["value"] for one in view["documents"] for field in one["fields"] if field["path"] == path)


def ask(ledger: Ledger, role: str, id_number: str, **more: Any) -> dict[str, Any]:
    return ledger.post(role, "/v1/quota", {"id_number": id_number, **more}, confirm=False)


def entry_of(view: dict[str, Any], parcel: str) -> dict[str, Any] | None:
    return next((entry for entry in view["entries"] if entry["parcel_id"] == parcel), None)


def test_customs_reads_what_a_buyer_has_used(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    gateway, now = ledger.gateway, ledger.gateway.now()
    number = field_of(ledger, parcel, "InventoryHead.buyerIdNumber")
    with gateway.database.write() as connection:
        reserve_for_acceptance(
            connection, gateway.consortium_key, held_declarations(connection, [bytes.fromhex(parcel)]), now
        )
    view = ask(ledger, "customs_pudong", number)
    entry = entry_of(view, parcel)
    assert entry is not None
    assert (entry["state"], entry["counted"]) == ("reserved", entry["amount"])
    assert Decimal(view["counted"]) + Decimal(view["left"]) == Decimal(view["limit"]) == 26_000
    with gateway.database.write() as connection:
        follow(connection, gateway.consortium_key, {bytes.fromhex(parcel): State.Rejected}, now)
    # A person's year is one, whichever district asks.
    after = ask(ledger, "customs_suzhou", number.lower(), year=view["year"])
    entry = entry_of(after, parcel)
    assert entry is not None
    assert (entry["state"], entry["counted"]) == ("released", "0.00")
    assert entry_of(ask(ledger, "customs_suzhou", number, year=view["year"] - 1), parcel) is None


def test_a_number_that_bought_nothing_has_all_of_its_year(ledger: Ledger) -> None:
    view = ask(ledger, "customs_pudong", NOBODY)
    assert (view["counted"], view["left"], view["entries"]) == ("0.00", "26000.00", [])


@pytest.mark.parametrize("role", ["platform", "site_operator", "market_regulator", "governance"])
def test_only_customs_reads_it(ledger: Ledger, role: str) -> None:
    refuse(ledger, role, "/v1/quota", {"id_number": NOBODY}, 403, "Forbidden")


def test_without_a_key_nothing_is_told(ledger: Ledger) -> None:
    is_problem(ledger.client().post("/v1/quota", json={"id_number": NOBODY}), 401, "Unauthenticated")


@pytest.mark.parametrize(
    "body",
    [
        {"id_number": NOBODY * 4},
        {"id_number": int(NOBODY)},
        {"id_number": [NOBODY]},
        {"id_number": f"{NOBODY}\ud800"},
        {"id_number": NOBODY, "year": 1999},
        {"idNumber": NOBODY},
        {"id_number": "x", "note": NOBODY},
        NOBODY,
        [NOBODY],
        int(NOBODY),
        {"id_number": "  "},
        {},
    ],
)
def test_a_wrong_question_is_refused_without_repeating_the_number(ledger: Ledger, body: Any) -> None:
    # written with escapes, so that half a surrogate pair is sent as such
    answer = ledger.client("customs_pudong").post(
        "/v1/quota", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    is_problem(answer, 422, "InvalidInput")
    assert NOBODY not in answer.text


def test_a_number_stands_in_no_answer_and_no_log(ledger: Ledger) -> None:
    answer = ledger.client("customs_pudong").post("/v1/quota", json={"id_number": NOBODY})
    assert answer.status_code == 200
    assert NOBODY not in answer.text + str(answer.headers)
    assert '"route":"/v1/quota"' in LOG.getvalue()
    assert NOBODY not in LOG.getvalue()
    is_problem(ledger.client("customs_pudong").get("/v1/quota", params={"id_number": NOBODY}), 405, "MethodNotAllowed")
    assert NOBODY not in LOG.getvalue()
