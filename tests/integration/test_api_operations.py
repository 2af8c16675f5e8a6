"""Following submissions, and the keys that say whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from backend.services.simulation import simulate
from tests.support.asking import barred, is_problem, lifted
from tests.support.running import Ledger, until


@pytest.fixture(scope="module")
def operation_of_platform(ledger: Ledger) -> str:
    message = next(simulate(1, 4_001, "import", 0.0, barred=()).messages_of("311"))
    answer = ledger.client("platform").post(
        "/v1/messages", content=message.data, headers={"Content-Type": "application/xml"}
    )
    operation_id = str(answer.json()["operation_id"])
    ledger.settled("platform", operation_id)
    return operation_id


def test_a_submitter_and_governance_see_an_operation(ledger: Ledger, operation_of_platform: str) -> None:
    for role in ("platform", "governance"):
        view = ledger.get(role, f"/v1/operations/{operation_of_platform}")
        assert view["status"] == "confirmed"
        assert view["participant_no"] == ledger.numbers["platform"]
        assert view["documents"][0]["kind"] == "Order"


@pytest.mark.parametrize(
    "role", ["payment", "declarant", "customs_pudong", "market_regulator", "logistics_east", "rights_holder"]
)
def test_an_operation_of_another_is_not_found(ledger: Ledger, operation_of_platform: str, role: str) -> None:
    path = f"/v1/operations/{operation_of_platform}"
    is_problem(ledger.client(role).get(path), 404, "NotFound")
    is_problem(ledger.client(role).post(f"{path}/retry"), 404, "NotFound")
    is_problem(ledger.client(role).post(f"{path}/cancel"), 404, "NotFound")
    listed = ledger.get(role, "/v1/operations", limit=500)["items"]
    assert all(item["participant_no"] == ledger.numbers[role] for item in listed)


def test_what_is_confirmed_is_neither_retried_nor_cancelled(ledger: Ledger, operation_of_platform: str) -> None:
    for action in ("retry", "cancel"):
        answer = ledger.client("platform").post(f"/v1/operations/{operation_of_platform}/{action}")
        body = is_problem(answer, 409, "OperationNotPossible")
        assert body["operation_id"] == operation_of_platform
        assert body["given_status"] == "confirmed"


@pytest.mark.parametrize("operation_id", ["0" * 31, "0" * 33, "Z" * 32, "..%2f..%2fstatus"])
def test_what_is_no_operation_id_is_not_looked_up(ledger: Ledger, operation_id: str) -> None:
    assert ledger.client("platform").get(f"/v1/operations/{operation_id}").status_code in (404, 422)


def test_operations_are_listed_newest_first_by_pages(ledger: Ledger, operation_of_platform: str) -> None:
    found: list[str] = []
    cursor = None
    while True:
        page = ledger.get("governance", "/v1/operations", limit=7, **({"cursor": cursor} if cursor else {}))
        found += [item["operation_id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == sorted(set(found), reverse=True)
    assert operation_of_platform in found


def test_a_refused_declaration_says_why_and_goes_through_once_the_cause_is_gone(ledger: Ledger) -> None:
    message = next(simulate(1, 4_002, "import", 0.0, barred=()).messages_of("621"))
    dry = ledger.client("declarant").post(
        "/v1/messages",
        content=message.data,
        headers={"Content-Type": "application/xml"},
        params={"dry_run": "true"},
    )
    parcel = dry.json()["documents"][0]["parcel_id"]
    seller = ledger.seller_in(message)
    listing_id = barred(ledger, seller)
    answer = ledger.client("declarant").post(
        "/v1/messages",
        content=message.data,
        headers={"Content-Type": "application/xml"},
        params={"confirm": "true"},
    )
    body = is_problem(answer, 409, "SellerBarred")
    operation_id = body["operation_id"]
    assert body["operation"]["items"][0]["refusal"]["title"] == "SellerBarred"
    assert answer.headers["location"] == f"/v1/operations/{operation_id}"

    lifted(ledger, listing_id)
    assert ledger.client("declarant").post(f"/v1/operations/{operation_id}/retry").status_code == 202
    assert ledger.settled("declarant", operation_id)["status"] == "confirmed"
    ledger.indexed(parcel, lambda view: view["state"] == "Declared")


def test_a_refused_submission_can_be_given_up(ledger: Ledger) -> None:
    message = next(simulate(1, 4_003, "import", 0.0, barred=()).messages_of("621"))
    seller = ledger.seller_in(message)
    listing_id = barred(ledger, seller)
    answer = ledger.client("declarant").post(
        "/v1/messages", content=message.data, headers={"Content-Type": "application/xml"}
    )
    operation_id = answer.json()["operation_id"]
    assert ledger.settled("declarant", operation_id)["status"] == "quarantined"
    cancelled = ledger.client("declarant").post(f"/v1/operations/{operation_id}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (202, "cancelled")
    lifted(ledger, listing_id)


# ---------------------------------------------------------------------------------------------------
# Keys


def test_a_key_says_whom_it_speaks_for(ledger: Ledger) -> None:
    me = ledger.get("customs_pudong", "/v1/me")
    assert me["participant_no"] == ledger.numbers["customs_pudong"]
    assert (me["roles"], me["district"], me["scopes"]) == (["Customs"], "2233", ["authority"])
    assert ledger.get("governance", "/v1/me")["participant_no"] is None


def test_both_headers_carry_a_key(ledger: Ledger) -> None:
    answer = ledger.client().get("/v1/me", headers={"X-API-Key": ledger.keys["platform"]})
    assert answer.json()["participant_no"] == ledger.numbers["platform"]


def test_a_new_key_works_until_it_is_revoked_and_its_token_is_shown_once(ledger: Ledger) -> None:
    own = ledger.numbers["payment"]
    body = {"participant_no": own, "scopes": ["enterprise"], "label": "second till"}
    made = ledger.post("payment", "/v1/keys", body, confirm=False, status=201)
    token = made["token"]
    assert made["last_four"] == token[-4:]
    headers = {"Authorization": f"Bearer {token}"}
    assert ledger.client().get("/v1/me", headers=headers).json()["key_id"] == made["key_id"]
    listed = ledger.client("payment").get("/v1/keys")
    assert token not in listed.text
    assert made["key_id"] in [item["key_id"] for item in listed.json()["items"]]
    assert all(item["participant_no"] == own for item in listed.json()["items"])

    assert ledger.client("payment").delete(f"/v1/keys/{made['key_id']}").status_code == 204
    is_problem(ledger.client().get("/v1/me", headers=headers), 401, "Unauthenticated")
    with ledger.gateway.database.read() as connection:
        text = str(list(connection.exec_driver_sql("SELECT * FROM api_keys")))
    assert not [key for key in (token, *ledger.keys.values()) if key in text]


@pytest.mark.parametrize(
    ("role", "body", "status", "title"),
    [
        ("payment", {"participant_no": 1, "scopes": ["enterprise"], "label": "x"}, 403, "Forbidden"),
        ("payment", {"scopes": ["governance"], "label": "x"}, 403, "Forbidden"),
        ("payment", {"participant_no": "own", "scopes": ["authority"], "label": "x"}, 403, "Forbidden"),
        ("payment", {"participant_no": "own", "scopes": ["governance"], "label": "x"}, 403, "Forbidden"),
        ("governance", {"participant_no": 1, "scopes": ["governance"], "label": "x"}, 422, "InvalidInput"),
        ("governance", {"scopes": ["enterprise"], "label": "x"}, 422, "InvalidInput"),
        ("governance", {"participant_no": 1, "scopes": [], "label": "x"}, 422, "InvalidInput"),
        ("governance", {"participant_no": 1, "scopes": ["root"], "label": "x"}, 422, "InvalidInput"),
        ("governance", {"participant_no": 1, "scopes": ["enterprise"], "label": " "}, 422, "InvalidInput"),
        ("governance", {"participant_no": 99_999, "scopes": ["enterprise"], "label": "x"}, 404, "ParticipantUnknown"),
    ],
)
def test_nobody_gets_a_key_beyond_its_own_power(
    ledger: Ledger, role: str, body: dict[str, Any], status: int, title: str
) -> None:
    if body.get("participant_no") == "own":
        body = {**body, "participant_no": ledger.numbers[role]}
    is_problem(ledger.client(role).post("/v1/keys", json=body), status, title)


def test_a_key_of_another_is_neither_listed_nor_revoked(ledger: Ledger) -> None:
    platform = ledger.get("platform", "/v1/me")["key_id"]
    for role in ("payment", "customs_pudong"):
        is_problem(ledger.client(role).delete(f"/v1/keys/{platform}"), 404, "NotFound")
        assert platform not in [item["key_id"] for item in ledger.get(role, "/v1/keys")["items"]]
    assert ledger.get("platform", "/v1/me")["key_id"] == platform
    assert platform in [item["key_id"] for item in ledger.get("governance", "/v1/keys")["items"]]


def test_an_operator_reads_everything_and_writes_nothing(ledger: Ledger, operation_of_platform: str) -> None:
    body = {"scopes": ["operator"], "label": "night watch"}
    ledger.keys["operator"] = ledger.post("governance", "/v1/keys", body, confirm=False, status=201)["token"]
    assert ledger.get("operator", f"/v1/operations/{operation_of_platform}")["status"] == "confirmed"
    client = ledger.client("operator")
    is_problem(client.post(f"/v1/operations/{operation_of_platform}/cancel"), 403, "Forbidden")
    is_problem(client.post("/v1/participants", json={}), 403, "Forbidden")
    until(lambda: ledger.get("operator", "/v1/parcels")["complete_to_block"], "the list answers")
