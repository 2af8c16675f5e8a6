"""What the chain's steps are on customs' receipts: statuses that the specification lists, texts that receipts hold."""

from __future__ import annotations

import pytest

from backend.domain.lifecycle import RULES, Step
from backend.formats.ceb import standings
from backend.formats.ceb.fields import RECEIPTS_FOR
from backend.formats.ceb.receipt_reading import inner_codes
from backend.formats.ceb.receipts import answered_fields
from backend.formats.ceb.statuses import STATUSES, ReturnStatus

LISTS, RETURNS = ("622", "604"), {"626": standings.RETURN_STANDINGS, "214": standings.EXPORT_RETURN_STANDINGS}

#: The specification's tables of export statuses end in "etc.": what a detained export's list bears stands in none.
BEYOND_THE_TABLES = {
    ("604", ReturnStatus.DetainedOtherwise),
    ("604", ReturnStatus.DetainedToClearance),
    ("604", ReturnStatus.DetainedToAntiSmuggling),
    ("604", ReturnStatus.DetainedToLegal),
    # Only imports are sent back abroad.
    ("604", ReturnStatus.ReturnedAbroad),
}


def is_listed(receipt: str, standing: standings.Standing) -> bool:
    status = ReturnStatus(standing.status)
    return receipt in STATUSES[status].receipts or (receipt, status) in BEYOND_THE_TABLES


@pytest.mark.parametrize("receipt", LISTS)
@pytest.mark.parametrize("step", standings.LIST_STANDINGS)
def test_a_list_is_answered_by_statuses_that_its_receipt_may_bear(receipt: str, step: Step) -> None:
    assert is_listed(receipt, standings.LIST_STANDINGS[step])


@pytest.mark.parametrize("receipt", LISTS)
@pytest.mark.parametrize("where", standings.DETENTIONS)
def test_a_detention_tells_where_the_goods_go(receipt: str, where: str) -> None:
    assert is_listed(receipt, standings.DETENTIONS[where])


@pytest.mark.parametrize("receipt", RETURNS)
def test_a_return_is_answered_by_statuses_that_its_receipt_may_bear(receipt: str) -> None:
    assert all(is_listed(receipt, standing) for standing in RETURNS[receipt].values())


@pytest.mark.parametrize("receipt", [layout.type for layout in RECEIPTS_FOR.values()])
def test_what_is_taken_in_is_answered_by_a_status_that_its_receipt_may_bear(receipt: str) -> None:
    assert is_listed(receipt, standings.accepted_on(receipt))
    assert is_listed(receipt, standings.TAKEN)
    assert is_listed(receipt, standings.SENT)


def test_customs_decisions_about_a_list_are_all_told() -> None:
    silent = set(RULES) - set(standings.LIST_STANDINGS)
    # Reports of others are answered to whoever made them; transit moves nothing that a list's receipt names.
    assert silent == {
        Step.OrderAttested, Step.PaymentAttested, Step.WaybillAttested, Step.Arrival, Step.TransitDeparture,
        Step.TransitArrival, Step.Departure, Step.Offloading, Step.Delivery, Step.ReturnRequested,
        Step.ReturnApproved, Step.ReturnRefused, Step.ReturnArrived, Step.ReturnVerified,
        Step.Consigned, Step.TakenOut, Step.Waybilled, Step.WrittenOff,
    }  # fmt: skip


def test_reasons_that_bear_a_code_stand_as_they_are() -> None:
    said = standings.rejected("[Code:1332;Desc:支付金额不一致],[a:1,b:2]", "[Code:M05;Desc:金额不符]")
    assert said.status == "100"
    assert [code.code for code in inner_codes(said.info)] == ["1332", "M05"]
    assert [code.code for code in inner_codes(standings.rejected("太晚").info)] == ["100"]


@pytest.mark.parametrize("length", [999, 1000, 1001, 5000])
def test_no_text_is_longer_than_a_receipt_holds(length: int) -> None:
    text = standings.cut("字" * length)
    assert len(text) == min(length, standings.LONGEST_INFO)
    assert text.endswith("…") == (length > standings.LONGEST_INFO)


@pytest.mark.parametrize("message_type", RECEIPTS_FOR)
def test_what_receipts_repeat_of_a_document_holds_nothing_personal(message_type: str) -> None:
    layout = RECEIPTS_FOR[message_type]
    head = {field.name: "1" * (field.least or 1) for field in layout.head}
    head |= {"buyerName": "x", "buyerIdNumber": "x", "consignee": "x", "note": "x", "reason": "x"}
    found = answered_fields(message_type, head)
    assert not found.keys() & {"buyerName", "buyerIdNumber", "consignee", "note", "reason"}
    assert not found.keys() & {"returnStatus", "returnTime", "returnInfo"}
