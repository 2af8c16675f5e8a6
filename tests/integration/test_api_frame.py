"""What holds for every request: who may come in, how much, how often, and how a refusal reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from backend.api.limits import Buckets, Limits
from backend.app import create_app
from backend.services import parcels, status
from tests.support.asking import is_problem
from tests.support.running import LOG, NO_LIMITS, Ledger, served, until

H8, H32, H64 = "0" * 8, "0" * 32, "0" * 64
ADDRESS = "0x" + "11" * 20

#: Every route: an address that fits it, and who may ask. "none": without a key; otherwise the roles whose key
#: has the scope that the route needs. A route without a row here fails a test.
ROUTES: dict[tuple[str, str], tuple[str, set[str]]] = {
    ("POST", "/v1/messages"): ("/v1/messages", {"enterprise"}),
    ("GET", "/v1/parcels/{parcel_id}"): (f"/v1/parcels/{H64}", {"none"}),
    ("GET", "/v1/parcels/{parcel_id}/certificate"): (f"/v1/parcels/{H64}/certificate", {"none"}),
    ("GET", "/v1/parcels/{parcel_id}/refund-evidence"): (
        f"/v1/parcels/{H64}/refund-evidence",
        {"enterprise", "authority"},
    ),
    ("GET", "/v1/trust"): ("/v1/trust", {"none"}),
    ("GET", "/v1/parcels"): ("/v1/parcels", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/lists/{list_no}"): ("/v1/lists/22332026E000000000", {"enterprise", "authority"}),
    ("GET", "/v1/manifests/{manifest}"): (f"/v1/manifests/0x{H64}", {"none"}),
    ("POST", "/v1/records"): ("/v1/records", {"enterprise", "authority"}),
    ("POST", "/v1/participants"): ("/v1/participants", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/participants"): ("/v1/participants", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/participants/{participant_no}"): (
        "/v1/participants/1",
        {"enterprise", "authority", "governance"},
    ),
    ("POST", "/v1/participants/{participant_no}/accounts"): (
        "/v1/participants/1/accounts",
        {"enterprise", "authority", "governance"},
    ),
    ("DELETE", "/v1/participants/{participant_no}/accounts/{address}"): (
        f"/v1/participants/1/accounts/{ADDRESS}",
        {"enterprise", "authority", "governance"},
    ),
    ("POST", "/v1/participants/{participant_no}/roles"): ("/v1/participants/1/roles", {"governance"}),
    ("POST", "/v1/participants/{participant_no}/credit-grade"): (
        "/v1/participants/1/credit-grade",
        {"authority"},
    ),
    ("POST", "/v1/participants/{participant_no}/suspension"): (
        "/v1/participants/1/suspension",
        {"governance"},
    ),
    ("GET", "/v1/blacklist"): ("/v1/blacklist", {"none"}),
    ("GET", "/v1/blacklist/listings/{listing_id}"): ("/v1/blacklist/listings/999", {"none"}),
    ("POST", "/v1/blacklist/listings"): ("/v1/blacklist/listings", {"authority"}),
    ("POST", "/v1/blacklist/listings/{listing_id}/confirmations"): (
        "/v1/blacklist/listings/999/confirmations",
        {"authority"},
    ),
    ("POST", "/v1/blacklist/listings/{listing_id}/lift"): ("/v1/blacklist/listings/999/lift", {"authority"}),
    ("POST", "/v1/quota"): ("/v1/quota", {"authority"}),
    ("GET", "/v1/tax-bills"): ("/v1/tax-bills", {"enterprise", "authority"}),
    ("POST", "/v1/payment-requests"): ("/v1/payment-requests", {"authority"}),
    ("GET", "/v1/payment-requests"): ("/v1/payment-requests", {"enterprise", "authority"}),
    ("GET", "/v1/payment-requests/{payment_request_id}"): (
        "/v1/payment-requests/999999",
        {"enterprise", "authority"},
    ),
    ("POST", "/v1/payment-requests/{payment_request_id}/answer"): (
        "/v1/payment-requests/999999/answer",
        {"enterprise"},
    ),
    ("GET", "/v1/matching"): ("/v1/matching", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/matching/{district}"): ("/v1/matching/9999", {"enterprise", "authority", "governance"}),
    ("PUT", "/v1/matching/{district}"): ("/v1/matching/9999", {"authority", "governance"}),
    ("GET", "/v1/rates"): ("/v1/rates", {"enterprise", "authority", "governance"}),
    ("PUT", "/v1/rates"): ("/v1/rates", {"governance"}),
    ("GET", "/v1/risk/{district}"): ("/v1/risk/9999", {"authority", "governance"}),
    ("PUT", "/v1/risk/{district}"): ("/v1/risk/9999", {"authority", "governance"}),
    ("GET", "/v1/credit/{participant_no}"): ("/v1/credit/1", {"authority", "governance"}),
    ("GET", "/v1/draws/{district}"): ("/v1/draws/9999", {"none"}),
    ("GET", "/v1/blacklist/mine"): ("/v1/blacklist/mine", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/blacklist/rules"): ("/v1/blacklist/rules", {"none"}),
    ("GET", "/v1/blacklist/proposal-rule"): ("/v1/blacklist/proposal-rule", {"none"}),
    ("PUT", "/v1/blacklist/proposal-rule"): ("/v1/blacklist/proposal-rule", {"governance"}),
    ("POST", "/v1/blacklist/rules/hearing"): ("/v1/blacklist/rules/hearing", {"governance"}),
    ("POST", "/v1/blacklist/rules/urgency"): ("/v1/blacklist/rules/urgency", {"governance"}),
    ("POST", "/v1/blacklist/rules/confirmations"): ("/v1/blacklist/rules/confirmations", {"governance"}),
    ("POST", "/v1/blacklist/listings/{listing_id}/statements"): (
        "/v1/blacklist/listings/999/statements",
        {"enterprise", "authority", "governance"},
    ),
    ("POST", "/v1/blacklist/listings/{listing_id}/appeal"): (
        "/v1/blacklist/listings/999/appeal",
        {"enterprise", "authority", "governance"},
    ),
    ("POST", "/v1/blacklist/listings/{listing_id}/appeal/decision"): (
        "/v1/blacklist/listings/999/appeal/decision",
        {"authority"},
    ),
    ("POST", "/v1/blacklist/listings/{listing_id}/repair"): (
        "/v1/blacklist/listings/999/repair",
        {"enterprise", "authority", "governance"},
    ),
    ("POST", "/v1/blacklist/listings/{listing_id}/repair/decision"): (
        "/v1/blacklist/listings/999/repair/decision",
        {"authority"},
    ),
    ("GET", "/v1/cases"): ("/v1/cases", {"none"}),
    ("GET", "/v1/cases/security"): ("/v1/cases/security?route=ExOfficio&goods_value=100.00", {"none"}),
    ("GET", "/v1/cases/{case_id}"): ("/v1/cases/999", {"none"}),
    ("POST", "/v1/cases/notices"): ("/v1/cases/notices", {"authority"}),
    ("POST", "/v1/cases/complaints"): ("/v1/cases/complaints", {"enterprise"}),
    ("POST", "/v1/cases/{case_id}/detention-request"): ("/v1/cases/999/detention-request", {"enterprise"}),
    ("POST", "/v1/cases/{case_id}/detention"): ("/v1/cases/999/detention", {"authority"}),
    ("POST", "/v1/cases/{case_id}/refusal"): ("/v1/cases/999/refusal", {"authority"}),
    ("POST", "/v1/cases/{case_id}/finding"): ("/v1/cases/999/finding", {"authority"}),
    ("POST", "/v1/cases/{case_id}/appeal"): ("/v1/cases/999/appeal", {"enterprise", "authority", "governance"}),
    ("POST", "/v1/cases/{case_id}/appeal-decision"): ("/v1/cases/999/appeal-decision", {"authority"}),
    ("POST", "/v1/cases/{case_id}/finality"): ("/v1/cases/999/finality", {"enterprise", "authority", "governance"}),
    ("POST", "/v1/cases/{case_id}/court-notice"): ("/v1/cases/999/court-notice", {"authority"}),
    ("POST", "/v1/cases/{case_id}/ruling"): ("/v1/cases/999/ruling", {"authority"}),
    ("POST", "/v1/cases/{case_id}/withdrawal"): ("/v1/cases/999/withdrawal", {"enterprise"}),
    ("POST", "/v1/cases/{case_id}/counter-bond"): ("/v1/cases/999/counter-bond", {"authority"}),
    ("POST", "/v1/cases/{case_id}/lapse"): ("/v1/cases/999/lapse", {"enterprise", "authority", "governance"}),
    ("POST", "/v1/cases/{case_id}/disposal"): ("/v1/cases/999/disposal", {"authority"}),
    ("POST", "/v1/cases/{case_id}/disposal/impossible"): ("/v1/cases/999/disposal/impossible", {"authority"}),
    ("POST", "/v1/platform-notices"): ("/v1/platform-notices", {"enterprise"}),
    ("GET", "/v1/platform-notices"): ("/v1/platform-notices", {"none"}),
    ("GET", "/v1/platform-notices/{notice_id}"): ("/v1/platform-notices/999999", {"none"}),
    ("POST", "/v1/platform-notices/{notice_id}/facts/{fact}"): (
        "/v1/platform-notices/999999/facts/received",
        {"enterprise"},
    ),
    ("POST", "/v1/release-instructions"): ("/v1/release-instructions", {"authority"}),
    ("GET", "/v1/release-instructions"): ("/v1/release-instructions", {"enterprise", "authority"}),
    ("GET", "/v1/release-instructions/{instruction_id}"): (
        "/v1/release-instructions/999999",
        {"enterprise", "authority"},
    ),
    ("POST", "/v1/release-instructions/{instruction_id}/acknowledgement"): (
        "/v1/release-instructions/999999/acknowledgement",
        {"enterprise"},
    ),
    ("POST", "/v1/release-instructions/{instruction_id}/{act}"): (
        "/v1/release-instructions/999999/refusal",
        {"enterprise", "authority"},
    ),
    ("POST", "/v1/summaries"): ("/v1/summaries", {"enterprise"}),
    ("GET", "/v1/summaries"): ("/v1/summaries", {"enterprise", "authority"}),
    ("GET", "/v1/summaries/closings/{closing_id}"): ("/v1/summaries/closings/999999", {"enterprise", "authority"}),
    ("GET", "/v1/summaries/closings/{closing_id}/message"): (
        "/v1/summaries/closings/999999/message?dxp_id=DXPENT0000000001",
        {"enterprise", "authority"},
    ),
    ("GET", "/v1/summaries/closings/{closing_id}/answers"): (
        "/v1/summaries/closings/999999/answers",
        {"enterprise", "authority"},
    ),
    ("GET", "/v1/summaries/{summary_id}"): ("/v1/summaries/999999", {"enterprise", "authority"}),
    ("GET", "/v1/summaries/{summary_id}/proof"): ("/v1/summaries/999999/proof", {"enterprise", "authority"}),
    ("GET", "/v1/lanes"): ("/v1/lanes", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/lanes/{lane_id}"): ("/v1/lanes/999999", {"enterprise", "authority", "governance"}),
    ("POST", "/v1/lanes"): ("/v1/lanes", {"authority"}),
    ("POST", "/v1/lanes/{lane_id}/acceptance"): ("/v1/lanes/999999/acceptance", {"authority"}),
    ("POST", "/v1/lanes/{lane_id}/end"): ("/v1/lanes/999999/end", {"authority"}),
    ("GET", "/v1/consignments"): ("/v1/consignments", {"enterprise", "authority"}),
    ("GET", "/v1/consignments/{consignment}"): (f"/v1/consignments/0x{H64}", {"enterprise", "authority"}),
    ("POST", "/v1/consignments"): ("/v1/consignments", {"enterprise"}),
    ("POST", "/v1/consignments/{consignment}/contents"): (f"/v1/consignments/0x{H64}/contents", {"enterprise"}),
    ("POST", "/v1/consignments/{consignment}/removals"): (
        f"/v1/consignments/0x{H64}/removals",
        {"enterprise", "authority"},
    ),
    ("POST", "/v1/consignments/{consignment}/verification"): (
        f"/v1/consignments/0x{H64}/verification",
        {"authority"},
    ),
    ("POST", "/v1/consignments/{consignment}/anomalies"): (
        f"/v1/consignments/0x{H64}/anomalies",
        {"enterprise", "authority"},
    ),
    ("POST", "/v1/consignments/{consignment}/{act}"): (
        f"/v1/consignments/0x{H64}/departure",
        {"enterprise", "authority"},
    ),
    ("GET", "/v1/returns/{parcel_id}"): (f"/v1/returns/{H64}", {"enterprise", "authority"}),
    ("POST", "/v1/returns/{parcel_id}/findings"): (f"/v1/returns/{H64}/findings", {"authority"}),
    ("POST", "/v1/returns/{parcel_id}/sequels"): (f"/v1/returns/{H64}/sequels", {"enterprise"}),
    ("POST", "/v1/books"): ("/v1/books", {"authority"}),
    ("GET", "/v1/books"): ("/v1/books", {"enterprise", "authority"}),
    ("GET", "/v1/books/{number}"): ("/v1/books/H0000", {"enterprise", "authority"}),
    ("POST", "/v1/books/{number}/closure"): ("/v1/books/H0000/closure", {"authority"}),
    ("GET", "/v1/books/{number}/movements"): ("/v1/books/H0000/movements", {"enterprise", "authority"}),
    ("POST", "/v1/books/{number}/movements"): ("/v1/books/H0000/movements", {"enterprise", "authority"}),
    ("POST", "/v1/books/{number}/transfers"): ("/v1/books/H0000/transfers", {"enterprise"}),
    ("POST", "/v1/books/transfers/{transfer_id}/{end}"): (
        "/v1/books/transfers/999999/refusal",
        {"enterprise", "authority"},
    ),
    ("GET", "/v1/flow"): ("/v1/flow", {"enterprise", "authority"}),
    ("GET", "/v1/anomalies"): ("/v1/anomalies", {"enterprise", "authority"}),
    ("POST", "/v1/anomalies/{anomaly_id}/settlement"): ("/v1/anomalies/999999/settlement", {"authority"}),
    ("POST", "/v1/reinspections"): ("/v1/reinspections", {"authority"}),
    ("GET", "/v1/rights"): ("/v1/rights", {"none"}),
    ("GET", "/v1/rights/{right_id}"): ("/v1/rights/999", {"none"}),
    ("POST", "/v1/rights"): ("/v1/rights", {"enterprise"}),
    ("POST", "/v1/rights/{right_id}/changes"): ("/v1/rights/999/changes", {"enterprise"}),
    ("POST", "/v1/rights/{right_id}/renewals"): ("/v1/rights/999/renewals", {"enterprise"}),
    ("POST", "/v1/rights/{right_id}/withdrawal"): ("/v1/rights/999/withdrawal", {"enterprise"}),
    ("POST", "/v1/rights/{right_id}/approval"): ("/v1/rights/999/approval", {"authority"}),
    ("POST", "/v1/rights/{right_id}/refusal"): ("/v1/rights/999/refusal", {"authority"}),
    ("POST", "/v1/rights/{right_id}/revocation"): ("/v1/rights/999/revocation", {"authority"}),
    ("POST", "/v1/rights/{right_id}/licences"): ("/v1/rights/999/licences", {"enterprise"}),
    ("POST", "/v1/rights/{right_id}/licences/{seller_no}/end"): ("/v1/rights/999/licences/999/end", {"enterprise"}),
    ("PUT", "/v1/headquarters"): ("/v1/headquarters", {"governance"}),
    # Rights holders as well; the enterprise here is none.
    ("GET", "/v1/suspicions"): ("/v1/suspicions", {"authority"}),
    ("GET", "/v1/working-days"): ("/v1/working-days", {"none"}),
    ("PUT", "/v1/working-days"): ("/v1/working-days", {"governance"}),
    # The demo's governance key is an operator's as well.
    ("POST", "/v1/receipts"): ("/v1/receipts", {"enterprise", "governance"}),
    ("GET", "/v1/receipts/relayed"): ("/v1/receipts/relayed", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/operations"): ("/v1/operations", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/operations/{operation_id}"): (
        f"/v1/operations/{H32}",
        {"enterprise", "authority", "governance"},
    ),
    ("POST", "/v1/operations/{operation_id}/retry"): (
        f"/v1/operations/{H32}/retry",
        {"enterprise", "authority", "governance"},
    ),
    ("POST", "/v1/operations/{operation_id}/cancel"): (
        f"/v1/operations/{H32}/cancel",
        {"enterprise", "authority", "governance"},
    ),
    ("GET", "/v1/receipts"): ("/v1/receipts", {"enterprise", "authority", "governance"}),
    ("POST", "/v1/webhooks"): ("/v1/webhooks", {"enterprise", "authority"}),
    ("GET", "/v1/webhooks"): ("/v1/webhooks", {"enterprise", "authority"}),
    ("DELETE", "/v1/webhooks/{webhook_id}"): ("/v1/webhooks/999", {"enterprise", "authority"}),
    ("POST", "/v1/webhooks/{webhook_id}/replay"): ("/v1/webhooks/999/replay", {"enterprise", "authority"}),
    ("POST", "/v1/webhooks/{webhook_id}/ping"): ("/v1/webhooks/999/ping", {"enterprise", "authority"}),
    ("GET", "/v1/webhooks/{webhook_id}/dead"): ("/v1/webhooks/999/dead", {"enterprise", "authority"}),
    ("POST", "/v1/webhooks/{webhook_id}/dead/{delivery_id}/retry"): (
        f"/v1/webhooks/999/dead/{H8}-0000-0000-0000-{H8}0000/retry",
        {"enterprise", "authority"},
    ),
    ("GET", "/v1/requests"): ("/v1/requests", {"authority", "governance"}),
    ("POST", "/v1/requests/{request_id}/decision"): ("/v1/requests/999999/decision", {"authority"}),
    # Of a participant that the enterprise is not.
    ("GET", "/v1/participants/{participant_no}/certificates"): (
        "/v1/participants/1/certificates",
        {"authority", "governance"},
    ),
    ("POST", "/v1/participants/{participant_no}/certificates"): (
        "/v1/participants/1/certificates",
        {"enterprise", "authority", "governance"},
    ),
    ("DELETE", "/v1/participants/{participant_no}/certificates/{fingerprint}"): (
        f"/v1/participants/1/certificates/{H64}",
        {"governance"},
    ),
    ("PUT", "/v1/participants/{participant_no}/signature-policy"): (
        "/v1/participants/1/signature-policy",
        {"enterprise", "authority", "governance"},
    ),
    ("GET", "/v1/participants/{participant_no}/signature-refusals"): (
        "/v1/participants/1/signature-refusals",
        {"authority", "governance"},
    ),
    ("GET", "/v1/statistics"): ("/v1/statistics", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/process"): ("/v1/process", {"authority", "governance"}),
    ("GET", "/v1/process/model.svg"): ("/v1/process/model.svg", {"authority", "governance"}),
    ("GET", "/v1/process/log"): ("/v1/process/log", {"authority", "governance"}),
    ("GET", "/v1/process/scenarios"): ("/v1/process/scenarios", {"authority", "governance"}),
    ("GET", "/v1/process/simulation"): (
        "/v1/process/simulation?scenario=no-change&replications=20&parcels=1",
        {"authority", "governance"},
    ),
    ("GET", "/v1/me"): ("/v1/me", {"enterprise", "authority", "governance"}),
    ("GET", "/v1/keys"): ("/v1/keys", {"enterprise", "authority", "governance"}),
    ("POST", "/v1/keys"): ("/v1/keys", {"enterprise", "authority", "governance"}),
    ("DELETE", "/v1/keys/{key_id}"): ("/v1/keys/999999", {"enterprise", "authority", "governance"}),
    ("GET", "/healthz"): ("/healthz", {"none"}),
    ("GET", "/readyz"): ("/readyz", {"none"}),
    ("GET", "/v1/status"): ("/v1/status", {"none"}),
    ("GET", "/metrics"): ("/metrics", {"none"}),
    ("GET", "/problems/{title}"): ("/problems/SellerBarred", {"none"}),
}

CLOSED = {route: row for route, row in ROUTES.items() if row[1] != {"none"}}
ROLE_OF = {"enterprise": "platform", "authority": "customs_pudong", "governance": "governance"}


def named(route: tuple[str, str]) -> str:
    return " ".join(route)


# ---------------------------------------------------------------------------------------------------
# Routes


def test_every_route_has_a_row_here_and_no_row_is_left_over(ledger: Ledger) -> None:
    described = ledger.get(None, "/openapi.json")["paths"]
    found = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert found == ROUTES.keys()


def test_operation_ids_are_unique_and_stable_names(ledger: Ledger) -> None:
    described = ledger.get(None, "/openapi.json")["paths"]
    ids = [operation["operationId"] for methods in described.values() for operation in methods.values()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[a-z_]+", name) for name in ids)


@pytest.mark.parametrize("route", CLOSED, ids=named)
def test_no_key_and_a_wrong_key_are_refused_alike(ledger: Ledger, route: tuple[str, str]) -> None:
    path = ROUTES[route][0]
    for headers in (
        {},
        {"Authorization": "Bearer gl_" + "A" * 43},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic Z2w6Z2w="},
        {"X-API-Key": "gl_" + "A" * 43},
        {"X-API-Key": "' OR 1=1 --"},
    ):
        answer = ledger.client().request(route[0], path, headers=headers)
        is_problem(answer, 401, "Unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("route", CLOSED, ids=named)
@pytest.mark.parametrize("scope", ROLE_OF)
def test_a_key_without_the_scope_is_refused(ledger: Ledger, route: tuple[str, str], scope: str) -> None:
    path, allowed = ROUTES[route]
    answer = ledger.client(ROLE_OF[scope]).request(route[0], path)
    if scope in allowed:
        assert not (answer.status_code == 403 and answer.json()["title"] == "Forbidden"), answer.text
    else:
        is_problem(answer, 403, "Forbidden")


@pytest.mark.parametrize("route", [route for route in ROUTES if ROUTES[route][1] == {"none"}], ids=named)
def test_public_routes_answer_without_a_key(ledger: Ledger, route: tuple[str, str]) -> None:
    assert ledger.client().request(route[0], ROUTES[route][0]).status_code in (200, 404)


# ---------------------------------------------------------------------------------------------------
# Refusals


def test_an_unknown_address_and_a_wrong_method_are_problems_too(ledger: Ledger) -> None:
    is_problem(ledger.client().get("/v1/nothing"), 404, "NotFound")
    is_problem(ledger.client().put("/v1/records"), 405, "MethodNotAllowed")


@pytest.mark.parametrize(
    "body",
    [
        b'{"step":',
        b"[" * 100_000,
        b'{"step": ' + b"1" * 10_000 + b"}",
        b"\xff\xfe{",
        b"\x00",
    ],
)
def test_json_that_cannot_be_parsed_is_refused(ledger: Ledger, body: bytes) -> None:
    answer = ledger.client("platform").post("/v1/records", content=body, headers={"Content-Type": "application/json"})
    is_problem(answer, 400, "MessageMalformed")


def test_a_body_of_another_type_is_refused(ledger: Ledger) -> None:
    answer = ledger.client("platform").post(
        "/v1/records", content=b"step=Release", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    is_problem(answer, 415, "MediaTypeUnsupported")


def test_every_fault_of_a_body_is_named_at_once(ledger: Ledger) -> None:
    answer = ledger.client("platform").post(
        "/v1/records", json={"step": "Vanish", "parcels": ["x"], "evidence": {}, "surprise": 1, "reference": " "}
    )
    body = is_problem(answer, 422, "InvalidInput")
    assert {fault["field"] for fault in body["faults"]} == {
        "step",
        "parcels.0",
        "evidence",
        "surprise",
        "reference",
    }
    assert all(fault["zh"] and fault["en"] and fault["rule"] for fault in body["faults"])


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/participants/1/suspension", {"suspended": 1}, "suspended"),
        ("/v1/participants/1/suspension", {"suspended": "true"}, "suspended"),
        ("/v1/participants", {"uscc": 9909960124, "name_zh": "甲", "name_en": "A"}, "uscc"),
        ("/v1/keys", {"participant_no": True, "scopes": ["enterprise"], "label": "x"}, "participant_no"),
        ("/v1/keys", {"participant_no": "1", "scopes": ["enterprise"], "label": "x"}, "participant_no"),
        ("/v1/keys", {"participant_no": 1.0, "scopes": ["enterprise"], "label": "x"}, "participant_no"),
    ],
)
def test_a_value_of_another_type_is_not_bent_into_shape(
    ledger: Ledger, path: str, body: dict[str, Any], field: str
) -> None:
    answer = ledger.client("governance").post(path, json=body)
    assert is_problem(answer, 422, "InvalidInput")["field"] == field


def test_half_a_surrogate_pair_is_refused_not_a_fault(ledger: Ledger) -> None:
    answer = ledger.client("platform").post(
        "/v1/records",
        content=b'{"step":"Release","parcels":["' + b"0" * 64 + b'"],"evidence":{"note":"\\ud800"}}',
        headers={"Content-Type": "application/json"},
    )
    is_problem(answer, 422, "InvalidInput")


def test_a_fault_of_our_own_says_nothing_of_its_inside(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret path /var/lib and 330102188001010011")

    monkeypatch.setattr(parcels.readmodel, "places_of", broken)
    answer = ledger.client().get(f"/v1/parcels/{H64}", headers={"X-Request-Id": "traced-0001"})
    body = is_problem(answer, 500, "InternalFault")
    assert body["request_id"] == answer.headers["x-request-id"] == "traced-0001"
    assert "secret" not in answer.text
    assert "330102188001010011" not in answer.text
    logged = LOG.getvalue()
    assert '"fault":"RuntimeError"' in logged
    assert "330102188001010011" not in logged


def test_what_each_problem_means_can_be_looked_up(ledger: Ledger) -> None:
    found = ledger.get(None, "/problems/SellerBarred")
    assert found["status"] == 409
    assert found["zh"]
    is_problem(ledger.client().get("/problems/NoSuchThing"), 404, "NotFound")


# ---------------------------------------------------------------------------------------------------
# How much, how often


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 65_536 + 1):
        yield b" " * 65_536


def test_a_body_that_is_too_large_is_refused_announced_or_not(ledger: Ledger) -> None:
    largest = ledger.settings.largest_message
    headers = {"Content-Type": "application/xml"}
    client = ledger.client("platform")
    for content in (b" " * (largest + 1), chunks(largest + 1)):
        answer = client.post("/v1/messages", content=content, headers=headers)
        assert is_problem(answer, 413, "MessageTooLarge")["most"] == largest


def test_a_caller_that_asks_too_often_is_told_when_to_come_back(ledger: Ledger) -> None:
    few = Limits(by_address=Buckets(0.5, 5), by_key=Buckets(1e6, 10**6))
    with served(create_app(ledger.gateway, None, few)) as address, httpx.Client(trust_env=False) as client:
        answers = [client.get(f"{address}/v1/blacklist") for _ in range(8)]
        assert [answer.status_code for answer in answers[:5]] == [200] * 5
        is_problem(answers[-1], 429, "RateLimited")
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert client.get(f"{address}/healthz").status_code == 200


def test_a_key_has_a_bucket_of_its_own(ledger: Ledger) -> None:
    few = Limits(by_address=Buckets(1e6, 10**6), by_key=Buckets(0.5, 3))
    with served(create_app(ledger.gateway, None, few)) as address, httpx.Client(trust_env=False) as client:

        def ask(role: str) -> int:
            headers = {"Authorization": f"Bearer {ledger.keys[role]}"}
            return client.get(f"{address}/v1/me", headers=headers).status_code

        assert [ask("platform") for _ in range(4)] == [200, 200, 200, 429]
        assert ask("payment") == 200


def test_nobody_tries_keys_out(ledger: Ledger) -> None:
    few = Limits(NO_LIMITS.by_address, NO_LIMITS.by_key, wrong_keys=Buckets(0.01, 5))
    with served(create_app(ledger.gateway, None, few)) as address, httpx.Client(trust_env=False) as client:
        wrong = {"Authorization": "Bearer gl_" + "B" * 43}
        answers = [client.get(f"{address}/v1/me", headers=wrong).status_code for _ in range(7)]
        assert answers == [401] * 5 + [429] * 2
        assert client.get(f"{address}/v1/blacklist").status_code == 200


# ---------------------------------------------------------------------------------------------------
# Headers, health, metrics


def test_every_answer_has_an_id_and_forbids_scripts_and_frames(ledger: Ledger) -> None:
    for path in ("/healthz", "/v1/nothing", "/openapi.json", "/", "/v1/me"):
        answer = ledger.client().get(path)
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
        policy = answer.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_request_id_that_could_forge_a_log_line_is_replaced(ledger: Ledger) -> None:
    answer = ledger.client().get("/healthz", headers={"X-Request-Id": "x\ty{}"})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


def test_the_description_needs_nothing_from_elsewhere_and_no_page_loads_any(ledger: Ledger) -> None:
    assert ledger.get(None, "/openapi.json")["openapi"].startswith("3.")
    for path in ("/docs", "/redoc"):
        assert ledger.client().get(path).status_code == 404


def test_the_log_has_a_json_line_a_request_and_no_key(ledger: Ledger) -> None:
    ledger.client("platform").get("/v1/me", headers={"X-Request-Id": "logged-00001"})
    until(lambda: "logged-00001" in LOG.getvalue(), "the request's line is written")
    (line,) = [json.loads(line) for line in LOG.getvalue().splitlines() if "logged-00001" in line]
    assert line["route"] == "/v1/me"
    assert line["participant_no"] == ledger.numbers["platform"]
    assert not [key for key in ledger.keys.values() if key in LOG.getvalue()]


def test_status_says_head_cursor_lag_and_what_waits(ledger: Ledger) -> None:
    found = ledger.get(None, "/v1/status")
    assert found["chain"]["reachable"]
    assert found["chain"]["chain_id"] == found["chain"]["expected_chain_id"] == 31337
    assert found["chain"]["head"] > 0
    assert found["cursor"]["block"] > 0
    assert found["cursor"]["lag_blocks"] >= 0
    assert found["outbox"].keys() >= {"waiting", "sent", "quarantined", "oldest_waiting_at"}
    assert found["runner"].keys() >= {"indexer", "sender"}
    assert isinstance(found["blocked"], list)


def test_readiness_falls_with_the_chain_and_the_process_lives_on(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ledger.get(None, "/readyz")["status"] == "ready"
    unreachable = status.ChainStanding(None, None, None, None, "ChainUnavailable")
    monkeypatch.setattr(status, "chain_standing", lambda _: unreachable)
    answer = ledger.client().get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["chain"]) == (503, False)
    assert ledger.client().get("/healthz").status_code == 200
    found = ledger.get(None, "/v1/status")
    assert found["blocked"][0]["reason"] == "ChainUnavailable"


def test_metrics_parse_and_count_requests_by_route_not_by_address(ledger: Ledger) -> None:
    ledger.client().get(f"/v1/parcels/{H64}")
    families = {family.name: family for family in text_string_to_metric_families(ledger.client().get("/metrics").text)}
    assert families.keys() >= {
        "guanlian_requests",
        "guanlian_request_seconds",
        "guanlian_documents",
        "guanlian_cursor_lag_blocks",
        "guanlian_outbox_rows",
        "guanlian_chain_head",
    }
    routes = {sample.labels.get("route") for sample in families["guanlian_requests"].samples}
    assert "/v1/parcels/{parcel_id}" in routes
    assert not any(H64 in str(route) for route in routes)
