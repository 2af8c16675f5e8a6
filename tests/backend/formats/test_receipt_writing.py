"""Receipts written as customs' schema wants them, tax bills and summary results among them."""

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
    GuanlianError,
    MessageStructureInvalid,
)
from backend.formats.ceb.fields import LAYOUTS, NAMESPACE, RECEIPTS_FOR
from backend.formats.ceb.fields import RECEIPTS as TABLES
from backend.formats.ceb.messages import ParsedDocument
from backend.formats.ceb.receipt_reading import read_receipt, time_of
from backend.formats.ceb.receipts import (
    ReceiptRow,
    RowValues,
    coded_info,
    return_time,
    write_receipt,
    write_rows,
)
from backend.formats.ceb.refusals import FORMAT_WRONG

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


@settings(max_examples=80)
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


@settings(max_examples=150)
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
