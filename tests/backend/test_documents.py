"""What a document means: its key, its sender, its parcel, what in it is personal, when it is the same again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.documents import (
    MESSAGES,
    PERSONAL_FIELDS,
    Document,
    decimal_of,
    document_of,
    is_personal,
    is_public,
    masked,
)
from backend.domain.participants import Role
from backend.domain.roster import ROSTER
from backend.services.simulation import simulate

IMPORTED = simulate(6, 1, "import").parcels[0]
EXPORTED = simulate(6, 1, "export").parcels[0]
DOCUMENTS = {**IMPORTED.documents, **EXPORTED.documents}


def with_head(document: Document, **changes: str) -> Document:
    return replace(document, head={**document.head, **changes})


def test_business_key_is_the_type_and_the_fields_that_the_receipt_repeats() -> None:
    order = DOCUMENTS["311"]
    assert order.business_key == f"311|{order.head['ebpCode']}|{order.head['orderNo']}"
    waybill = DOCUMENTS["505"]
    assert waybill.business_key == f"505|{waybill.head['logisticsCode']}|{waybill.head['logisticsNo']}"


def test_declaration_without_a_number_of_its_own_is_keyed_by_its_order() -> None:
    declaration = with_head(DOCUMENTS["621"], copNo="")
    agent, platform, order = (declaration.head[name] for name in ("agentCode", "ebpCode", "orderNo"))
    assert declaration.business_key == f"621|{agent}|{platform}|{order}"


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_two_documents_share_a_key_only_if_their_key_fields_are_equal(a: str, b: str, c: str, d: str) -> None:
    one = document_of("311", {"ebpCode": a, "orderNo": b})
    other = document_of("311", {"ebpCode": c, "orderNo": d})
    assert (one.business_key == other.business_key) == ((a, b) == (c, d))


def test_documents_of_one_parcel_refer_to_each_other() -> None:
    order, payment, waybill, declaration = (DOCUMENTS[kind] for kind in ("311", "411", "511", "621"))
    assert order.order_reference == payment.order_reference == declaration.order_reference
    assert waybill.order_reference is None
    assert waybill.order_no == order.order_no
    assert waybill.waybill_reference == declaration.waybill_reference
    assert DOCUMENTS["505"].order_no is None
    assert DOCUMENTS["505"].waybill_reference == DOCUMENTS["603"].waybill_reference
    assert declaration.customs_code == IMPORTED.customs_code
    assert declaration.port_code == IMPORTED.port_code
    assert declaration.trade_mode == IMPORTED.trade_mode


@pytest.mark.parametrize("message_type", MESSAGES)
def test_sender_named_in_a_document_holds_the_role_that_may_send_it(message_type: str) -> None:
    document = DOCUMENTS[message_type]
    sender = next(each for each in ROSTER if document.sender_code in each.codes)
    assert MESSAGES[message_type].role.name in sender.roles
    assert isinstance(MESSAGES[message_type].role, Role)


def test_same_document_sent_again_is_recognised_and_a_changed_one_is_not() -> None:
    order = DOCUMENTS["311"]
    again = with_head(order, guid="0" * 36, appTime="20990101000000")
    assert order.is_same_as(again)
    assert not order.is_same_as(with_head(order, goodsValue="1"))
    lines = ({**order.lines[0], "qty": "9"}, *order.lines[1:])
    assert not order.is_same_as(replace(order, lines=lines))


def test_fields_for_evidence_stand_in_an_order_that_the_wire_does_not_decide() -> None:
    order = DOCUMENTS["311"]
    turned = replace(
        order,
        head=dict(reversed(list(order.head.items()))),
        lines=tuple(dict(reversed(list(line.items()))) for line in order.lines),
    )
    assert turned.to_fields() == order.to_fields()
    paths = [path for path, _ in order.to_fields()]
    assert len(paths) == len(set(paths))
    assert ("OrderHead.orderNo", order.head["orderNo"]) in order.to_fields()
    assert ("OrderList.1.qty", order.lines[0]["qty"]) in order.to_fields()


def test_public_sees_origin_heading_and_brand_and_nothing_that_identifies_or_prices() -> None:
    fields = dict(DOCUMENTS["621"].to_fields())
    public = {path: value for path, value in fields.items() if is_public(path)}
    line = DOCUMENTS["621"].lines[0]
    assert public["InventoryList.1.country"] == line["country"]
    assert public["InventoryList.1.gcode.heading"] == line["gcode"][:4]
    assert f"品牌:{public['InventoryList.1.gmodel.brand']}|" in line["gmodel"]
    assert {path.split(".", 2)[2] for path in public} == {"country", "gcode.heading", "gmodel.brand"}
    assert not any(is_public(path) for path, _ in DOCUMENTS["311"].to_fields())
    assert not any(is_personal(path) for path in public)


def test_personal_values_are_masked_and_long_ones_cut() -> None:
    for name in PERSONAL_FIELDS:
        assert masked(f"OrderHead.{name}", "示例") == "***"
    assert masked("OrderHead.orderNo", "N1") == "N1"
    assert len(masked("OrderHead.orderNo", "N" * 500)) < 61


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "1"), (" 1.50 ", "1.5"), ("-.5", "-0.5"), ("+2.", "2"), ("", None), (".", None), ("1e3", None), ("٣", None)],
)
def test_decimal_reads_the_schemas_numbers_and_nothing_else(text: str, value: str | None) -> None:
    assert (str(decimal_of(text).normalize()) if decimal_of(text) is not None else None) == value  # type: ignore[union-attr]
