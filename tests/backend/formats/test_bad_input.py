"""What senders get wrong: each named by document, field, value and rule, in Chinese and in English."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ceb_reference import DOCUMENTS, NOTICES, TYPES
from field_values import plainest_document

from backend.domain.documents import MESSAGES
from backend.domain.errors import DocumentsTooMany, MessageStructureInvalid, MessageTypeUnknown
from backend.domain.notices import NOTICES as NOTICE_FACTS
from backend.formats.ceb.checks import check_document
from backend.formats.ceb.fields import LAYOUTS, MOST_LINES
from backend.formats.ceb.messages import ParsedDocument, Transfer, parse_message
from backend.formats.ceb.signature import SimulatorSigner
from backend.formats.ceb.writer import write_message
from backend.services.simulation import simulate

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
SENDER = Transfer("9901960005", "云汀跨境商城有限公司", "DXP", "DXPSIM1", "")
SIGNER = SimulatorSigner(b"k")
SIMULATED = {mode: simulate(3, 11, mode) for mode in ("import", "export")}

#: Sensible values where a field's plainest value would break a rule of the specification's text.
SENSIBLE = {
    "appTime": "20260302090000", "logisticsTime": "20260302090000", "leaveTime": "20260302090000",
    "startTime": "20260201000000", "endTime": "20260228235959", "logisticsStatus": "S", "country": "303",
    "tradeMode": "9661",
}  # fmt: skip
FLAGS = {"711": "I", "507": "E", "213": "I", "215": "I"}


def honest(message_type: str, lines: int = 2) -> ParsedDocument:
    """A document that breaks no rule: one of the simulator's, or a notice with sensible values."""
    if message_type in DOCUMENTS:
        mode = LAYOUTS[message_type].facts.direction.name.lower()
        return parse_message(next(SIMULATED[mode].messages_of(message_type)).data).documents[0]
    plain = plainest_document(message_type, lines)
    head = {name: SENSIBLE.get(name, value) for name, value in plain.head.items()}
    if "ieFlag" in head:
        head["ieFlag"] = FLAGS[message_type]
    numbered = []
    for number, line in enumerate(plain.lines, 1):
        values = {
            name: f"{number}" if name in ("gnum", "logisticsNo", "invtNo") else text for name, text in line.items()
        }
        numbered.append(values)
    return replace(plain, head=head, lines=tuple(numbered))


def changed(document: ParsedDocument, path: str, value: str | None) -> ParsedDocument:
    """The document with one field set or, for None, taken out: `goodsValue` in the head, `2.qty` in a line."""
    place, _, name = path.rpartition(".")
    head, lines = dict(document.head), [dict(line) for line in document.lines]
    block = lines[int(place) - 1] if place else head
    if value is None:
        del block[name]
    else:
        block[name] = value
    return replace(document, head=head, lines=tuple(lines))


def message_with(*documents: ParsedDocument) -> bytes:
    return write_message(documents[0].type, documents, SENDER, GUID, signer=SIGNER)


def answer(data: bytes) -> list[tuple[int, str, str, str, str]]:
    """(document, path, value, rule, level) of everything that is wrong, each said in both languages."""
    found = []
    for document in parse_message(data).documents:
        for fault in (*document.faults, *check_document(document)):
            assert fault.zh
            assert fault.en
            found.append((fault.document, fault.path, fault.value, fault.rule, fault.level))
    return found


@pytest.mark.parametrize("message_type", TYPES)
def test_honest_document_has_no_fault(message_type: str) -> None:
    assert answer(message_with(honest(message_type))) == []


