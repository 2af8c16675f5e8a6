"""Where the specification's text and its schema differ the schema counts: each known difference, by name."""

from __future__ import annotations

import pytest

from backend.formats.ceb.fields import LAYOUTS, MOST_LINES, RECEIPTS, Field

TABLES = {**LAYOUTS, **RECEIPTS}


def field(message_type: str, name: str) -> Field | None:
    layout = TABLES[message_type]
    return next((each for each in (*layout.head, *layout.lines) if each.name == name), None)


def known(message_type: str, name: str) -> Field:
    found = field(message_type, name)
    assert found is not None, f"{message_type} has no {name}"
    return found


@pytest.mark.parametrize(
    ("message_type", "right", "wrong"),
    [
        ("311", "consigneeTelephone", "consigneeTelephon"),
        ("311", "consigneeDistrict", "consigneeDitrict"),
        ("511", "consignee", "consingee"),
        ("605", "agentName", "agengName"),
        ("701", "declAgentCode", "declagAgentCode"),
        ("792", "declAgentCode", "declagAgentCode"),
    ],
)
def test_misprinted_name_of_the_text_is_not_the_elements_name(message_type: str, right: str, wrong: str) -> None:
    assert known(message_type, right)
    assert field(message_type, wrong) is None


@pytest.mark.parametrize(
    ("message_type", "name"),
    [
        ("511", "freight"), ("511", "insuredFee"), ("623", "copNo"), ("625", "copNo"), ("711", "copNo"),
        ("712", "copNo"), ("213", "tradeMode"),
    ],
)  # fmt: skip
def test_field_that_the_text_requires_is_optional(message_type: str, name: str) -> None:
    assert not known(message_type, name).required


@pytest.mark.parametrize(
    ("message_type", "name"),
    [
        ("311", "buyerTelephone"), ("511", "orderNo"), ("604", "preNo"), ("606", "preNo"), ("608", "preNo"),
        ("508", "preNo"), ("702", "preNo"), ("622", "preNo"), ("624", "preNo"), ("626", "preNo"), ("604", "invtNo"),
    ],
)  # fmt: skip
def test_field_that_the_text_lacks_or_leaves_open_is_required(message_type: str, name: str) -> None:
    assert known(message_type, name).required


def test_list_number_of_an_export_receipt_stands_there_but_may_be_empty() -> None:
    assert known("604", "invtNo").broken_rule("") is None


@pytest.mark.parametrize(
    ("message_type", "name", "most"),
    [
        ("621", "itemNo", 20), ("505", "logisticsNo", 32), ("603", "logisticsNo", 32), ("303", "ebpCode", 18),
        ("603", "totalPackageNo", 37), ("603", "invtNo", 20), ("605", "invtNo", 20), ("311", "buyerTelephone", 30),
    ],
)  # fmt: skip
def test_length_is_the_schemas(message_type: str, name: str, most: int) -> None:
    assert known(message_type, name).most == most


def test_simplified_commodity_code_is_padded_to_ten() -> None:
    assert known("603", "gcode").broken_rule("6109") == "wrong_length"
    assert known("603", "gcode").broken_rule("6109000000") is None


@pytest.mark.parametrize(("message_type", "node"), [("625", "InvtRefund"), ("626", "InvtRefundReturn")])
def test_node_of_a_return_is_spelled_as_in_the_schema(message_type: str, node: str) -> None:
    assert TABLES[message_type].node == node


@pytest.mark.parametrize("message_type", ["507", "509", "607", "701", "711", "792"])
def test_list_that_the_schema_leaves_unbounded_has_our_bound(message_type: str) -> None:
    assert TABLES[message_type].most_lines == MOST_LINES


def test_summary_result_numbers_its_own_line_before_the_lists() -> None:
    names = [each.name for each in RECEIPTS["792"].lines]
    assert names.index("gseqno") + 1 == names.index("gnum")


@pytest.mark.parametrize("name", ["orderNo", "logisticNo", "logisticsNo"])
def test_tax_bill_names_neither_order_nor_waybill(name: str) -> None:
    assert field("816", name) is None


@pytest.mark.parametrize("message_type", [kind for kind in LAYOUTS if LAYOUTS[kind].facts.direction.name == "Export"])
def test_required_text_of_an_export_must_not_be_empty_although_the_schema_lost_that_rule(message_type: str) -> None:
    layout = LAYOUTS[message_type]
    for each in (*layout.head, *layout.lines):
        if each.required:
            assert each.broken_rule("") == "empty"
