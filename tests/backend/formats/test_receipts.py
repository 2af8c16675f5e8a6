"""Receipts read as customs sends them, whatever their form."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ceb_reference import FOLDER, RECEIPTS, needs_reference, sample, schema_accepts
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calendar import CHINA
from backend.domain.errors import (
    DtdForbidden,
    MessageMalformed,
    MessageStructureInvalid,
    MessageTooLarge,
    MessageTypeUnknown,
)
from backend.formats.ceb.fields import NAMESPACE
from backend.formats.ceb.messages import Envelope
from backend.formats.ceb.receipt_reading import InnerCode, inner_codes, read_receipt, time_of
from backend.formats.ceb.receipts import (
    coded_info,
    return_time,
)
from backend.formats.ceb.statuses import STATUSES, ReturnStatus, status_label
from backend.formats.ceb.writer import wrap_dxp
from backend.formats.ceb.xml import XmlLimits

#: Customs publishes no sample of these.
WITHOUT_SAMPLE = ("816", "818", "900")

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
AT = datetime(2026, 3, 2, 1, 2, 3, 456000, tzinfo=UTC)


def receipt(row: str, kind: str = "622", node: str = "InventoryReturn") -> bytes:
    root = f'<CEB{kind}Message xmlns="{NAMESPACE}" guid="{GUID}" version="1.0">'
    return f"{root}<{node}>{row}</{node}></CEB{kind}Message>".encode()


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
        assert time_of(text).tzinfo is CHINA  # type: ignore[union-attr]


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
