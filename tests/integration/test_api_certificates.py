"""Certificates and signature policies over HTTP: who registers, revokes, sees and sets what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.asking import is_problem
from tests.support.running import LOG, Ledger
from tests.support.signing import NEXT_YEAR, YESTERDAY, Signer, rsa_signer, sm2_signer


def path(ledger: Ledger, role: str, what: str = "certificates") -> str:
    return f"/v1/participants/{ledger.numbers[role]}/{what}"


def register(ledger: Ledger, role: str, signer: Signer, by: str | None = None) -> Any:
    return ledger.client(by or role).post(path(ledger, role), json={"certificate": signer.pem})


def revoke(ledger: Ledger, role: str, signer: Signer, by: str | None = None) -> Any:
    return ledger.client(by or role).delete(path(ledger, role, f"certificates/{signer.fingerprint}"))


def set_policy(ledger: Ledger, role: str, policy: str, by: str) -> Any:
    return ledger.client(by).put(path(ledger, role, "signature-policy"), json={"policy": policy})


@pytest.mark.parametrize("make", [rsa_signer, sm2_signer])
def test_a_certificate_is_registered_listed_and_revoked(ledger: Ledger, make: Any) -> None:
    signer = make()
    answer = register(ledger, "logistics_east", signer)
    assert answer.status_code == 201
    made = answer.json()
    assert made["fingerprint"] == signer.fingerprint
    assert (made["status"], made["subject"], made["revoked_at"]) == ("valid", "O=测试企业", None)
    assert made["algorithm"] == ("SM2" if make is sm2_signer else "RSA")
    again = register(ledger, "logistics_east", signer)
    assert (again.status_code, again.json()) == (200, made)
    assert ledger.get("logistics_east", path(ledger, "logistics_east"))["items"][0] == made
    for _ in range(2):
        assert revoke(ledger, "logistics_east", signer).status_code == 204
    (found, *_) = ledger.get("logistics_east", path(ledger, "logistics_east"))["items"]
    assert found["status"] == "revoked"
    assert found["revoked_at"]
    is_problem(register(ledger, "logistics_east", signer), 409, "CertificateRevoked")


def test_a_certificate_belongs_to_one_participant_until_governance_says_otherwise(ledger: Ledger) -> None:
    signer = sm2_signer()
    assert register(ledger, "payment", signer).status_code == 201
    is_problem(register(ledger, "logistics_east", signer), 409, "CertificateTaken")
    assert revoke(ledger, "payment", signer, by="governance").status_code == 204
    assert register(ledger, "logistics_east", signer).status_code == 201


@pytest.mark.parametrize(
    ("start", "end", "rule"),
    [
        (YESTERDAY - timedelta(days=400), YESTERDAY, "not expired"),
        (YESTERDAY + timedelta(days=2), NEXT_YEAR, "valid already"),
    ],
)
def test_a_certificate_is_valid_when_it_is_registered(
    ledger: Ledger, start: datetime, end: datetime, rule: str
) -> None:
    for make in (rsa_signer, sm2_signer):
        body = is_problem(register(ledger, "payment", make(start=start, end=end)), 422, "InvalidInput")
        assert (body["field"], body["rule"]) == ("certificate", rule)


def test_a_private_key_is_refused_and_repeated_nowhere(ledger: Ledger) -> None:
    key = rsa_signer().key
    assert not isinstance(key, bytes)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    answer = ledger.client("payment").post(path(ledger, "payment"), json={"certificate": text})
    is_problem(answer, 422, "InvalidInput")
    for line in text.splitlines()[1:-1]:
        assert line not in answer.text
        assert line not in LOG.getvalue()


@pytest.mark.parametrize("body", [{}, {"certificate": ""}, {"certificate": 1}, {"certificate": "x" * 20_000}])
def test_a_body_without_a_certificate_is_refused(ledger: Ledger, body: dict[str, Any]) -> None:
    is_problem(ledger.client("payment").post(path(ledger, "payment"), json=body), 422, "InvalidInput")


def test_a_participant_has_so_many_certificates_and_no_more(ledger: Ledger) -> None:
    signers = [sm2_signer() for _ in range(9)]
    answers = [register(ledger, "site_operator", signer) for signer in signers]
    assert [answer.status_code for answer in answers[:8]] == [201] * 8
    is_problem(answers[8], 409, "CertificatesTooMany")
    assert revoke(ledger, "site_operator", signers[0]).status_code == 204
    assert register(ledger, "site_operator", signers[8]).status_code == 201


# ---------------------------------------------------------------------------------------------------
# Who may


@pytest.mark.parametrize("role", ["payment", "customs_pudong", "market_regulator", "rights_holder"])
def test_nobody_but_governance_registers_or_revokes_for_another(ledger: Ledger, role: str) -> None:
    signer = sm2_signer()
    is_problem(register(ledger, "platform", signer, by=role), 403, "Forbidden")
    assert register(ledger, "platform", signer, by="governance").status_code == 201
    is_problem(revoke(ledger, "platform", signer, by=role), 403, "Forbidden")
    assert revoke(ledger, "platform", signer, by="governance").status_code == 204


@pytest.mark.parametrize("what", ["certificates", "signature-refusals"])
def test_a_participants_signatures_are_seen_by_itself_customs_and_governance(ledger: Ledger, what: str) -> None:
    place = path(ledger, "platform", what)
    for role in ("platform", "customs_suzhou", "governance"):
        assert ledger.client(role).get(place).status_code == 200
    for role in ("payment", "declarant", "market_regulator", "rights_holder"):
        is_problem(ledger.client(role).get(place), 403, "Forbidden")
    is_problem(ledger.client().get(place), 401, "Unauthenticated")


def test_what_is_not_there_is_not_found(ledger: Ledger) -> None:
    nobody = "/v1/participants/999999"
    for place in ("certificates", "signature-refusals"):
        is_problem(ledger.client("governance").get(f"{nobody}/{place}"), 404, "ParticipantUnknown")
    body = {"certificate": sm2_signer().pem}
    is_problem(ledger.client("governance").post(f"{nobody}/certificates", json=body), 404, "ParticipantUnknown")
    is_problem(revoke(ledger, "platform", sm2_signer()), 404, "NotFound")


def test_a_participant_makes_its_own_policy_stricter_and_never_looser(ledger: Ledger) -> None:
    role = "logistics_east"
    assert ledger.get(role, path(ledger, role))["policy"] == "off"
    try:
        for policy in ("off", "optional", "optional", "required"):
            answer = set_policy(ledger, role, policy, by=role)
            assert (answer.status_code, answer.json()["policy"]) == (200, policy)
        for policy in ("optional", "off"):
            is_problem(set_policy(ledger, role, policy, by=role), 403, "Forbidden")
        found = ledger.get(role, path(ledger, role))
        assert (found["policy"], found["policy_set_by"]) == ("required", ledger.numbers[role])
    finally:
        assert set_policy(ledger, role, "off", by="governance").status_code == 200


def test_customs_set_the_policy_of_enterprises_and_of_no_other_authority(ledger: Ledger) -> None:
    try:
        for policy in ("required", "optional"):
            answer = set_policy(ledger, "payment", policy, by="customs_pudong")
            assert answer.json()["policy"] == policy
            assert answer.json()["policy_set_by"] == ledger.numbers["customs_pudong"]
        is_problem(set_policy(ledger, "market_regulator", "required", by="customs_pudong"), 403, "Forbidden")
        is_problem(set_policy(ledger, "customs_suzhou", "required", by="customs_pudong"), 403, "Forbidden")
    finally:
        assert set_policy(ledger, "payment", "off", by="customs_pudong").status_code == 200


@pytest.mark.parametrize("role", ["declarant", "market_regulator", "rights_holder"])
def test_nobody_else_sets_anothers_policy(ledger: Ledger, role: str) -> None:
    is_problem(set_policy(ledger, "payment", "required", by=role), 403, "Forbidden")
    assert ledger.get("payment", path(ledger, "payment"))["policy"] == "off"


@pytest.mark.parametrize("policy", ["", "OFF", "none", None, 1])
def test_there_are_three_policies(ledger: Ledger, policy: Any) -> None:
    is_problem(set_policy(ledger, "payment", policy, by="governance"), 422, "InvalidInput")
