"""Messages and receipts that we write: valid for customs' schema, and read back as they were."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime

import pytest
from ceb_reference import DOCUMENTS, FOLDER, direction_of, needs_reference, schema, schema_accepts
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from backend.formats.ceb.fields import LAYOUTS, RECEIPTS_FOR
from backend.formats.ceb.messages import Envelope, ParsedDocument, Transfer, parse_message
from backend.formats.ceb.receipts import (
    ReceiptRow,
    coded_info,
    fault_info,
    pre_entry_number,
    return_time,
    write_receipt,
    write_unreadable,
)
from backend.formats.ceb.refusals import FORMAT_WRONG, REFUSALS, Refusal
from backend.formats.ceb.signature import SimulatorSigner
from backend.formats.ceb.statuses import ReturnStatus
from backend.formats.ceb.writer import wrap_dxp, write_message
from backend.services.simulation import simulate

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
AT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
SENDER = Transfer("9901960005", "云汀跨境商城有限公司", "DXP", "DXPSIM1", "")

SIMULATED = {mode: simulate(8, 3, mode) for mode in ("import", "export")}


def documents_of(message_type: str) -> tuple[ParsedDocument, ...]:
    simulated = SIMULATED[direction_of(message_type)]
    return parse_message(next(simulated.messages_of(message_type)).data).documents


@pytest.mark.parametrize("message_type", DOCUMENTS)
def test_written_message_reads_back_as_it_was(message_type: str) -> None:
    documents = documents_of(message_type)
    data = write_message(message_type, documents, SENDER, GUID, signer=SimulatorSigner(b"k"))
    message = parse_message(data)
    assert message.documents == documents
    assert (message.type, message.guid, message.transfer) == (message_type, GUID, SENDER)
    assert message.is_signed


@needs_reference
@pytest.mark.parametrize("message_type", DOCUMENTS)
def test_written_message_is_valid_for_the_schema(message_type: str) -> None:
    data = write_message(message_type, documents_of(message_type), SENDER, GUID, signer=SimulatorSigner(b"k"))
    assert schema_accepts(data, message_type), schema(direction_of(message_type)).error_log


@settings(max_examples=60)
@given(text=st.text(st.characters(blacklist_categories=("Cs",)), max_size=40))
def test_any_text_survives_writing_and_reading(text: str) -> None:
    (document, *_) = documents_of("311")
    head = {**document.head, "note": text}
    data = write_message("311", [ParsedDocument(0, "311", head, document.lines, ())], SENDER, GUID)
    # XML 1.0 has no other control characters; they are left out.
    allowed = "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    assert parse_message(data).documents[0].head["note"] == allowed


def test_writing_an_unknown_field_is_an_error() -> None:
    (document, *_) = documents_of("311")
    head = {**document.head, "surprise": "1"}
    with pytest.raises(KeyError, match="surprise"):
        write_message("311", [ParsedDocument(0, "311", head, document.lines, ())], SENDER, GUID)


def test_simulators_signature_is_a_genuine_enveloped_xml_signature() -> None:
    data = next(SIMULATED["import"].messages_of("621")).data
    root = etree.fromstring(data)
    ds = {"ds": "http://www.w3.org/2000/09/xmldsig#"}
    signature = root.find("ds:Signature", ds)
    assert signature is not None
    signed_info = etree.tostring(signature[0], method="c14n", with_tail=False)
    root.remove(signature)
    digest = base64.b64encode(hashlib.sha256(etree.tostring(root, method="c14n")).digest()).decode()
    assert signature.findtext(".//ds:DigestValue", namespaces=ds) == digest
    value = base64.b64decode(signature.findtext("ds:SignatureValue", namespaces=ds) or "")
    der = signature.find(".//{http://www.w3.org/2009/xmldsig11#}DEREncodedKeyValue")
    assert der is not None
    key = ECC.import_key(base64.b64decode(der.text or ""))
    eddsa.new(key, "rfc8032").verify(signed_info, value)


@needs_reference
def test_envelope_is_valid_for_the_terminal_nodes_schema() -> None:
    data = wrap_dxp(b"<x/>", Envelope("id", "S", ("R1", "R2"), "2026-03-02T09:00:00+08:00", "CEB311Message"))
    terminal = etree.XMLSchema(etree.parse(str(FOLDER / "xsd" / "terminal.xsd")))
    assert terminal.validate(etree.fromstring(data)), terminal.error_log


def rows_for(message_type: str, status: str, info: str) -> list[ReceiptRow]:
    return [ReceiptRow(document, status, info, AT) for document in documents_of(message_type)]


@needs_reference
@pytest.mark.parametrize("message_type", DOCUMENTS)
def test_receipt_is_valid_for_the_schema(message_type: str) -> None:
    data = write_receipt(
        message_type, rows_for(message_type, ReturnStatus.Accepted, coded_info("1800", "逻辑校验通过")), GUID
    )
    assert schema_accepts(data, RECEIPTS_FOR[message_type].type), schema(direction_of(message_type)).error_log


@needs_reference
@pytest.mark.parametrize("message_type", DOCUMENTS)
def test_receipt_for_a_hopeless_document_is_still_valid(message_type: str) -> None:
    long = dict.fromkeys([field.name for field in LAYOUTS[message_type].head], "长" * 90)
    for head in ({}, long, dict.fromkeys(long, " ")):
        document = ParsedDocument(0, message_type, head, (), ())
        refusal = FORMAT_WRONG.for_kind(document.kind)
        row = ReceiptRow(document, refusal[0], coded_info(*refusal) + "错" * 2000, AT)
        data = write_receipt(message_type, [row], GUID)
        receipt = RECEIPTS_FOR[message_type].type
        assert schema_accepts(data, receipt), schema(direction_of(message_type)).error_log


@needs_reference
def test_receipt_for_an_unreadable_message_is_valid() -> None:
    for info, kind in (("报文格式错误", ""), ("", "311")):
        data = write_unreadable(info, AT, GUID, message_type=kind, envelope_id="id-1")
        assert schema_accepts(data, "900"), schema("import").error_log


def test_receipt_repeats_the_documents_key_and_says_what_became_of_it() -> None:
    documents = documents_of("311")
    data = write_receipt("311", rows_for("311", ReturnStatus.Accepted, coded_info("1800", "逻辑校验通过")), GUID)
    root = etree.fromstring(data)
    assert etree.QName(root).localname == "CEB312Message"
    first = {etree.QName(field).localname: field.text for field in root[0]}
    assert first == {
        "guid": documents[0].guid,
        "ebpCode": documents[0].head["ebpCode"],
        "ebcCode": documents[0].head["ebcCode"],
        "orderNo": documents[0].head["orderNo"],
        "returnStatus": "120",
        "returnTime": "20260302090203456",
        "returnInfo": "[Code:1800;Desc:逻辑校验通过]",
    }
    assert len(root) == len(documents)


def test_receipt_of_a_faulty_document_names_fields_and_rules_but_no_values() -> None:
    data = next(SIMULATED["import"].messages_of("311")).data.replace(b"<ceb:qty>", b"<ceb:qty>secret", 1)
    (document, *_) = parse_message(data).documents
    info = fault_info(FORMAT_WRONG.for_kind(document.kind), document.faults)
    assert info == "[Code:-301008;Desc:参数校验不通过],[OrderList[1].qty 数量：不是数值]"


@pytest.mark.parametrize("refusal", REFUSALS)
def test_every_refusal_has_a_negative_status_for_every_message(refusal: Refusal) -> None:
    for message_type in LAYOUTS:
        status, sentence = refusal.for_type(message_type)
        assert re.fullmatch(r"-\d{5,6}", status)
        assert sentence


@needs_reference
def test_every_refusal_code_is_one_that_customs_publishes() -> None:
    editions = json.loads((FOLDER / "error_codes.json").read_text(encoding="utf-8"))
    rows = [row for edition in editions.values() for row in edition]
    codes = {row["code"] for row in rows}
    ranges = [tuple(map(int, row["range"].split("至"))) for row in rows if row["code"] is None]
    for refusal in REFUSALS:
        for message_type in LAYOUTS:
            status, _ = refusal.for_type(message_type)
            assert status in codes or any(first >= int(status) >= last for first, last in ranges), status


def test_return_time_has_seventeen_digits_in_china_standard_time() -> None:
    assert return_time(AT) == "20260302090203456"


def test_pre_entry_number_follows_from_the_guid() -> None:
    number = pre_entry_number(GUID, AT)
    assert re.fullmatch(r"B20260302\d{9}", number)
    assert number == pre_entry_number(GUID, AT)
    assert number != pre_entry_number(GUID[::-1], AT)
