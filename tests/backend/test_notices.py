"""Notices: the step each leads to, the parcels it names, the key it goes by."""

from __future__ import annotations

import pytest

from backend.domain.documents import MESSAGES
from backend.domain.lifecycle import RULES, Direction, Step
from backend.domain.notices import NOTICES, Notice, NoticeKind, Subject, notice_of, subjects_of

STEPS = {
    "711": Step.Arrival,
    "507": Step.Arrival,
    "513": Step.Delivery,
    "509": Step.Departure,
    "625": Step.ReturnRequested,
    "213": Step.ReturnRequested,
    "215": Step.ReturnArrived,
    "623": None,
    "605": None,
    "607": None,
    "701": None,
}

CANCELLATION = {
    "appType": "1", "appStatus": "2", "ebpCode": "P1", "orderNo": "O1", "logisticsCode": "L1", "logisticsNo": "W1",
    "copNo": "C1", "preNo": "B1", "invtNo": "I1", "agentCode": "A1",
}  # fmt: skip


def notice(message_type: str, *lines: dict[str, str], **head: str) -> Notice:
    return notice_of(message_type, {"appType": "1", "appStatus": "2", "logisticsStatus": "S", **head}, lines)


def test_no_message_is_both_document_and_notice() -> None:
    assert NOTICES.keys() & MESSAGES.keys() == set()
    assert NOTICES.keys() == STEPS.keys()


@pytest.mark.parametrize("message_type", STEPS)
def test_declared_notice_leads_to_its_step(message_type: str) -> None:
    assert notice(message_type).step is STEPS[message_type]


@pytest.mark.parametrize("message_type", [kind for kind, step in STEPS.items() if step is not None])
def test_senders_role_may_take_the_step_that_the_notice_leads_to(message_type: str) -> None:
    facts = NOTICES[message_type]
    assert facts.step is not None
    assert facts.role in {rule.role for rule in RULES[facts.step]}


@pytest.mark.parametrize("message_type", STEPS)
def test_staged_notice_leads_to_nothing(message_type: str) -> None:
    staged = notice(message_type, appStatus="1")
    assert staged.is_staged
    assert staged.step is None


def test_departure_taken_back_means_offloaded_and_no_other_withdrawal_means_a_step() -> None:
    for message_type in STEPS:
        expected = Step.Offloading if message_type == "509" else None
        assert notice(message_type, appType="3").step is expected


def test_delivery_counts_only_if_signed_for() -> None:
    assert notice("513", logisticsStatus="R").step is None
    assert notice("513", logisticsStatus="S").step is Step.Delivery


def test_cancellation_and_return_of_an_import_name_one_parcel_by_everything_they_know() -> None:
    expected = Subject(("P1", "O1"), "I1", ("L1", "W1"), "B1", ("A1", "C1"), None, None)
    assert subjects_of(notice("623", **CANCELLATION)) == (expected,)
    assert subjects_of(notice("625", {"gnum": "2", "qty": "1"}, **CANCELLATION)) == (expected,)


def test_export_cancellation_names_its_list_alone() -> None:
    (subject,) = subjects_of(notice("605", agentCode="A1", copNo="C1", invtNo="I1"))
    assert subject == Subject(list_no="I1", declarant_no=("A1", "C1"))


def test_delivery_names_its_waybill() -> None:
    assert subjects_of(notice("513", logisticsCode="L1", logisticsNo="W1")) == (Subject(waybill=("L1", "W1")),)


@pytest.mark.parametrize("message_type", ["711", "507", "509", "607"])
def test_list_of_waybills_names_each_under_the_bill(message_type: str) -> None:
    lines = ({"gnum": "1", "logisticsNo": "W1"}, {"gnum": "2", "logisticsNo": "W2"})
    named = subjects_of(notice(message_type, *lines, logisticsCode="L1", billNo="B1"))
    assert named == tuple(
        Subject(waybill=("L1", number), bill_no="B1", line=line) for line, number in enumerate(("W1", "W2"), 1)
    )
    assert not any(subject.is_whole_bill for subject in named)


def test_master_waybill_may_name_lists_beside_waybills() -> None:
    (subject,) = subjects_of(notice("607", {"logisticsNo": "W1", "invtNo": "I1"}, logisticsCode="L1", billNo="B1"))
    assert (subject.list_no, subject.waybill) == ("I1", ("L1", "W1"))


def test_arrival_without_a_list_speaks_of_its_whole_bill() -> None:
    (subject,) = subjects_of(notice("507", logisticsCode="L1", billNo="B1"))
    assert subject.is_whole_bill
    assert subjects_of(notice("507", logisticsCode="L1", billNo=" ")) == ()


def test_return_arrival_names_list_and_waybill_and_is_no_whole_bill() -> None:
    (subject,) = subjects_of(notice("215", logisticsCode="L1", logisticsNo="W1", invtNo="I1", billNo="B1"))
    assert (subject.list_no, subject.waybill, subject.bill_no) == ("I1", ("L1", "W1"), "B1")
    assert not subject.is_whole_bill


def test_summary_request_names_lists_or_nothing() -> None:
    assert subjects_of(notice("701", {"invtNo": "I1"}, {"invtNo": "I2"})) == (
        Subject(list_no="I1", line=1),
        Subject(list_no="I2", line=2),
    )
    assert subjects_of(notice("701", startTime="20260301000000", endTime="20260331235959")) == ()


def test_every_notice_has_a_key_and_parts_of_one_have_different_keys() -> None:
    parts = [notice("509", logisticsCode="L1", copNo="C1", msgSeqNo=part) for part in ("1", "2")]
    assert [part.business_key for part in parts] == ["509|L1|C1|1", "509|L1|C1|2"]


def test_notice_without_a_number_of_its_own_is_keyed_by_what_it_speaks_of() -> None:
    assert notice("623", agentCode="A|1", copNo="", invtNo="I1").business_key == "623|A%7C1|I1"
    assert notice("623", agentCode="A1", copNo="C1", invtNo="I1").business_key == "623|A1|C1"
    arrival = notice("711", operatorCode="S1", logisticsCode="L1", billNo="B1", voyageNo="V1")
    assert arrival.business_key == "711|S1|L1|B1|V1"


def test_notice_sent_again_is_the_same_and_another_content_is_not() -> None:
    first = notice("513", guid="1", appTime="20260301120000", logisticsNo="W1")
    assert first.is_same_as(notice("513", guid="2", appTime="20260301120001", logisticsNo="W1"))
    assert not first.is_same_as(notice("513", guid="1", appTime="20260301120000", logisticsNo="W2"))


def test_evidence_of_a_notice_commits_to_every_field_in_an_order_of_its_own() -> None:
    one = notice("711", {"gnum": "1", "logisticsNo": "W1"}, operatorCode="S1")
    other = notice_of("711", dict(reversed(one.head.items())), one.lines)
    assert one.to_fields() == other.to_fields()
    assert ("DeliveryList.1.logisticsNo", "W1") in one.to_fields()


def test_document_is_no_notice() -> None:
    with pytest.raises(KeyError):
        notice_of("311", {})


def test_kinds_stand_on_their_direction() -> None:
    arrivals = {kind: facts.direction for kind, facts in NOTICES.items() if facts.kind is NoticeKind.Arrival}
    assert arrivals == {"711": Direction.Import, "507": Direction.Export}
