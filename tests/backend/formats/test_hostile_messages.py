"""What strangers may send: each is refused by name, quickly, and nothing it asks for is done."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.errors import (
    DocumentsTooMany,
    DtdForbidden,
    GuanlianError,
    MessageMalformed,
    MessageStructureInvalid,
    MessageTooLarge,
    MessageTypeUnknown,
)
from backend.formats.ceb.checks import check_document
from backend.formats.ceb.faults import MOST_FAULTS
from backend.formats.ceb.fields import NAMESPACE
from backend.formats.ceb.messages import Envelope, parse_message
from backend.formats.ceb.writer import wrap_dxp
from backend.formats.ceb.xml import XmlLimits
from backend.services.simulation import simulate

ORDERS = next(simulate(3, 11, "import").messages_of("311")).data
ROOT = f'<ceb:CEB311Message xmlns:ceb="{NAMESPACE}" guid="{"A" * 36}" version="1.0">'.encode()
END = b"</ceb:CEB311Message>"

LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)


def envelope(data: bytes) -> bytes:
    return wrap_dxp(data, Envelope("id-1", "DXPSIM1", ("DXPSIM2",), "2026-03-02T09:00:00+08:00", "CEB311Message"))


def test_honest_message_is_read() -> None:
    message = parse_message(ORDERS)
    assert [document.faults for document in message.documents] == [(), (), ()]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"", MessageMalformed, id="nothing"),
        pytest.param(b"   \n", MessageMalformed, id="white space"),
        pytest.param(b"{}", MessageMalformed, id="JSON"),
        pytest.param(b"<a>", MessageMalformed, id="unclosed"),
        pytest.param(ORDERS[: len(ORDERS) // 2], MessageMalformed, id="cut in half"),
        pytest.param(ORDERS + b"<more/>", MessageMalformed, id="second root"),
        pytest.param(ORDERS.replace(b"<ceb:note>", b"\x00", 1) + b"\x00", MessageMalformed, id="NUL"),
        pytest.param(b"\xff\xfe" + ORDERS.decode().encode("utf-16-le"), MessageMalformed, id="UTF-16"),
        pytest.param(ORDERS.replace(b"UTF-8", b"UTF-7", 1), MessageMalformed, id="UTF-7 declared"),
        pytest.param(ORDERS.replace(b"UTF-8", b"GBK", 1), MessageMalformed, id="GBK declared"),
        pytest.param(ORDERS.decode().encode("gb18030"), MessageMalformed, id="GB 18030 bytes"),
        pytest.param(ROOT + b"\xed\xa0\x80" + END, MessageMalformed, id="lone surrogate"),
        pytest.param(ROOT + b"&undefined;" + END, MessageMalformed, id="undefined entity"),
        pytest.param(ROOT + b"&#0;" + END, MessageMalformed, id="reference to NUL"),
        pytest.param(b'<a b="1" b="2"/>', MessageMalformed, id="attribute twice"),
        pytest.param(b'<?xml version="1.0"?>' + LAUGHS + b"<x>&j;</x>", DtdForbidden, id="billion laughs"),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + ROOT + b"&f;" + END,
            DtdForbidden,
            id="file entity",
        ),
        pytest.param(
            b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + ROOT + END, DtdForbidden, id="remote DTD"
        ),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>' + ROOT + END,
            DtdForbidden,
            id="parameter entity",
        ),
        pytest.param(b"\xef\xbb\xbf <!-- --> <!DOCTYPE x>" + ROOT + END, DtdForbidden, id="DTD after a BOM"),
        pytest.param(ROOT + b"<a>" * 33 + b"</a>" * 33 + END, MessageTooLarge, id="34 levels"),
        pytest.param(b"<a>" * 5000 + b"</a>" * 5000, MessageMalformed, id="5000 levels"),
        pytest.param(
            ROOT + b"<a " + b" ".join(b'a%d="1"' % n for n in range(65)) + b"/>" + END,
            MessageTooLarge,
            id="65 attributes",
        ),
        pytest.param(ROOT + b"<a/>" * 700_000 + END, MessageTooLarge, id="700,000 elements"),
        pytest.param(ROOT + b"x" * (9 * 1024 * 1024) + END, MessageTooLarge, id="nine megabytes"),
        pytest.param(b"<CEB311Message/>", MessageTypeUnknown, id="no namespace"),
        pytest.param(ORDERS.replace(NAMESPACE.encode(), b"urn:other"), MessageTypeUnknown, id="other namespace"),
        pytest.param(ORDERS.replace(b"CEB311Message", b"CEB999Message"), MessageTypeUnknown, id="unknown type"),
        pytest.param(ORDERS.replace(b"CEB311Message", b"CEB312Message"), MessageTypeUnknown, id="a receipt"),
        pytest.param(ROOT + END, MessageStructureInvalid, id="no documents"),
        pytest.param(ORDERS.replace(b"guid=", b"gu1d=", 1), MessageStructureInvalid, id="no guid"),
        pytest.param(
            ROOT + b"<ceb:Order/>" * 101 + END, DocumentsTooMany, id="101 documents"
        ),
        pytest.param(envelope(envelope(ORDERS)), MessageTypeUnknown, id="envelope in an envelope"),
        pytest.param(envelope(b"<!DOCTYPE x><x/>"), DtdForbidden, id="DTD in an envelope"),
        pytest.param(envelope(b""), MessageMalformed, id="empty envelope"),
        pytest.param(envelope(ORDERS).replace(b"<dxp:Data>", b"<dxp:Data>*"), MessageMalformed, id="bad base64"),
    ],
)  # fmt: skip
def test_hostile_message_is_refused_by_name(data: bytes, error: type[GuanlianError]) -> None:
    started = time.process_time()
    with pytest.raises(error) as refusal:
        parse_message(data)
    assert type(refusal.value) is error
    assert time.process_time() - started < 2
    assert refusal.value.message_zh
    assert refusal.value.message_en


def test_entity_of_a_local_file_never_reaches_a_document(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not read me")
    data = f'<!DOCTYPE x [<!ENTITY f SYSTEM "{secret.as_uri()}">]>'.encode() + ORDERS.split(b"?>\n", 1)[1]
    with pytest.raises(DtdForbidden) as refusal:
        parse_message(data)
    assert "do not read me" not in str(refusal.value)


def test_smaller_limits_hold() -> None:
    with pytest.raises(MessageTooLarge):
        parse_message(ORDERS, XmlLimits(bytes=len(ORDERS) - 1))
    with pytest.raises(MessageTooLarge):
        parse_message(ORDERS, XmlLimits(tags=10))
    with pytest.raises(MessageTooLarge):
        parse_message(ORDERS, XmlLimits(depth=3))


def test_comments_instructions_and_cdata_do_not_change_what_is_read() -> None:
    plain = parse_message(ORDERS)
    dressed = ORDERS.replace(b"<ceb:orderType>I<", b"<ceb:orderType><!-- x --><![CDATA[I]]><?y z?><", 1)
    assert parse_message(dressed).documents == plain.documents


def test_every_fault_is_reported_and_personal_values_are_masked() -> None:
    data = ORDERS.replace(b"<ceb:goodsValue>", b"<ceb:goodsValue>x", 1)
    data = data.replace(b"<ceb:buyerIdType>1<", b"<ceb:buyerIdType>12<", 1)
    name = parse_message(ORDERS).documents[0].head["buyerName"]
    data = data.replace(f"<ceb:buyerName>{name}<".encode(), f"<ceb:buyerName>{name * 20}<".encode(), 1)
    message = parse_message(data)
    found = {(fault.path, fault.rule): fault for fault in message.documents[0].faults}
    assert found.keys() == {
        ("OrderHead.goodsValue", "not_a_number"),
        ("OrderHead.buyerIdType", "wrong_length"),
        ("OrderHead.buyerName", "too_long"),
    }
    assert found["OrderHead.buyerName", "too_long"].value == "***"
    assert found["OrderHead.goodsValue", "not_a_number"].value.startswith("x")
    assert all(fault.zh and fault.en for fault in found.values())
    assert message.documents[1].faults == ()


def test_refusal_of_the_frame_lists_every_fault() -> None:
    data = ORDERS.replace(b"<ceb:dxpMode>DXP<", b"<ceb:dxpMode>D<").replace(b"<ceb:copCode>", b"<ceb:copCod>")
    data = data.replace(b"</ceb:copCode>", b"</ceb:copCod>")
    with pytest.raises(MessageStructureInvalid) as refusal:
        parse_message(data)
    rules = {(fault["path"], fault["rule"]) for fault in refusal.value.details["faults"]}
    assert rules == {
        ("BaseTransfer.copCod", "unexpected"),
        ("BaseTransfer.copCode", "missing"),
        ("BaseTransfer.dxpMode", "wrong_length"),
    }


@settings(max_examples=150)
@given(cuts=st.lists(st.tuples(st.integers(0, len(ORDERS)), st.binary(max_size=4)), min_size=1, max_size=6))
def test_any_damage_to_the_bytes_ends_in_a_message_or_a_named_refusal(cuts: list[tuple[int, bytes]]) -> None:
    data = ORDERS
    for place, stuff in cuts:
        data = data[:place] + stuff + data[place + len(stuff) :]
    refused = {"MessageMalformed", "MessageTypeUnknown", "MessageStructureInvalid", "DtdForbidden"}
    assert verdict(data) in {"311", *refused}


def verdict(data: bytes) -> str:
    """The message's type, or the name of its refusal."""
    try:
        return parse_message(data).type
    except GuanlianError as refusal:
        return refusal.title


