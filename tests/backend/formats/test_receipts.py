"""Receipts: read as customs sends them, whatever their form; written as its schema wants them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ceb_reference import FOLDER, NOTICES, RECEIPTS, direction_of, needs_reference, sample, schema, schema_accepts
from field_values import blocks
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from backend.domain.errors import (
    DocumentsTooMany,
    DtdForbidden,
    GuanlianError,
    MessageMalformed,
    MessageStructureInvalid,
    MessageTooLarge,
    MessageTypeUnknown,
)
from backend.formats.ceb.fields import LAYOUTS, NAMESPACE, RECEIPTS_FOR
from backend.formats.ceb.fields import RECEIPTS as TABLES
from backend.formats.ceb.messages import Envelope, ParsedDocument
from backend.formats.ceb.receipt_reading import InnerCode, inner_codes, read_receipt, time_of
from backend.formats.ceb.receipts import (
    CHINA_TIME,
    ReceiptRow,
    RowValues,
    coded_info,
    return_time,
    write_receipt,
    write_rows,
)
from backend.formats.ceb.refusals import FORMAT_WRONG
from backend.formats.ceb.statuses import STATUSES, ReturnStatus, status_label
from backend.formats.ceb.writer import wrap_dxp
from backend.formats.ceb.xml import XmlLimits

#: Customs publishes no sample of these.
WITHOUT_SAMPLE = ("816", "818", "900")

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
AT = datetime(2026, 3, 2, 1, 2, 3, 456000, tzinfo=UTC)

BILL = RowValues(
    {
        "guid": GUID,
        "returnTime": "20260302090203456",
        "invtNo": "22332026I000000001",
        "taxNo": "22332026I000000001_0",
        "customsTax": "0.00",
        "valueAddedTax": "37.31",
        "consumptionTax": "0.00",
        "status": "1",
        "agentCode": "3122600001",
    },
    (
        {
            "gnum": "1", "gcode": "2201101000", "taxPrice": "410.00", "customsTax": "0.00",
            "valueAddedTax": "37.31", "consumptionTax": "0.00",
        },
    ),
)  # fmt: skip


def receipt(row: str, kind: str = "622", node: str = "InventoryReturn") -> bytes:
    root = f'<CEB{kind}Message xmlns="{NAMESPACE}" guid="{GUID}" version="1.0">'
    return f"{root}<{node}>{row}</{node}></CEB{kind}Message>".encode()


# Reading


@needs_reference
@pytest.mark.parametrize(
    ("name", "status", "code", "description"),
    [
        ("CEB312_100_pay_amount_mismatch", "100", "1332", "支付单支付金额与订单支付金额不一致"),
        ("CEB622_100_items_mismatch", "100", "1322", "订单清单表体商品项不一致"),
        ("CEB622_120_logic_ok", "120", "1800", "逻辑校验通过"),
        ("CEB622_800_released", "800", "2600", "放行"),
    ],
)
def test_observed_receipt_is_read(name: str, status: str, code: str, description: str) -> None:
    message = read_receipt((FOLDER / "receipts" / f"{name}.xml").read_bytes())
    (row,) = message.rows
    assert (message.type, row.status) == (name[3:6], status)
    assert [(found.code, found.description) for found in row.codes] == [(code, description)]
    assert row.at is not None
    assert return_time(row.at) == row.fields["returnTime"]
    assert row.faults == ()


@needs_reference
def test_details_behind_an_observed_code_are_kept() -> None:
    data = (FOLDER / "receipts" / "CEB312_100_pay_amount_mismatch.xml").read_bytes()
    (code,) = read_receipt(data).rows[0].codes
    assert code.details == ("OrderHead.acturalPaid:561.89,PaymentHead.amountPaid3197.95",)


@needs_reference
def test_observed_receipt_of_the_yearly_limit_keeps_its_sums() -> None:
    data = (FOLDER / "receipts" / "CEB622_100_year_limit.xml").read_bytes()
    (code,) = read_receipt(data).rows[0].codes
    assert code == InnerCode(
        "1313",
        "订购人购买超过年度限额,超过个人年度购买额度;totalPrice：26,114.44 > limitPrice: 26,000",
    )


@needs_reference
def test_observed_tax_bill_is_read_with_the_fields_that_the_schema_lacks() -> None:
    message = read_receipt((FOLDER / "receipts" / "CEB816_tax.xml").read_bytes())
    (row,) = message.rows
    assert (message.answers, row.status) == (None, "1")
    assert (row.fields["valueAddedTax"], row.fields["orderNo"], row.fields["logisticsNo"]) == (
        "37.31",
        "124183351885",
        "JD0018734413066",
    )
    assert [line["taxPrice"] for line in row.lines] == ["410.0"]
    assert {found.rule for found in row.faults} == {"unexpected"}


@needs_reference
@pytest.mark.parametrize("receipt_type", [kind for kind in RECEIPTS if kind not in WITHOUT_SAMPLE])
def test_official_sample_is_read_and_differs_from_its_table_only_where_the_schema_says_so(receipt_type: str) -> None:
    data = sample(receipt_type)
    message = read_receipt(data)
    rules = {found.rule for row in message.rows for found in row.faults}
    assert message.type == receipt_type
    assert all(row.fields["guid"] for row in message.rows)
    assert {found.level for row in message.rows for found in row.faults} <= {"warning"}
    if not schema_accepts(data, receipt_type):
        # 214 has another root and an element more, 792 its lines' elements in another order and one too few.
        assert receipt_type in ("214", "792")
    else:
        assert rules <= {"empty"}


@needs_reference
def test_official_sample_with_another_root_and_an_unknown_element_loses_nothing() -> None:
    message = read_receipt(sample("214"))
    assert {row.fields["appSenderId"] for row in message.rows} == {"1105910159"}
    assert [found.path for found in message.rows[0].faults] == ["RefundReturn.appSenderId"]


@pytest.mark.parametrize("status", ["99", "600", "505", "-621018", "A1", "已放行", "9" * 40])
def test_unknown_status_is_kept_as_it_came(status: str) -> None:
    (row,) = read_receipt(receipt(f"<guid>{GUID}</guid><returnStatus> {status} </returnStatus>")).rows
    assert row.status == status
    assert row.fields["returnStatus"] == f" {status} "


def test_status_has_a_label_in_both_languages_if_customs_publishes_it() -> None:
    assert status_label(" 800 ") == ("放行", "released")
    assert status_label("-621018") == ("处理异常", "processing error")
    assert [status_label(text) for text in ("99", "", "-", "-x", "８００")] == [None] * 5
    assert STATUSES.keys() == set(ReturnStatus)
    assert all(facts.receipts <= set(RECEIPTS) for facts in STATUSES.values())


def test_row_without_anything_known_is_kept() -> None:
    row = read_receipt(
        receipt('<a>1</a><a>2</a><b><c>3</c></b><x:guid xmlns:x="urn:other">4</x:guid><guid xmlns="">5</guid>')
    ).rows[0]
    assert row.fields == {"a": "1", "a#2": "2", "b.c": "3", "{urn:other}guid": "4", "{}guid": "5"}
    assert (row.status, row.info, row.codes, row.at) == ("", "", (), None)
    assert {found.level for found in row.faults} == {"warning"}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("20260302090203456", AT),
        ("20260302090203", AT.replace(microsecond=0)),
        ("20260230090203456", None),
        ("２０２６0302090203456", None),
        ("2026-03-02", None),
        ("", None),
    ],
)
def test_time_of_a_receipt_is_china_standard_time_or_unknown(text: str, at: datetime | None) -> None:
    assert time_of(text) == at
    if at is not None:
        assert time_of(text).tzinfo is CHINA_TIME  # type: ignore[union-attr]


def test_receipt_that_arrives_late_or_twice_changes_nothing() -> None:
    def row(text: str) -> object:
        return read_receipt(receipt(f"<returnTime>{text}</returnTime>")).rows[0]

    first, later = row("20260302090203456"), row("20260302090203457")
    assert later.is_later_than(first.at)  # type: ignore[attr-defined]
    assert not first.is_later_than(later.at)  # type: ignore[attr-defined]
    assert not first.is_later_than(first.at)  # type: ignore[attr-defined]
    assert first.is_later_than(None)  # type: ignore[attr-defined]
    assert not row("no time").is_later_than(first.at)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("info", "codes"),
    [
        ("验签失败", ()),
        ("清单新增申报成功[电商企业编码：1][订单编号：2]", ()),
        ("[Code:1;Desc:a],[b],[c];[Code:2;Desc:d]", (InnerCode("1", "a", ("b", "c")), InnerCode("2", "d"))),
        ("[Code:1;Desc:清单[123]已申报],[x[1]]", (InnerCode("1", "清单[123]已申报", ("x[1]",)),)),
        ("[Code:1;Desc:cut off", (InnerCode("1", "cut off"),)),
        ("[Code:1]", (InnerCode("1", ""),)),
        ("[Code:" * 100_000, (InnerCode("[Code:" * 99_999, ""),)),
    ],
)
def test_inner_codes_are_taken_from_the_text(info: str, codes: tuple[InnerCode, ...]) -> None:
    assert inner_codes(info) == codes


CHARACTERS = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="[];；")
PLAIN = st.text(CHARACTERS, max_size=20).map(str.strip)


@given(code=PLAIN, description=PLAIN, details=st.lists(PLAIN, max_size=3))
def test_what_we_write_as_a_code_is_what_we_read(code: str, description: str, details: list[str]) -> None:
    description = description.removeprefix("Desc:")
    assert inner_codes(coded_info(code, description, *details)) == (InnerCode(code, description, tuple(details)),)


@given(info=st.text(max_size=200))
def test_any_text_of_a_receipt_can_be_searched_for_codes(info: str) -> None:
    assert len(inner_codes(info)) <= info.count("[Code:")


def test_receipt_in_an_envelope_is_opened() -> None:
    envelope = Envelope("id-1", "CUSTOMS", ("DXPSIM1",), "2026-03-02T09:00:00+08:00", "CEB622Message")
    message = read_receipt(wrap_dxp(receipt("<returnStatus>800</returnStatus>"), envelope))
    assert (message.type, message.answers, message.envelope) == ("622", "621", envelope)
    assert message.guid == GUID


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", MessageMalformed),
        (receipt("", "621"), MessageTypeUnknown),
        (receipt("", "999"), MessageTypeUnknown),
        (receipt("").replace(NAMESPACE.encode(), b"urn:other"), MessageTypeUnknown),
        (receipt("", node="OrderReturn"), MessageStructureInvalid),
        (b"<!DOCTYPE x>" + receipt(""), DtdForbidden),
        (receipt("<a>" * 40 + "</a>" * 40), MessageTooLarge),
    ],
)
def test_only_what_cannot_be_read_or_is_no_receipt_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_receipt(data)


def test_size_of_a_receipt_is_bounded() -> None:
    with pytest.raises(MessageTooLarge):
        read_receipt(receipt(""), XmlLimits(bytes=20))


# Writing


@needs_reference
@pytest.mark.parametrize("message_type", NOTICES)
def test_answer_to_a_notice_is_valid_for_the_schema_however_hopeless_the_notice(message_type: str) -> None:
    names = [field.name for field in LAYOUTS[message_type].head]
    full = dict.fromkeys(names, "1") | {"guid": GUID, "preNo": "B20260302000000001", "logisticsStatus": "S"}
    for head in (full, {}, dict.fromkeys(names, "长" * 90), dict.fromkeys(names, " ")):
        refusal = FORMAT_WRONG.for_type(message_type)
        row = ReceiptRow(ParsedDocument(0, message_type, head, (), ()), refusal[0], coded_info(*refusal), AT)
        data = write_receipt(message_type, [row], GUID)
        assert schema_accepts(data, RECEIPTS_FOR[message_type].type), schema(direction_of(message_type)).error_log
        (read,) = read_receipt(data).rows
        assert (read.status, read.at) == (refusal[0], AT)
        assert (read.codes[0].code, read.codes[0].description) == refusal


@pytest.mark.parametrize("message_type", LAYOUTS)
def test_every_request_has_its_receipt(message_type: str) -> None:
    assert RECEIPTS_FOR[message_type].answers == message_type
    assert int(RECEIPTS_FOR[message_type].type) == int(message_type) + 1


@needs_reference
def test_tax_bill_is_valid_for_the_schema_and_read_as_written() -> None:
    data = write_rows("816", [BILL, BILL], GUID)
    assert schema_accepts(data, "816"), schema("import").error_log
    rows = read_receipt(data).rows
    assert [(row.fields, row.lines, row.faults) for row in rows] == [(BILL.head, BILL.lines, ())] * 2
    assert rows[0].at == AT


@needs_reference
def test_status_of_a_tax_bill_is_valid_for_the_schema() -> None:
    head = {name: BILL.head[name] for name in ("guid", "returnTime", "invtNo", "taxNo")} | {"status": "2"}
    data = write_rows("818", [RowValues(head)], GUID)
    assert schema_accepts(data, "818"), schema("import").error_log
    assert read_receipt(data).rows[0].status == "2"


@needs_reference
def test_summary_result_is_valid_for_the_schema_with_its_lines_in_order() -> None:
    (row, *_) = read_receipt(sample("792")).rows
    lines = [{**line, "gseqno": "1"} for line in row.lines]
    data = write_rows("792", [RowValues(row.fields, lines)], GUID)
    assert schema_accepts(data, "792"), schema("export").error_log
    (read,) = read_receipt(data).rows
    assert (read.fields, list(read.lines), read.status, read.faults) == (row.fields, lines, "A", ())


def test_tax_bill_that_breaks_its_table_is_not_written() -> None:
    broken = RowValues({**BILL.head, "valueAddedTax": "37.310001"}, BILL.lines)
    with pytest.raises(MessageStructureInvalid) as refusal:
        write_rows("816", [broken], GUID)
    assert [found["path"] for found in refusal.value.details["faults"]] == ["TaxHeadRd.valueAddedTax"]
    with pytest.raises(MessageStructureInvalid):
        write_rows("816", [], GUID)
    with pytest.raises(KeyError, match="surprise"):
        write_rows("816", [RowValues({**BILL.head, "surprise": "1"}, BILL.lines)], GUID)


def test_more_rows_than_a_receipt_holds_are_not_written() -> None:
    row = RowValues({"guid": GUID, "returnStatus": "0001"})
    with pytest.raises(DocumentsTooMany):
        write_rows("900", [row, row], GUID)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_whatever_a_receipts_table_allows_is_written_and_read_as_it_was(data: st.DataObject) -> None:
    receipt_type = data.draw(st.sampled_from(RECEIPTS))
    layout = TABLES[receipt_type]
    count = data.draw(st.integers(layout.least_lines, 2)) if layout.lines else 0
    lines = tuple(data.draw(blocks(layout.lines)) for _ in range(count))
    values = RowValues(data.draw(blocks(layout.head)), lines)
    written = write_rows(receipt_type, [values], GUID)
    (row,) = read_receipt(written).rows
    assert (row.fields, row.lines, row.faults) == (values.head, values.lines, ())
    if FOLDER.is_dir():
        assert schema_accepts(written, receipt_type), schema(direction_of(receipt_type)).error_log


@settings(max_examples=150, deadline=None)
@given(cuts=st.lists(st.tuples(st.integers(0, 1200), st.binary(max_size=4)), min_size=1, max_size=6))
def test_any_damage_to_the_bytes_ends_in_a_receipt_or_a_named_refusal(cuts: list[tuple[int, bytes]]) -> None:
    data = write_rows("816", [BILL], GUID)
    for place, stuff in cuts:
        data = data[:place] + stuff + data[place + len(stuff) :]
    refused = {"MessageMalformed", "MessageTypeUnknown", "MessageStructureInvalid", "DtdForbidden"}
    assert verdict(data) in {*RECEIPTS, *refused}


def verdict(data: bytes) -> str:
    """The receipt's type, or the name of its refusal."""
    try:
        return read_receipt(data).type
    except GuanlianError as refusal:
        return refusal.title


@settings(max_examples=40)
@given(moment=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)))
def test_time_survives_writing_and_reading_to_the_millisecond(moment: datetime) -> None:
    at = moment.replace(tzinfo=UTC)
    read = time_of(return_time(at))
    assert read is not None
    assert timedelta(0) <= at - read < timedelta(milliseconds=1)


def test_written_receipt_is_one_root_in_customs_namespace() -> None:
    root = etree.fromstring(write_rows("816", [BILL], 'a"b'))
    assert (etree.QName(root).namespace, root.get("guid")) == (NAMESPACE, 'a"b')