@pytest.mark.parametrize(
    ("message_type", "path", "value", "told"),
    [
        # Numbers
        ("311", "goodsValue", "NaN", "OrderHead.goodsValue not_a_number error"),
        ("311", "goodsValue", "Infinity", "OrderHead.goodsValue not_a_number error"),
        ("311", "goodsValue", "1e3", "OrderHead.goodsValue not_a_number error"),
        ("311", "goodsValue", "１００", "OrderHead.goodsValue not_a_number error"),
        ("311", "goodsValue", "٣", "OrderHead.goodsValue not_a_number error"),
        ("411", "amountPaid", "1.000001", "PaymentHead.amountPaid too_many_decimals error"),
        ("607", "grossWeight", "1.000001", "WayBillHead.grossWeight too_many_decimals error"),
        ("625", "1.qty", "123456789012345678901", "InvtRefundList[1].qty too_many_digits error"),
        ("625", "1.qty", "-1", "InvtRefundList[1].qty negative error"),
        ("213", "1.qty1", "NaN", "InvtRefundList[1].qty1 not_a_number error"),
        ("507", "2.gnum", "二", "ArrivalList[2].gnum not_an_integer error"),
        # Line numbers
        ("711", "2.gnum", "3", "DeliveryList[2].gnum sequence error"),
        ("507", "1.gnum", "2", "ArrivalList[1].gnum sequence error"),
        ("509", "2.gnum", "1", "DepartureList[2].gnum sequence error"),
        ("607", "2.gnum", "9", "WayBillList[2].gnum sequence error"),
        ("625", "2.gnum", "1", "InvtRefundList[2].gnum repeated_value error"),
        ("213", "2.gnum", "0", "InvtRefundList[2].gnum not_positive error"),
        # Look-alikes, hidden characters, codes
        ("311", "ebpCode", "99019600О5", "OrderHead.ebpCode not_plain error"),
        ("513", "logisticsCode", "３１２２", "LogisticsStatus.logisticsCode not_plain error"),
        ("513", "logisticsNo", "W1\u200b", "LogisticsStatus.logisticsNo hidden_character error"),
        ("513", "logisticsNo", "\u202eW1", "LogisticsStatus.logisticsNo hidden_character error"),
        ("513", "logisticsNo", "W１", "LogisticsStatus.logisticsNo not_plain warning"),
        ("711", "1.logisticsNo", "W\u00ad1", "DeliveryList[1].logisticsNo hidden_character error"),
        ("623", "customsCode", "２２３３", "InvtCancel.customsCode not_digits error"),
        ("625", "1.unit", "千克克", "InvtRefundList[1].unit not_digits error"),
        ("625", "1.unit", "kgs", "InvtRefundList[1].unit not_digits warning"),
        ("213", "country", "142", "InvtRefundHead.country not_allowed error"),
        ("213", "tradeMode", "0110", "InvtRefundHead.tradeMode not_in_list warning"),
        ("213", "1.unit2", "00", "InvtRefundList[1].unit2 wrong_length error"),
        ("213", "1.qty2", "0", "InvtRefundList[1].qty2 unit_pair error"),
        ("513", "logisticsStatus", "R", "LogisticsStatus.logisticsStatus not_in_list warning"),
        ("623", "appType", "4", "InvtCancel.appType not_in_list error"),
        ("711", "ieFlag", "E", "DeliveryHead.ieFlag not_in_list error"),
        ("507", "ieFlag", "I", "ArrivalHead.ieFlag not_in_list error"),
        ("701", "summaryFlag", "3", "SummaryApplyHead.summaryFlag not_in_list error"),
        # Times
        ("513", "logisticsTime", "20260230120000", "LogisticsStatus.logisticsTime not_a_time error"),
        ("509", "leaveTime", "20260301240000", "DepartureHead.leaveTime not_a_time error"),
        ("509", "leaveTime", "2026030112000Ｏ", "DepartureHead.leaveTime not_a_time error"),
        ("215", "appTime", "20261301000000", "InvtRefundDetail.appTime not_a_time error"),
        ("701", "endTime", "20260131000000", "SummaryApplyHead.endTime period error"),
        # Parts and lists
        ("507", "msgSeqNo", "2", "ArrivalHead.msgSeqNo part error"),
        ("607", "msgSeqNo", "0", "WayBillHead.msgSeqNo part error"),
        ("711", "2.logisticsNo", "1", "DeliveryList[2].logisticsNo repeated_value warning"),
        ("701", "2.invtNo", "1", "SummaryApplyList[2].invtNo repeated_value warning"),
        # Structure
        ("605", "agentName", " ", "InvtCancel.agentName empty error"),
        ("215", "coElNo", "1" * 21, "InvtRefundDetail.coElNo too_long error"),
        ("605", "invtNo", None, "InvtCancel.invtNo missing error"),
    ],
)
def test_wrong_field_is_named_with_its_value_and_rule(
    message_type: str, path: str, value: str | None, told: str
) -> None:
    good = honest(message_type)
    bad = replace(changed(good, path, value), index=1)
    most = LAYOUTS[message_type].most_documents
    found = answer(message_with(good, bad) if most > 1 else message_with(bad))
    where, rule, level = told.split(" ")
    # Sums that no longer add up are told beside the field that made them so.
    found = [each for each in found if each[3] not in ("paid_sum", "goods_sum")]
    assert [(each[1], each[3], each[4]) for each in found] == [(where, rule, level)]
    assert {each[0] for each in found} == ({1} if most > 1 else {0})
    assert found[0][2] == (value or "")


def test_personal_values_are_never_repeated() -> None:
    for message_type in ("623", "625"):
        found = answer(message_with(changed(honest(message_type), "buyerName", "王" * 61)))
        assert [(each[1].rpartition(".")[2], each[2]) for each in found] == [("buyerName", "***")]


def test_number_of_a_return_line_is_that_of_the_list_it_returns_from() -> None:
    for message_type in ("625", "213"):
        document = changed(changed(honest(message_type), "1.gnum", "7"), "2.gnum", "3")
        assert answer(message_with(document)) == []


def test_later_part_of_a_split_notice_may_count_on() -> None:
    for message_type in ("507", "509", "607"):
        document = changed(changed(honest(message_type), "msgCount", "2"), "msgSeqNo", "2")
        assert answer(message_with(document)) == []
        counting_on = changed(changed(document, "1.gnum", "501"), "2.gnum", "502")
        assert answer(message_with(counting_on)) == []
        assert [each[3] for each in answer(message_with(changed(counting_on, "2.gnum", "503")))] == ["sequence"]