def test_message_in_its_envelope_reads_like_the_bare_one() -> None:
    wrapped = parse_message(envelope(ORDERS))
    bare = parse_message(ORDERS)
    assert wrapped.documents == bare.documents
    assert wrapped.guid == bare.guid
    assert bare.envelope is None
    assert wrapped.envelope == Envelope("id-1", "DXPSIM1", ("DXPSIM2",), "2026-03-02T09:00:00+08:00", "CEB311Message")


def test_base64_of_an_envelope_may_be_broken_into_lines() -> None:
    data = envelope(ORDERS)
    packed = base64.b64encode(ORDERS)
    broken = base64.encodebytes(ORDERS)
    assert parse_message(data.replace(packed, broken)).documents == parse_message(ORDERS).documents


@pytest.mark.parametrize(
    "number", ["0" * 3_000_000 + "x", "1." + "0" * 3_000_000 + "1", "9" * 3_000_000, "-" * 3_000_000]
)
@pytest.mark.parametrize("field", ["goodsValue", "gnum"])
def test_a_number_of_three_million_characters_is_judged_at_once(field: str, number: str) -> None:
    (document, *_) = parse_message(ORDERS).documents
    value = document.head.get(field) or document.lines[0][field]
    data = ORDERS.replace(f"<ceb:{field}>{value}<".encode(), f"<ceb:{field}>{number}<".encode(), 1)
    started = time.process_time()
    (judged, *_) = parse_message(data).documents
    assert [fault.path.rpartition(".")[2] for fault in judged.faults] == [field]
    assert len(judged.faults[0].value) <= 60
    check_document(judged)
    assert time.process_time() - started < 1


def test_list_of_faults_is_bounded_and_says_so() -> None:
    start, end = ORDERS.index(b"<ceb:Order>"), ORDERS.index(b"</ceb:OrderHead>")
    flooded = ORDERS[:end] + b"<ceb:x/>" * 200_000 + ORDERS[end:]
    faults = parse_message(flooded).documents[0].faults
    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1].rule == "more"
    with pytest.raises(MessageStructureInvalid) as refusal:
        parse_message(ORDERS[:start] + b"<ceb:x/>" * 200_000 + ORDERS[start:])
    assert len(refusal.value.details["faults"]) == 201
