"""Signed messages over HTTP under each policy: taken, refused with customs' code, and on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lxml import etree

from backend.formats.ceb.messages import Envelope
from backend.formats.ceb.writer import wrap_dxp
from backend.services.simulation import simulate
from tests.support.asking import is_problem
from tests.support.running import Ledger, member
from tests.support.signing import Signer, rsa_signer, sm2_signer

CEB = "http://www.chinaport.gov.cn/ceb"
XML = {"Content-Type": "application/xml"}

_seeds = iter(range(20_000, 30_000))

RSA, SM2, ATTACKER = rsa_signer(), sm2_signer(), rsa_signer()
SIGNERS = {"RSA": RSA, "SM2": SM2}


def path(ledger: Ledger, role: str, what: str) -> str:
    return f"/v1/participants/{ledger.numbers[role]}/{what}"


def set_policy(ledger: Ledger, role: str, policy: str, by: str = "governance") -> httpx.Response:
    return ledger.client(by).put(path(ledger, role, "signature-policy"), json={"policy": policy})


def register(ledger: Ledger, role: str, signer: Signer) -> None:
    answer = ledger.client(role).post(path(ledger, role, "certificates"), json={"certificate": signer.pem})
    assert answer.status_code in (200, 201), answer.text


@pytest.fixture
def judged(ledger: Ledger) -> Iterator[Ledger]:
    """The platform and the declarant with their certificates; no policy of theirs outlives the test."""
    for signer in SIGNERS.values():
        register(ledger, "platform", signer)
    try:
        yield ledger
    finally:
        for role in ("platform", "declarant", "payment"):
            assert set_policy(ledger, role, "off").status_code == 200


def message(message_type: str = "311", parcels: int = 2) -> bytes:
    return next(simulate(parcels, next(_seeds), "import", 0.0, barred=()).messages_of(message_type)).data


def post(ledger: Ledger, body: bytes, role: str = "platform", accept: str = "", **query: Any) -> httpx.Response:
    headers = XML | ({"Accept": accept} if accept else {})
    return ledger.client(role).post("/v1/messages", content=body, headers=headers, params=query)


def refusals(ledger: Ledger, role: str = "platform", by: str | None = None, **query: Any) -> list[dict[str, Any]]:
    return list(ledger.get(by or role, path(ledger, role, "signature-refusals"), **query)["items"])


def stored(ledger: Ledger, answer: httpx.Response) -> list[tuple[Any, ...]]:
    """(signature_valid, signer) of the documents that an answered message left."""
    query = "SELECT signature_valid, signer FROM documents WHERE operation_id = ? ORDER BY id"
    with ledger.gateway.database.read() as connection:
        rows = connection.exec_driver_sql(query, (answer.json()["operation_id"],))
        return [(None if valid is None else bool(valid), signer) for valid, signer in rows]


def tampered(data: bytes) -> bytes:
    changed = re.sub(rb"<ceb:consignee>", b"<ceb:consignee>x", data, count=1)
    assert changed != data
    return changed


def is_refused(answer: httpx.Response, reason: str, status: str = "-301020") -> None:
    body = is_problem(answer, 422, "MessageRefused")
    assert {document["standing"] for document in body["documents"]} == {"refused"}
    for document in body["documents"]:
        assert document["return_status"] == status
        (fault,) = document["faults"]
        assert (fault["path"], fault["value"], fault["rule"]) == ("Signature", reason, status)


# ---------------------------------------------------------------------------------------------------
# Policies


def test_without_a_policy_no_signature_is_looked_at(judged: Ledger) -> None:
    answer = post(judged, tampered(ATTACKER.sign(message())))
    assert answer.status_code == 202
    assert stored(judged, answer) == [(None, None)] * 2


@pytest.mark.parametrize("kind", SIGNERS)
def test_optional_takes_what_is_unsigned_and_verifies_what_is_signed(judged: Ledger, kind: str) -> None:
    assert set_policy(judged, "platform", "optional").json()["policy"] == "optional"
    unsigned = post(judged, message())
    assert unsigned.status_code == 202
    assert stored(judged, unsigned) == [(None, None)] * 2
    data = SIGNERS[kind].sign(message())
    is_refused(post(judged, tampered(data)), "digest_mismatch")
    signed = post(judged, data)
    assert signed.status_code == 202
    # The signer as the documents call their sender, which is what the comparison of documents looks at.
    assert stored(judged, signed) == [(True, member("platform").customs_code)] * 2


@pytest.mark.parametrize("kind", SIGNERS)
def test_required_takes_nothing_that_does_not_verify(judged: Ledger, kind: str) -> None:
    set_policy(judged, "platform", "required")
    signer, plain = SIGNERS[kind], message()
    is_refused(post(judged, plain), "no_signature")
    is_refused(post(judged, ATTACKER.sign(plain)), "unknown_certificate")
    is_refused(post(judged, ATTACKER.but(named=signer.certificate).sign(plain)), "signature_mismatch")
    answer = post(judged, signer.sign(plain))
    assert answer.status_code == 202
    assert [valid for valid, _ in stored(judged, answer)] == [True, True]
    assert judged.settled("platform", answer.json()["operation_id"])["status"] == "confirmed"


def test_a_refused_signature_is_on_record_and_nothing_else_is_kept(judged: Ledger) -> None:
    set_policy(judged, "platform", "required")
    operations = judged.get("platform", "/v1/operations", limit=1)["items"]
    known = refusals(judged)
    data = tampered(RSA.sign(message()))
    for _ in range(2):
        is_refused(post(judged, data), "digest_mismatch")
    new = refusals(judged)[: -len(known) or None]
    guid = etree.fromstring(data).get("guid")
    assert [(one["message_type"], one["guid"], one["reason"]) for one in new] == [("311", guid, "digest_mismatch")] * 2
    assert all(one["reason_zh"] and one["reason_en"] and len(one["digest"]) == 64 for one in new)
    assert judged.get("platform", "/v1/operations", limit=1)["items"] == operations
    # The honest message is not held up by the one that posed as it.
    assert post(judged, RSA.sign(data.replace(b"<ceb:consignee>x", b"<ceb:consignee>", 1))).status_code == 202


def test_a_dry_run_judges_a_signature_and_records_nothing(judged: Ledger) -> None:
    set_policy(judged, "platform", "required")
    known, plain = refusals(judged), message()
    is_refused(post(judged, plain, dry_run="true"), "no_signature")
    assert post(judged, SM2.sign(plain), dry_run="true").status_code == 200
    assert refusals(judged) == known


def test_the_receipt_has_customs_own_code(judged: Ledger) -> None:
    set_policy(judged, "platform", "required")
    answer = post(judged, message(), accept="application/xml")
    assert answer.status_code == 422
    root = etree.fromstring(answer.content)
    assert [element.text for element in root.iter(f"{{{CEB}}}returnStatus")] == ["-301020"] * 2
    (info, _) = [str(element.text) for element in root.iter(f"{{{CEB}}}returnInfo")]
    assert info == "[Code:-301020;Desc:验签失败],[报文没有签名]"


@pytest.mark.parametrize(
    ("message_type", "role", "status"), [("411", "payment", "-401020"), ("621", "declarant", "-621029")]
)
def test_each_kind_of_document_has_its_own_code(judged: Ledger, message_type: str, role: str, status: str) -> None:
    set_policy(judged, role, "required")
    sent = message(message_type, 1)
    # A list is always signed; the simulator's signature is nobody's.
    reason = "algorithm_not_allowed" if message_type == "621" else "no_signature"
    is_refused(post(judged, sent, role), reason, status)


def test_a_signature_counts_inside_an_envelope(judged: Ledger) -> None:
    set_policy(judged, "platform", "required")
    envelope = Envelope("1", "DXPSIM", ("DXPEDCCEB0000001",), "2026-11-22T08:00:00", "CEB311Message")
    data = SM2.sign(message())
    is_refused(post(judged, wrap_dxp(tampered(data), envelope)), "digest_mismatch")
    assert post(judged, wrap_dxp(data, envelope)).status_code == 202


def test_a_revoked_certificate_counts_no_more_but_what_it_signed_is_answered_as_before(judged: Ledger) -> None:
    set_policy(judged, "platform", "required")
    signer = rsa_signer("rsa-sha256")
    register(judged, "platform", signer)
    data = signer.sign(message())
    first = post(judged, data)
    assert first.status_code == 202
    gone = judged.client("platform").delete(path(judged, "platform", f"certificates/{signer.fingerprint}"))
    assert gone.status_code == 204
    assert post(judged, data).json() == first.json()
    is_refused(post(judged, signer.sign(message())), "certificate_revoked")


def test_refusals_are_listed_page_by_page_newest_first(judged: Ledger) -> None:
    set_policy(judged, "payment", "required")
    guids = []
    for _ in range(3):
        data = message("411", 1)
        guids.insert(0, etree.fromstring(data).get("guid"))
        is_refused(post(judged, data, "payment"), "no_signature", "-401020")
    place = path(judged, "payment", "signature-refusals")
    first = judged.get("payment", place, limit=2)
    second = judged.get("payment", place, limit=2, cursor=first["next"])
    assert [one["guid"] for one in first["items"] + second["items"]][:3] == guids
