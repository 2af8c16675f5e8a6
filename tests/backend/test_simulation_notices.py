"""Notices and requests about simulated parcels: readable, signed for by the right role, about the right parcels."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from backend.domain.lifecycle import Step
from backend.domain.notices import NOTICES, Notice, NoticeKind, subjects_of
from backend.domain.roster import enterprise
from backend.formats.ceb.checks import check_document
from backend.formats.ceb.messages import parse_message
from backend.services.simulation import Anomaly, Expected, Mode, SimulatedMessage, SimulatedParcel, simulate
from backend.services.simulation.requests import (
    cancellation_request,
    offloading,
    return_arrival,
    return_request,
    summary_request,
)
from tests.support.simulated import MODES, SETS, in_order

LIST_NO = "223320261000000001"

IMPORTED = next(parcel for parcel in in_order("import") if len(parcel.documents["621"].lines) > 1)
EXPORTED = next(parcel for parcel in in_order("export") if len(parcel.documents["603"].lines) > 1)
BONDED_EXPORT = next(parcel for parcel in in_order("export") if parcel.trade_mode == "1210")


def notices_of(message: SimulatedMessage) -> list[Notice]:
    """The notices of a message, which is read and checked without a fault, and sent by whoever may send it."""
    parsed = parse_message(message.data)
    assert parsed.transfer.cop_code == message.sender.customs_code
    for document in parsed.documents:
        assert (*document.faults, *check_document(document)) == ()
    notices = [document.to_notice() for document in parsed.documents]
    for notice in notices:
        assert notice.sender_codes[0] == message.sender.customs_code
        assert notice.facts.role.name in message.sender.roles
    return notices


def waybill_of(parcel: SimulatedParcel) -> tuple[str, str]:
    assert parcel.journey is not None
    return enterprise(parcel.journey.carrier).customs_code, parcel.journey.waybill_no


@pytest.mark.parametrize("mode", MODES)
def test_notices_come_in_the_order_of_what_they_report_and_each_names_its_parcels(mode: Mode) -> None:
    simulated = SETS[mode]
    types = list(dict.fromkeys(message.type for message in simulated.notices))
    assert types == (["711", "513"] if mode == "import" else ["607", "507", "509"])
    keys = Counter()
    for message in simulated.notices:
        notices = notices_of(message)
        keys.update(notice.business_key for notice in notices)
        named = [subject.waybill for notice in notices for subject in subjects_of(notice)]
        parcels = [simulated.parcels[index] for index in message.parcels]
        if message.type == "513":
            assert named == [parcel.documents["511"].waybill_reference for parcel in parcels]
        else:
            assert named == [waybill_of(parcel) for parcel in parcels]
            districts = [notice.head["customsCode"] for notice in notices for _ in notice.lines]
            assert districts == [parcel.customs_code for parcel in parcels]
    assert set(keys.values()) == {1}


@pytest.mark.parametrize("mode", MODES)
def test_arrivals_name_what_is_there_whether_or_not_it_was_declared(mode: Mode) -> None:
    arrived = {index for message in SETS[mode].arrivals for index in message.parcels}
    absent = {Anomaly.NotArrived, Anomaly.NeverDeclared, Anomaly.DuplicateDeclaration, Anomaly.DuplicateWaybill}
    seen = Counter()
    for parcel in SETS[mode].parcels:
        travels = mode == "export" or parcel.trade_mode == "9610"
        assert (parcel.index in arrived) == (travels and parcel.anomaly not in absent), parcel.anomaly
        seen[parcel.anomaly] += parcel.index in arrived
    assert seen[Anomaly.ArrivedNeverDeclared] > 0
    bills = {parcel.journey.bill_no for parcel in SETS[mode].parcels if parcel.journey}
    assert 1 < len(bills) < len(arrived) / 10


def test_a_bill_has_one_carrier_and_one_flight() -> None:
    flights: dict[str, set[tuple[str, str]]] = {}
    for parcel in (*SETS["import"].parcels, *SETS["export"].parcels):
        if journey := parcel.journey:
            flights.setdefault(journey.bill_no, set()).add((journey.carrier, journey.voyage_no))
    assert {len(each) for each in flights.values()} == {1}


def test_exports_leave_under_a_master_waybill_and_only_if_nothing_is_wrong() -> None:
    simulated = SETS["export"]
    masters, departed = (
        {index for message in group for index in message.parcels} for group in (simulated.masters, simulated.departures)
    )
    assert departed == {parcel.index for parcel in simulated.parcels if parcel.expected is Expected.Matched}
    assert departed <= masters
    left_out = {parcel.anomaly for parcel in simulated.parcels if parcel.index not in masters}
    assert left_out == {
        Anomaly.NotInMasterWaybill,
        Anomaly.NeverDeclared,
        Anomaly.ArrivedNeverDeclared,
        Anomaly.DuplicateDeclaration,
        Anomaly.DuplicateWaybill,
    }


def test_a_share_of_the_imports_in_order_is_delivered() -> None:
    matched = {parcel.index for parcel in SETS["import"].parcels if parcel.expected is Expected.Matched}
    delivered = {index for message in SETS["import"].deliveries for index in message.parcels}
    assert delivered < matched
    assert 0.5 < len(delivered) / len(matched) < 0.7


def test_notices_of_the_same_seed_are_the_same_bytes() -> None:
    for mode in MODES:
        one, same = simulate(60, 4, mode, 0.2), simulate(60, 4, mode, 0.2)
        assert [message.data for message in one.notices] == [message.data for message in same.notices]
        assert len({message.file_name for message in one.notices}) == len(one.notices)


# ---------------------------------------------------------------------------------------------------
# Requests, which need customs' number of the list


@pytest.mark.parametrize(
    ("message", "message_type", "kind"),
    [
        (cancellation_request(IMPORTED, LIST_NO), "623", NoticeKind.CancellationRequest),
        (cancellation_request(EXPORTED, LIST_NO), "605", NoticeKind.CancellationRequest),
        (return_request(IMPORTED, LIST_NO), "625", NoticeKind.ReturnRequest),
        (return_request(EXPORTED, LIST_NO), "213", NoticeKind.ReturnRequest),
        (return_arrival(EXPORTED, LIST_NO), "215", NoticeKind.ReturnArrival),
        (summary_request([(EXPORTED, LIST_NO)]), "701", NoticeKind.SummaryRequest),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_names_the_list_by_the_number_that_customs_gave(
    message: SimulatedMessage, message_type: str, kind: NoticeKind
) -> None:
    (notice,) = notices_of(message)
    assert (message.type, notice.kind) == (message_type, kind)
    (subject,) = subjects_of(notice)
    assert subject.list_no == LIST_NO
    parcel = IMPORTED if NOTICES[message_type].direction.name == "Import" else EXPORTED
    assert message.parcels == (parcel.index,)
    if subject.order:
        assert subject.order == (parcel.platform_code, parcel.order_no)


def test_requests_repeat_the_same_bytes_and_another_attempt_is_another_notice() -> None:
    one, same, again = (cancellation_request(IMPORTED, LIST_NO, attempt=attempt) for attempt in (1, 1, 2))
    assert one.data == same.data
    assert notices_of(one)[0].business_key != notices_of(again)[0].business_key


def test_all_or_part_of_a_list_goes_back_under_its_own_line_numbers() -> None:
    for parcel, message_type in ((IMPORTED, "621"), (EXPORTED, "603")):
        declared = parcel.documents[message_type].lines
        (whole,) = notices_of(return_request(parcel, LIST_NO))
        assert [line["qty"] for line in whole.lines] == [line["qty"] for line in declared]
        (part,) = notices_of(return_request(parcel, LIST_NO, quantities={2: Decimal("0.5")}))
        assert [(line["gnum"], line["qty"]) for line in part.lines] == [("2", "0.5")]
        if message_type == "603":
            share = Decimal("0.5") / Decimal(declared[1]["qty"])
            assert abs(Decimal(part.lines[0]["qty1"]) - Decimal(declared[1]["qty1"]) * share) < Decimal("0.00001")
        for quantities in ({9: Decimal(1)}, {2: Decimal(10_000)}, {2: Decimal(0)}):
            with pytest.raises(ValueError, match="does not hold"):
                return_request(parcel, LIST_NO, quantities=quantities)


def test_a_return_tells_the_mode_under_which_it_comes_back() -> None:
    for parcel, mode in (
        (BONDED_EXPORT, "1261"),
        (next(p for p in in_order("export") if p.trade_mode == "9610"), "9661"),
    ):
        (notice,) = notices_of(return_request(parcel, LIST_NO))
        assert notice.head["tradeMode"] == mode


def test_a_departure_is_taken_back_under_its_own_number_for_one_parcel() -> None:
    reported = next(message for message in SETS["export"].departures if EXPORTED.index in message.parcels)
    (taken_back,) = notices_of(offloading(EXPORTED))
    assert taken_back.business_key in {notice.business_key for notice in notices_of(reported)}
    assert (taken_back.is_withdrawal, taken_back.step) == (True, Step.Offloading)
    assert [subject.waybill for subject in subjects_of(taken_back)] == [waybill_of(EXPORTED)]
    with pytest.raises(ValueError, match="no declared export"):
        offloading(IMPORTED)


def test_a_summary_is_of_one_declarant_seller_and_district() -> None:
    parcels = [p for p in in_order("export") if p.seller == EXPORTED.seller and p.customs_code == EXPORTED.customs_code]
    message = summary_request([(parcel, f"2303202600000{parcel.index:05d}") for parcel in parcels[:5]])
    (notice,) = notices_of(message)
    assert [subject.list_no for subject in subjects_of(notice)] == [line["invtNo"] for line in notice.lines]
    assert len(notice.lines) == 5
    stranger = next(parcel for parcel in in_order("export") if parcel.seller != EXPORTED.seller)
    with pytest.raises(ValueError, match="one seller"):
        summary_request([(EXPORTED, LIST_NO), (stranger, LIST_NO)])


def test_what_was_never_declared_or_has_no_such_message_is_refused() -> None:
    undeclared = next(parcel for parcel in SETS["import"].parcels if parcel.anomaly is Anomaly.NeverDeclared)
    with pytest.raises(ValueError, match="never declared"):
        cancellation_request(undeclared, LIST_NO)
    with pytest.raises(ValueError, match="no export"):
        return_arrival(IMPORTED, LIST_NO)
    with pytest.raises(ValueError, match="no export"):
        summary_request([(IMPORTED, LIST_NO)])
    with pytest.raises(ValueError, match="one or more"):
        summary_request([])
