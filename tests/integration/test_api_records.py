"""Steps over HTTP: taken by who may, refused by rule, each with its evidence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.asking import NOTE, customs_of, is_problem, step
from tests.support.running import Ledger


def refuse(ledger: Ledger, role: str, body: dict[str, Any], status: int, title: str) -> dict[str, Any]:
    return is_problem(ledger.client(role).post("/v1/records", json=body), status, title)


def test_a_parcel_goes_from_acceptance_to_delivery_and_closure(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    customs = customs_of(ledger, parcel)
    ledger.record(customs, "Acceptance", [parcel])
    ledger.record("site_operator", "Arrival", [parcel])
    ledger.record(customs, "InspectionOrdered", [parcel], reason="random")
    ledger.record(customs, "InspectionPassed", [parcel], result="as declared")
    ledger.record(customs, "Release", [parcel])
    ledger.record("logistics_east", "Delivery", [parcel])
    ledger.record(customs, "Closure", [parcel])
    view = ledger.indexed(parcel, lambda view: view["state"] == "Closed")
    assert [(entry["step"], entry["state"]) for entry in view["history"]][4:] == [
        ("Acceptance", "Accepted"),
        ("Arrival", "Accepted"),
        ("InspectionOrdered", "Accepted"),
        ("InspectionPassed", "Accepted"),
        ("Release", "Released"),
        ("Delivery", "Delivered"),
        ("Closure", "Closed"),
    ]
    assert "Inspected" in view["flags"]


def test_a_write_answers_202_and_where_to_follow_it(ledger: Ledger, fresh: list[str]) -> None:
    answer = ledger.client("site_operator").post("/v1/records", json=step("Arrival", *fresh))
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/operations/{answer.json()['operation_id']}"
    found = ledger.settled("site_operator", answer.json()["operation_id"])
    assert found["status"] == "confirmed"
    assert all(item["transaction"] and item["block"] for item in found["items"]), json.dumps(found["items"])


def test_each_parcel_may_have_evidence_of_its_own(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    customs = customs_of(ledger, parcel)
    evidence_of = {parcel: {"match": "complete", "score": 1, "lines": [1, 2]}}
    body = {"step": "Acceptance", "parcels": [parcel], "evidence_of": evidence_of}
    ledger.post(customs, "/v1/records", body)
    view = ledger.indexed(parcel, lambda view: view["state"] == "Accepted", customs)
    (kept,) = [document for document in view["documents"] if document["kind"] == "Evidence"]
    assert {field["path"]: field["value"] for field in kept["fields"]} == {
        "match": "complete",
        "score": "1",
        "lines.1": "1",
        "lines.2": "2",
    }
    assert "Evidence" not in str(ledger.get("platform", f"/v1/parcels/{parcel}").get("documents"))


@pytest.mark.parametrize(
    ("role", "name", "status", "title"),
    [
        ("own customs", "Release", 409, "StepNotAllowed"),
        ("own customs", "Closure", 409, "StepNotAllowed"),
        ("own customs", "ReviewClosed", 409, "StepNotAllowed"),
        ("other customs", "Acceptance", 403, "DistrictNotCompetent"),
        ("platform", "Acceptance", 403, "RoleMissing"),
        ("site_operator", "Release", 403, "RoleMissing"),
        ("market_regulator", "Acceptance", 403, "RoleMissing"),
        ("logistics_east", "Delivery", 409, "StepNotAllowed"),
        ("own customs", "DetentionLifted", 409, "FlagsMissing"),
    ],
)
def test_a_step_out_of_order_or_out_of_place_is_refused_at_once(
    ledger: Ledger, fresh: list[str], role: str, name: str, status: int, title: str
) -> None:
    own = customs_of(ledger, fresh[0])
    other = "customs_suzhou" if own != "customs_suzhou" else "customs_pudong"
    who = {"own customs": own, "other customs": other}.get(role, role)
    refuse(ledger, who, step(name, fresh[0]), status, title)


def test_release_waits_for_arrival_and_for_an_open_inspection(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    view = ledger.get(None, f"/v1/parcels/{parcel}")
    customs = customs_of(ledger, parcel)
    ledger.record(customs, "Acceptance", [parcel])
    if view["supervision_mode"] == "9610":
        body = refuse(ledger, customs, step("Release", parcel), 409, "FlagsMissing")
        assert "Arrived" in body["flags"]
    ledger.record("site_operator", "Arrival", [parcel])
    ledger.record(customs, "InspectionOrdered", [parcel])
    body = refuse(ledger, customs, step("Release", parcel), 409, "FlagsBlocking")
    assert "Inspection" in body["flags"]


def test_what_is_on_its_way_counts_for_the_next_step(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    customs = customs_of(ledger, parcel)
    first = ledger.client(customs).post("/v1/records", json=step("Acceptance", parcel))
    second = ledger.client(customs).post("/v1/records", json=step("ReviewOpened", parcel))
    assert (first.status_code, second.status_code) == (202, 202)
    assert ledger.settled(customs, second.json()["operation_id"])["status"] == "confirmed"


def test_a_detained_parcel_waits_for_the_district_that_holds_it(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    customs = customs_of(ledger, parcel)
    ledger.record(customs, "Detention", [parcel], ground="suspected infringement")
    refuse(ledger, customs, step("Acceptance", parcel), 409, "FlagsBlocking")
    ledger.record(customs, "DetentionLifted", [parcel])
    ledger.record(customs, "Acceptance", [parcel])


def test_evidence_is_needed(ledger: Ledger, fresh: list[str]) -> None:
    customs = customs_of(ledger, fresh[0])
    body = {"step": "Acceptance", "parcels": fresh[:1]}
    refuse(ledger, customs, body, 422, "EvidenceMissing")
    refuse(ledger, customs, {**body, "evidence_of": {"00" * 32: NOTE}}, 422, "EvidenceMissing")
    refuse(ledger, customs, {**body, "evidence": {}}, 422, "InvalidInput")
    refuse(ledger, customs, {**body, "evidence": NOTE, "evidence_of": {fresh[0]: NOTE}}, 422, "InvalidInput")


@pytest.mark.parametrize(
    "evidence",
    [
        {"note": "x" * 5_000},
        {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}},
        {f"field{n}": n for n in range(300)},
        {"": "no name"},
        {"a.b": "dotted"},
    ],
)
def test_evidence_has_bounds(ledger: Ledger, fresh: list[str], evidence: dict[str, Any]) -> None:
    customs = customs_of(ledger, fresh[0])
    refuse(ledger, customs, step("Acceptance", fresh[0]) | {"evidence": evidence}, 422, "InvalidInput")


def test_unknown_parcels_are_not_found(ledger: Ledger) -> None:
    refuse(ledger, "customs_pudong", step("Acceptance", "ab" * 32), 404, "NotFound")


@pytest.mark.parametrize("name", ["Declaration", "DuplicateReported", "Acceptance ", "acceptance", 5, None, True])
def test_only_the_steps_of_the_table_are_steps(ledger: Ledger, name: Any) -> None:
    refuse(ledger, "customs_pudong", step(name, "ab" * 32), 422, "InvalidInput")


@pytest.mark.parametrize("parcels", [[], ["xyz"], "ab", ["AB" * 32], [7], ["ab" * 32] * 1_001])
def test_parcels_are_a_bounded_list_of_parcel_ids(ledger: Ledger, parcels: Any) -> None:
    body = {"step": "Acceptance", "parcels": parcels, "evidence": NOTE}
    refuse(ledger, "customs_pudong", body, 422, "InvalidInput")


def test_governance_takes_no_steps(ledger: Ledger) -> None:
    refuse(ledger, "governance", step("Acceptance", "ab" * 32), 403, "Forbidden")


def test_the_same_reference_gives_the_same_operation_and_no_second_record(ledger: Ledger, fresh: list[str]) -> None:
    body = step("Arrival", *fresh, reference=f"gate-{fresh[0][:20]}")
    first, again = (ledger.post("site_operator", "/v1/records", body) for _ in range(2))
    assert first["operation_id"] == again["operation_id"]
    other = {**body, "evidence": {"note": "another"}}
    refuse(ledger, "site_operator", other, 409, "Conflict")


def test_steps_of_many_manifests_travel_in_one_request(ledger: Ledger, fresh: list[str]) -> None:
    found = ledger.record("site_operator", "Arrival", fresh)
    assert sum(item["parcels"] for item in found["items"]) == len(fresh)
