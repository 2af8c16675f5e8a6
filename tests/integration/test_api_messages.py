"""Customs messages over HTTP: taken, known, in conflict, refused, hostile."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from lxml import etree

from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedMessage
from tests.support.asking import is_problem
from tests.support.running import Ledger

CEB = "http://www.chinaport.gov.cn/ceb"
XML = {"Content-Type": "application/xml"}


def message(message_type: str, seed: int, parcels: int = 2, **options: Any) -> SimulatedMessage:
    mode: Any = "import" if message_type in ("311", "411", "511", "621") else "export"
    return next(simulate(parcels, seed, mode, 0.0, barred=(), **options).messages_of(message_type))


def post(ledger: Ledger, role: str, body: bytes, headers: dict[str, str] = XML, **query: Any) -> httpx.Response:
    return ledger.client(role).post("/v1/messages", content=body, headers=headers, params=query)


@pytest.mark.parametrize("message_type", ["311", "411", "511", "621", "303", "403", "505", "603"])
def test_each_of_the_eight_messages_is_taken_and_answered_by_its_receipt(ledger: Ledger, message_type: str) -> None:
    sent = message(message_type, 500 + int(message_type))
    answer = post(ledger, sent.sender.key, sent.data, {**XML, "Accept": "application/xml"})
    assert answer.status_code == 202
    assert answer.headers["content-type"].startswith("application/xml")
    root = etree.fromstring(answer.content)
    assert root.tag == f"{{{CEB}}}CEB{int(message_type) + 1}Message"
    statuses = [element.text for element in root.iter(f"{{{CEB}}}returnStatus")]
    assert statuses == ["2"] * len(sent.parcels)
    found = ledger.settled(sent.sender.key, answer.headers["location"].rsplit("/", 1)[1])
    assert found["status"] == "confirmed"
    assert found["documents"]


def test_json_and_xml_say_the_same(ledger: Ledger) -> None:
    sent = message("311", 600)
    dry = {"dry_run": "true"}
    answered = post(ledger, "platform", sent.data, {**XML, "Accept": "application/json"}, **dry)
    receipt = post(ledger, "platform", sent.data, {**XML, "Accept": "application/xml;q=1, */*;q=0.1"}, **dry)
    assert answered.status_code == receipt.status_code == 200
    root = etree.fromstring(receipt.content)
    assert [document["return_status"] for document in answered.json()["documents"]] == [
        element.text for element in root.iter(f"{{{CEB}}}returnStatus")
    ]


def test_a_dry_run_stores_nothing(ledger: Ledger) -> None:
    sent = message("311", 601)
    before = ledger.get("platform", "/v1/operations", limit=1)["items"]
    body = post(ledger, "platform", sent.data, dry_run="true").json()
    assert {document["standing"] for document in body["documents"]} == {"acceptable"}
    assert body["operation_id"] is None
    assert ledger.get("platform", "/v1/operations", limit=1)["items"] == before


def test_the_same_message_again_is_answered_as_before(ledger: Ledger) -> None:
    sent = message("311", 602)
    first, second = (post(ledger, "platform", sent.data) for _ in range(2))
    assert first.status_code == 202
    assert second.json() == first.json()


def test_an_envelope_is_opened(ledger: Ledger) -> None:
    sent = message("311", 603)
    data = base64.b64encode(sent.data).decode()
    envelope = (
        '<dxp:DxpMsg xmlns:dxp="http://www.chinaport.gov.cn/dxp" ver="1.0"><dxp:TransInfo>'
        "<dxp:CopMsgId>1</dxp:CopMsgId><dxp:SenderId>DXPSIM</dxp:SenderId><dxp:ReceiverIds>"
        "<dxp:ReceiverId>DXPEDCCEB0000001</dxp:ReceiverId></dxp:ReceiverIds>"
        "<dxp:CreatTime>2026-11-22T08:00:00</dxp:CreatTime><dxp:MsgType>CEB311Message</dxp:MsgType>"
        f"</dxp:TransInfo><dxp:Data>{data}</dxp:Data></dxp:DxpMsg>"
    )
    assert post(ledger, "platform", envelope.encode()).status_code == 202


def test_another_content_under_the_same_key_is_refused_as_a_duplicate(ledger: Ledger) -> None:
    sent = message("311", 604, parcels=1)
    assert post(ledger, "platform", sent.data).status_code == 202
    changed = sent.data.replace(b"<ceb:note>", b"<ceb:note>other ")
    if changed == sent.data:
        name = etree.fromstring(sent.data).find(f".//{{{CEB}}}consignee").text
        changed = sent.data.replace(name.encode(), (name + "x").encode())
    answer = post(ledger, "platform", changed)
    body = is_problem(answer, 422, "MessageRefused")
    assert body["documents"][0]["standing"] == "refused"
    assert body["documents"][0]["faults"]


def test_one_faulty_document_does_not_hold_up_the_others(ledger: Ledger) -> None:
    sent = message("311", 605, parcels=3)
    root = etree.fromstring(sent.data)
    root.find(f".//{{{CEB}}}currency").text = "840"
    body = post(ledger, "platform", etree.tostring(root)).json()
    assert [document["standing"] for document in body["documents"]].count("refused") == 1
    assert [document["standing"] for document in body["documents"]].count("stored") == 2


def test_every_fault_of_every_document_is_named(ledger: Ledger) -> None:
    sent = message("311", 606, parcels=2)
    root = etree.fromstring(sent.data)
    for name, value in (("currency", "840"), ("goodsValue", "-1.123456789"), ("buyerIdType", "9")):
        for element in root.iter(f"{{{CEB}}}{name}"):
            element.text = value
    answer = post(ledger, "platform", etree.tostring(root))
    body = is_problem(answer, 422, "MessageRefused")
    for document in body["documents"]:
        assert len(document["faults"]) >= 3
        assert all(fault["zh"] and fault["en"] and fault["rule"] for fault in document["faults"])


def test_values_of_persons_are_not_repeated_in_faults(ledger: Ledger) -> None:
    sent = message("311", 607, parcels=1)
    root = etree.fromstring(sent.data)
    root.find(f".//{{{CEB}}}buyerName").text = "张" * 200
    answer = post(ledger, "platform", etree.tostring(root))
    assert answer.status_code == 422
    assert "张张" not in answer.text


@pytest.mark.parametrize(
    ("role", "message_type"),
    [("payment", "311"), ("platform", "411"), ("declarant", "511"), ("logistics_air", "621"), ("payment", "621")],
)
def test_nobody_sends_for_a_participant_that_is_not_its_own(ledger: Ledger, role: str, message_type: str) -> None:
    answer = post(ledger, role, message(message_type, 608).data)
    body = is_problem(answer, 403, "ParticipantNotYours")
    assert body["participant_no"] == ledger.numbers[role]


@pytest.mark.parametrize("role", ["governance", "customs_pudong", "market_regulator"])
def test_authorities_send_no_messages(ledger: Ledger, role: str) -> None:
    is_problem(post(ledger, role, message("311", 609).data), 403, "Forbidden")


HOSTILE = {
    "nothing": (b"", 400),
    "no XML": (b"\x00\x01\x02", 400),
    "cut off": (b"<ceb:CEB311Message", 400),
    "a document type": (b"<!DOCTYPE a><a/>", 400),
    "an external entity": (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 400),
    "entities without end": (
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
        400,
    ),
    "a parameter entity": (b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]><a/>', 400),
    "nesting without end": (b"<a>" * 50_000 + b"</a>" * 50_000, 400),
    "another namespace": (b'<CEB311Message xmlns="urn:other"/>', 422),
    "a type not of the eight": (b'<ceb:CEB999Message xmlns:ceb="http://www.chinaport.gov.cn/ceb"/>', 422),
    "another encoding": ('<?xml version="1.0" encoding="UTF-32"?><a/>'.encode("utf-32"), 400),
    "no documents": (
        b'<ceb:CEB311Message xmlns:ceb="http://www.chinaport.gov.cn/ceb" guid="x" version="1.0"/>',
        422,
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_xml_is_refused_as_a_whole(ledger: Ledger, what: str) -> None:
    body, status = HOSTILE[what]
    answer = post(ledger, "platform", body)
    assert answer.status_code in (status, 413 if what == "nesting without end" else status), answer.text
    is_problem(answer, answer.status_code, answer.json()["title"])
    assert "root:" not in answer.text


def test_a_body_that_is_not_called_xml_is_refused(ledger: Ledger) -> None:
    sent = message("311", 610)
    for headers in ({}, {"Content-Type": "application/json"}, {"Content-Type": "text/html"}):
        is_problem(post(ledger, "platform", sent.data, headers), 415, "MediaTypeUnsupported")
    assert post(ledger, "platform", sent.data, {"Content-Type": "text/xml; charset=utf-8"}).status_code == 202


def test_an_unregistered_enterprise_is_named_in_the_refusal(ledger: Ledger) -> None:
    sent = message("311", 611, parcels=1)
    root = etree.fromstring(sent.data)
    root.find(f".//{{{CEB}}}ebcCode").text = "9999999999"
    answer = post(ledger, "platform", etree.tostring(root))
    body = is_problem(answer, 422, "MessageRefused")
    assert "9999999999" in str(body["documents"][0]["faults"])


def test_a_list_waits_for_the_chain_if_told_to(ledger: Ledger) -> None:
    sent = message("621", 612)
    answer = post(ledger, "declarant", sent.data, confirm="true")
    assert answer.status_code == 200
    assert answer.json()["operation"]["status"] == "confirmed"
    for document in answer.json()["documents"]:
        ledger.indexed(document["parcel_id"], lambda view: view["state"] == "Declared")


def test_the_same_parcel_is_not_declared_twice(ledger: Ledger) -> None:
    sent = message("621", 613, parcels=1)
    assert post(ledger, "declarant", sent.data, confirm="true").status_code == 200
    root = etree.fromstring(sent.data)
    for name in ("copNo", "preNo"):
        for element in root.iter(f"{{{CEB}}}{name}"):
            element.text = (element.text or "X")[:-1] + "Z"
    answer = post(ledger, "declarant", etree.tostring(root))
    assert answer.status_code == 422
    assert answer.json()["documents"][0]["standing"] == "refused"