def test_notice_that_was_not_split_may_say_zero_of_zero() -> None:
    document = changed(changed(honest("507"), "msgCount", "0"), "msgSeqNo", "0")
    assert answer(message_with(document)) == []


def test_arrival_that_names_no_parcel_and_summary_that_names_no_list_are_told_so() -> None:
    arrival = changed(honest("507", 0), "billNo", None)
    assert [each[1:4] for each in answer(message_with(arrival))] == [("ArrivalList", "", "names_nothing")]
    summary = changed(changed(honest("701", 0), "startTime", None), "endTime", None)
    assert [each[1:4] for each in answer(message_with(summary))] == [("SummaryApplyList", "", "names_nothing")]
    half = changed(honest("701"), "startTime", None)
    assert [each[1:4] for each in answer(message_with(half))] == [
        ("SummaryApplyHead.endTime", "20260228235959", "period")
    ]


@pytest.mark.parametrize("message_type", [kind for kind in TYPES if LAYOUTS[kind].lines])
def test_second_head_is_named(message_type: str) -> None:
    head = LAYOUTS[message_type].head_name
    data = message_with(honest(message_type))
    start, end = data.index(f"<ceb:{head}>".encode()), data.index(f"</ceb:{head}>".encode()) + len(f"</ceb:{head}>")
    found = answer(data[:end] + data[start:end] + data[end:])
    assert [each[:2] + each[3:] for each in found] == [(0, head, "repeated", "error")]


@pytest.mark.parametrize("message_type", TYPES)
def test_field_of_another_namespace_does_not_stand_in_for_ours(message_type: str) -> None:
    name = LAYOUTS[message_type].head[4].name
    data = message_with(honest(message_type))
    mixed = data.replace(f"<ceb:{name}>".encode(), f'<x:{name} xmlns:x="urn:other">'.encode(), 1)
    mixed = mixed.replace(f"</ceb:{name}>".encode(), f"</x:{name}>".encode(), 1)
    path = f"{LAYOUTS[message_type].head_name}.{name}"
    told = [each[1:4:2] for each in answer(mixed) if each[1] == path]
    assert told == [(path, "unexpected"), (path, "missing")]


@pytest.mark.parametrize("message_type", TYPES)
def test_document_beyond_the_last_allowed_is_refused(message_type: str) -> None:
    layout = LAYOUTS[message_type]
    document = honest(message_type)
    assert len(parse_message(message_with(*[document] * layout.most_documents)).documents) == layout.most_documents
    with pytest.raises(DocumentsTooMany) as refusal:
        parse_message(message_with(*[document] * (layout.most_documents + 1)))
    assert refusal.value.details == {"count": layout.most_documents + 1, "most": layout.most_documents}


def test_line_beyond_the_last_allowed_is_named() -> None:
    (line,) = honest("701", 1).lines
    document = replace(honest("701"), lines=(line,) * (MOST_LINES + 1))
    (read,) = parse_message(message_with(document)).documents
    assert [(found.path, found.rule) for found in read.faults] == [("SummaryApplyList", "too_many_lines")]
    assert f"{MOST_LINES}" in read.faults[0].en


def test_twenty_thousand_faults_are_cut_short_and_said_to_be() -> None:
    (line,) = honest("711", 1).lines
    document = replace(honest("711"), lines=(line,) * MOST_LINES)
    faults = check_document(document)
    assert len(faults) == 501
    assert faults[-1].rule == "more"


@pytest.mark.parametrize("message_type", [kind for kind in TYPES if LAYOUTS[kind].signature_required])
def test_missing_signature_is_named_where_the_schema_wants_one(message_type: str) -> None:
    with pytest.raises(MessageStructureInvalid) as refusal:
        parse_message(write_message(message_type, [honest(message_type)], SENDER, GUID))
    assert [(found["path"], found["rule"]) for found in refusal.value.details["faults"]] == [("Signature", "missing")]


@pytest.mark.parametrize("message_type", NOTICES)
def test_notice_is_unknown_to_whoever_takes_documents_only(message_type: str) -> None:
    data = message_with(honest(message_type))
    with pytest.raises(MessageTypeUnknown) as refusal:
        parse_message(data, accept=MESSAGES)
    assert refusal.value.details["type"] == f"CEB{message_type}Message"
    assert parse_message(data, accept=NOTICE_FACTS).type == message_type


@pytest.mark.parametrize("root", ["CEB312Message", "CEB999Message", "CEB311", "ceb311message", "Order"])
def test_wrong_root_is_unknown(root: str) -> None:
    data = message_with(honest("311")).replace(b"CEB311Message", root.encode())
    with pytest.raises(MessageTypeUnknown) as refusal:
        parse_message(data)
    assert refusal.value.details["type"] == root
