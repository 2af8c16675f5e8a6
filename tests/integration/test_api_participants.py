"""Registering organisations over HTTP: by whom, under what identity, with which accounts."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domain.participants import legal_identity
from tests.support.asking import is_problem, newcomer, organisation, refuse
from tests.support.running import Ledger, member, until


def test_a_platform_registers_a_seller_which_then_has_a_number(ledger: Ledger) -> None:
    body = organisation()
    made = ledger.post("platform", "/v1/participants", body)
    assert made["status"] == "confirmed"
    assert made["registrar_no"] == ledger.numbers["platform"]
    number = made["participant_no"]

    def indexed() -> dict[str, Any] | None:
        answer = ledger.client("declarant").get(f"/v1/participants/{number}")
        return answer.json() if answer.status_code == 200 else None

    seen = until(indexed, "the seller is indexed")
    assert seen["roles"] == ["Seller"]
    assert seen["name_zh"] == body["name_zh"]
    assert seen["accounts"] == []
    assert seen["registrar_no"] == ledger.numbers["platform"]
    (found,) = ledger.get("declarant", "/v1/participants", code=body["uscc"])["items"]
    assert found["participant_no"] == number


def test_a_seller_that_is_registered_is_answered_with_its_number(ledger: Ledger) -> None:
    body = organisation()
    first = ledger.post("platform", "/v1/participants", body)
    again = ledger.post("customs_pudong", "/v1/participants", {**body, "name_zh": "改名"}, confirm=False)
    assert (again["participant_no"], again["standing"]) == (first["participant_no"], "known")
    number = again["participant_no"]
    found = until(
        lambda: ledger.get("platform", "/v1/participants", code=body["uscc"])["items"], "the seller is indexed"
    )
    assert (found[0]["participant_no"], found[0]["name_zh"]) == (number, body["name_zh"])


def test_the_same_registration_twice_before_the_chain_answers_is_one_operation(ledger: Ledger) -> None:
    body = organisation()
    first, second = (ledger.client("platform").post("/v1/participants", json=body) for _ in range(2))
    assert first.status_code == 202
    assert second.json()["operation_id"] in (first.json()["operation_id"], None)


def test_another_than_a_seller_is_registered_once(ledger: Ledger) -> None:
    body = {**organisation(), "uscc": member("payment").uscc, "roles": ["Payment"]}
    refuse(ledger, "governance", "/v1/participants", body, 409, "LegalIdentityTaken")
    body["roles"] = ["Seller"]
    refuse(ledger, "platform", "/v1/participants", body, 409, "LegalIdentityTaken")


@pytest.mark.parametrize("role", ["payment", "logistics_east", "declarant", "site_operator", "rights_holder"])
def test_only_platforms_and_customs_register_sellers(ledger: Ledger, role: str) -> None:
    refuse(ledger, role, "/v1/participants", organisation(), 403, "RoleMissing")


def test_a_market_regulator_registers_nobody(ledger: Ledger) -> None:
    refuse(ledger, "market_regulator", "/v1/participants", organisation(), 403, "RoleMissing")


@pytest.mark.parametrize(
    "more",
    [
        {"roles": ["Customs"], "district": "2233"},
        {"roles": ["Seller", "Platform"]},
        {"roles": ["Seller"], "hosted": True},
        {"roles": ["Seller"], "account": "0x" + "12" * 20},
    ],
)
def test_a_platform_registers_no_more_than_sellers(ledger: Ledger, more: dict[str, Any]) -> None:
    refuse(ledger, "platform", "/v1/participants", organisation(**more), 403, "RegistrationNotAllowed")


def test_governance_registers_an_authority_with_an_account_that_signs_here(ledger: Ledger) -> None:
    body = organisation(roles=["Customs"], district="5100", hosted=True)
    made = ledger.post("governance", "/v1/participants", body)
    authority = ledger.gateway.views.authority_of(made["account"])
    assert (authority.participant_no, authority.district) == (made["participant_no"], 5100)


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({"roles": ["Customs"]}, "RolesInvalid"),
        ({"uscc": "91990000MA0090145X"}, "InvalidInput"),
        ({"uscc": "short"}, "InvalidInput"),
        ({"uscc": "9900000100A"}, "InvalidInput"),
        ({"name_zh": " "}, "InvalidInput"),
        ({"name_en": "line\nbreak"}, "InvalidInput"),
        ({"name_en": "x" * 201}, "InvalidInput"),
        ({"roles": []}, "InvalidInput"),
        ({"roles": ["King"]}, "InvalidInput"),
        ({"district": "22"}, "InvalidInput"),
        ({"customs_code": "12"}, "InvalidInput"),
        ({"account": "0x12"}, "InvalidInput"),
        ({"account": "0x" + "00" * 20}, "InvalidInput"),
        ({"account": "0x" + "12" * 20, "hosted": True}, "InvalidInput"),
        ({"participant_no": 7}, "InvalidInput"),
    ],
)
def test_a_registration_that_makes_no_sense_is_refused(ledger: Ledger, more: dict[str, Any], title: str) -> None:
    refuse(ledger, "governance", "/v1/participants", organisation(**more), 422, title)


def test_a_code_of_another_entity_is_not_taken_over(ledger: Ledger) -> None:
    body = organisation(customs_code=member("platform").customs_code)
    refuse(ledger, "customs_pudong", "/v1/participants", body, 409, "Conflict")
    (found,) = ledger.get("platform", "/v1/participants", code=member("platform").customs_code)["items"]
    assert found["participant_no"] == ledger.numbers["platform"]


def test_the_chain_holds_a_commitment_and_no_name(ledger: Ledger) -> None:
    (found,) = ledger.get("platform", "/v1/participants", code=member("platform").uscc)["items"]
    identity = legal_identity(ledger.gateway.consortium_key, member("platform").uscc)
    assert found["legal_identity"] == "0x" + identity.hex()


def test_participants_are_listed_by_pages_role_and_name(ledger: Ledger) -> None:
    numbers: list[int] = []
    cursor = None
    while True:
        page = ledger.get("platform", "/v1/participants", limit=4, **({"cursor": cursor} if cursor else {}))
        numbers += [item["participant_no"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert numbers == sorted(set(numbers))
    assert set(ledger.numbers.values()) <= set(numbers)
    customs = ledger.get("platform", "/v1/participants", role="Customs", district="2233")["items"]
    assert [item["participant_no"] for item in customs] == [ledger.numbers["customs_pudong"]]
    found = ledger.get("platform", "/v1/participants", search=member("payment").name_zh[:4])["items"]
    assert ledger.numbers["payment"] in [item["participant_no"] for item in found]
    assert ledger.get("platform", "/v1/participants", search="%")["items"] == []


def test_an_unknown_participant_is_said_to_be_unknown(ledger: Ledger) -> None:
    answer = ledger.client("platform").get("/v1/participants/99999")
    is_problem(answer, 404, "ParticipantUnknown")


# ---------------------------------------------------------------------------------------------------
# Accounts


def test_an_enterprise_rotates_its_own_account_and_signs_with_the_new_one(ledger: Ledger) -> None:
    number = ledger.numbers["rights_holder"]
    path = f"/v1/participants/{number}/accounts"
    (old,) = [one["address"] for one in ledger.get("rights_holder", f"/v1/participants/{number}")["accounts"]]
    added = ledger.post("rights_holder", path, {})["account"]
    assert ledger.gateway.views.authority_of(added).participant_no == number

    def both() -> bool:
        accounts = ledger.get("rights_holder", f"/v1/participants/{number}")["accounts"]
        return {one["address"] for one in accounts} == {old, added}

    until(both, "the new account is indexed")
    answer = ledger.client("rights_holder").delete(f"{path}/{old}", params={"confirm": "true"})
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    left = until(
        lambda: [
            one["address"]
            for one in ledger.get("rights_holder", f"/v1/participants/{number}")["accounts"]
            if one["address"] != old
        ],
        "the old account is gone",
    )
    assert left == [added]


def test_an_account_elsewhere_is_added_by_its_address(ledger: Ledger) -> None:
    path = f"/v1/participants/{ledger.numbers['site_operator']}/accounts"
    address = "0x" + "ab" * 20
    made = ledger.post("governance", path, {"address": address})
    assert made["account"].lower() == address
    refuse(ledger, "governance", path, {"address": address[:-1] + "Z"}, 422, "InvalidInput")
    until(
        lambda: len(ledger.get("platform", f"/v1/participants/{ledger.numbers['site_operator']}")["accounts"]) == 2,
        "the account is indexed",
    )
    refuse(ledger, "governance", path, {"address": address}, 409, "AccountTaken")


def test_nobody_changes_anothers_accounts(ledger: Ledger) -> None:
    number = ledger.numbers["customs_pudong"]
    path = f"/v1/participants/{number}/accounts"
    (account,) = ledger.get("platform", f"/v1/participants/{number}")["accounts"]
    for role in ("platform", "customs_suzhou", "market_regulator"):
        refuse(ledger, role, path, {}, 403, "ParticipantNotYours")
        answer = ledger.client(role).delete(f"{path}/{account['address']}")
        is_problem(answer, 403, "ParticipantNotYours")


def test_an_account_of_another_is_not_revoked_under_ones_own_number(ledger: Ledger) -> None:
    (account,) = ledger.get("platform", f"/v1/participants/{ledger.numbers['customs_pudong']}")["accounts"]
    own = ledger.numbers["platform"]
    answer = ledger.client("platform").delete(f"/v1/participants/{own}/accounts/{account['address']}")
    is_problem(answer, 409, "AccountNotOfParticipant")


# ---------------------------------------------------------------------------------------------------
# Roles, grades, suspension


def test_governance_changes_roles(ledger: Ledger) -> None:
    number = newcomer(ledger, roles=["Logistics"])
    path = f"/v1/participants/{number}/roles"
    ledger.post("governance", path, {"roles": ["Logistics", "Payment"]})
    until(
        lambda: ledger.get("platform", f"/v1/participants/{number}")["roles"] == ["Payment", "Logistics"],
        "the roles are indexed",
    )
    refuse(ledger, "governance", path, {"roles": ["Customs"]}, 422, "RolesInvalid")
    refuse(ledger, "governance", "/v1/participants/99999/roles", {"roles": ["Payment"]}, 404, "ParticipantUnknown")


def test_customs_grade_and_others_do_not(ledger: Ledger) -> None:
    number = newcomer(ledger, roles=["Declarant"])
    path = f"/v1/participants/{number}/credit-grade"
    ledger.post("customs_suzhou", path, {"credit_grade": "AdvancedCertified", "reason": "audited"})
    until(
        lambda: ledger.get("platform", f"/v1/participants/{number}")["credit_grade"] == "AdvancedCertified",
        "the grade is indexed",
    )
    refuse(ledger, "market_regulator", path, {"credit_grade": "Regular", "reason": "audited"}, 403, "RoleMissing")
    refuse(ledger, "customs_suzhou", path, {"credit_grade": "Best", "reason": "audited"}, 422, "InvalidInput")
    refuse(ledger, "customs_suzhou", path, {"credit_grade": 2, "reason": "audited"}, 422, "InvalidInput")


def test_a_suspended_participant_is_refused_until_reinstated(ledger: Ledger) -> None:
    body = organisation(roles=["Platform"], hosted=True)
    number = ledger.post("governance", "/v1/participants", body)["participant_no"]
    key = ledger.post(
        "governance",
        "/v1/keys",
        {"participant_no": number, "scopes": ["enterprise"], "label": "newcomer"},
        confirm=False,
        status=201,
    )["token"]
    ledger.keys["newcomer"] = key
    path = f"/v1/participants/{number}/suspension"
    until(lambda: ledger.get("newcomer", "/v1/me")["roles"] == ["Platform"], "the newcomer is indexed")

    ledger.post("governance", path, {"suspended": True})
    until(lambda: ledger.get("newcomer", "/v1/me")["suspended"], "the suspension is indexed")
    refuse(ledger, "newcomer", "/v1/participants", organisation(), 403, "ParticipantSuspended")

    ledger.post("governance", path, {"suspended": False})
    until(lambda: not ledger.get("newcomer", "/v1/me")["suspended"], "the reinstatement is indexed")
    assert ledger.post("newcomer", "/v1/participants", organisation())["status"] == "confirmed"
