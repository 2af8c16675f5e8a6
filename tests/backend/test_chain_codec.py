"""What goes to the contracts and what comes back, compared with web3's own encoder and decoder."""

from __future__ import annotations

import dataclasses
import random
import re
from pathlib import Path
from typing import Any

import pytest
from eth_abi import encode as abi_encode
from web3 import Web3
from web3.contract import Contract

from backend.chain import calls, carriage_calls, draw, events, interfaces, refusals, rights_calls
from backend.chain.calls import DeclarationCall, MembershipCall, RecordCall
from backend.domain import carriage_events, draw_events, errors, rights_events
from backend.domain import events as domain_events
from backend.domain.anchors import AnchorKind
from backend.domain.consignments import (
    AnomalyKind,
    ConsignmentKind,
    Entry,
    Opening,
    ReinspectionReason,
    TakingReason,
)
from backend.domain.draw import Rates
from backend.domain.errors import ContractRefused
from backend.domain.events import DeclarationRefused, Level, LoggedEvent, RecordRefused, Refusal
from backend.domain.ledger import Record
from backend.domain.lifecycle import Direction, Flag, Step
from backend.domain.participants import CreditGrade, Role
from backend.domain.rights import RightKind

SOURCES = Path(__file__).parents[2] / "contracts" / "interfaces"


def class_of(event: str) -> type[Any] | None:
    parts = (domain_events, rights_events, draw_events, carriage_events)
    return next((found for part in parts if (found := getattr(part, event, None))), None)


OWN_EVENTS = [entry for entry in interfaces.every("event") if class_of(entry.name)]
OWN_ERRORS = [entry for entry in interfaces.every("error") if errors.error_named(entry.name)]


def contract(name: str) -> Contract:
    return Web3().eth.contract(abi=interfaces.abi_of(name))


def drawn(draw: random.Random, parameter: interfaces.Parameter) -> Any:
    """A value that an argument may have; bit 255 and the ends of ranges come up often."""
    kind = parameter.spelled
    if parameter.enum is not None:
        return int(draw.choice(list(parameter.enum)))
    if kind == "(bytes32,uint256)[]":
        return [(draw.randbytes(32), draw.getrandbits(256)) for _ in range(draw.choice((1, 2, 100)))]
    if kind == "bytes32[]":
        return [draw.randbytes(32) for _ in range(draw.choice((1, 2, 100, 256)))]
    if kind == "bytes32":
        return draw.randbytes(32)
    if kind == "address":
        return Web3.to_checksum_address(draw.randbytes(20))
    if kind == "bool":
        return draw.choice((True, False))
    if kind.endswith("[]"):
        return [draw.getrandbits(int(kind[4:-2])) for _ in range(draw.choice((1, 2, 64)))]
    bits = int(kind.removeprefix("uint"))
    return draw.choice((0, 1, (1 << bits) - 1, draw.getrandbits(bits)))


def logged(entry: interfaces.Entry, values: list[Any]) -> events.RawLog:
    """The log that a node would answer for an event with these arguments."""
    plain = [(p, v) for p, v in zip(entry.inputs, values, strict=True) if not p.indexed]
    indexed = [(p, v) for p, v in zip(entry.inputs, values, strict=True) if p.indexed]
    topics = [entry.topic, *(abi_encode([p.spelled], [v]) for p, v in indexed)]
    return {
        "address": "0x" + "11" * 20,
        "topics": ["0x" + topic.hex() for topic in topics],
        "data": "0x" + abi_encode([p.spelled for p, _ in plain], [v for _, v in plain]).hex(),
        "blockNumber": "0x10",
        "blockHash": "0x" + "22" * 32,
        "transactionHash": "0x" + "33" * 32,
        "logIndex": "0x4",
    }


def as_web3_has_it(raw: events.RawLog) -> dict[str, Any]:
    """A log's hexadecimal text as web3's decoder takes it."""
    hexadecimal = ("data", "blockHash", "transactionHash")
    return {
        **raw,
        **{key: bytes.fromhex(raw[key][2:]) for key in hexadecimal},  # type: ignore[literal-required]
        "topics": [bytes.fromhex(topic[2:]) for topic in raw["topics"]],
        "blockNumber": 16,
        "logIndex": 4,
        "transactionIndex": 0,
        "removed": False,
    }


# ---------------------------------------------------------------------------------------------------
# Names


@pytest.mark.parametrize("name", sorted(interfaces.ENUMS))
def test_an_enum_has_the_members_of_its_solidity_twin_in_order(name: str) -> None:
    text = "".join(path.read_text() for path in sorted(SOURCES.glob("*.sol")))
    body = re.search(rf"enum {name} {{([^}}]*)}}", text)
    assert body is not None
    members = [member.strip() for member in body.group(1).split(",")]
    # `None` is a word that Python keeps for itself.
    ours = [member.name.replace("Zero", "None") for member in interfaces.ENUMS[name]]
    assert ours == members
    assert [int(member) for member in interfaces.ENUMS[name]] == list(range(len(members)))


@pytest.mark.parametrize("entry", OWN_EVENTS, ids=lambda entry: entry.name)
def test_an_event_class_has_the_arguments_of_its_solidity_twin_in_order(
    entry: interfaces.Entry,
) -> None:
    cls = class_of(entry.name)
    assert cls is not None
    assert [field.name for field in dataclasses.fields(cls)] == [p.field for p in entry.inputs]


def test_only_ownership_has_events_that_the_domain_does_not_know() -> None:
    unknown = {entry.name for entry in interfaces.every("event")} - {entry.name for entry in OWN_EVENTS}
    assert unknown <= {"OwnershipTransferStarted", "OwnershipTransferred"}


# ---------------------------------------------------------------------------------------------------
# Events


@pytest.mark.parametrize("entry", OWN_EVENTS, ids=lambda entry: entry.name)
def test_an_event_decodes_to_what_web3_decodes_it_to(entry: interfaces.Entry) -> None:
    draw = random.Random(entry.name)
    decoder = contract(entry.contract).events[entry.name]()
    for _ in range(30):
        raw = logged(entry, [drawn(draw, p) for p in entry.inputs])
        theirs = decoder.process_log(as_web3_has_it(raw))["args"]
        ours = events.decode(raw)
        assert isinstance(ours, LoggedEvent)
        assert type(ours.event).__name__ == entry.name
        for parameter in entry.inputs:
            value = getattr(ours.event, parameter.field)
            if parameter.spelled == "(bytes32,uint256)[]":
                assert value == tuple((pair["manifest"], pair["parcels"]) for pair in theirs[parameter.name])
                continue
            assert (list(value) if isinstance(value, tuple) else value) == theirs[parameter.name]
            assert parameter.enum is None or isinstance(value, parameter.enum)
        assert (ours.block, ours.log_index) == (16, 4)
        assert (ours.block_hash, ours.transaction) == (b"\x22" * 32, b"\x33" * 32)


def test_a_log_of_an_unknown_event_is_no_event_of_ours() -> None:
    raw = logged(OWN_EVENTS[0], [drawn(random.Random(1), p) for p in OWN_EVENTS[0].inputs])
    assert events.decode({**raw, "topics": ["0x" + "ab" * 32]}) is None
    assert events.decode({**raw, "topics": []}) is None


@pytest.mark.parametrize("entry", OWN_EVENTS, ids=lambda entry: entry.name)
def test_a_log_that_is_cut_off_is_refused(entry: interfaces.Entry) -> None:
    raw = logged(entry, [drawn(random.Random(2), p) for p in entry.inputs])
    if len(raw["topics"]) > 1:
        with pytest.raises(ValueError, match=entry.name):
            events.decode({**raw, "topics": raw["topics"][:1]})
    if len(raw["data"]) > 2:
        with pytest.raises(ValueError, match=entry.name):
            events.decode({**raw, "data": raw["data"][:-64]})


# ---------------------------------------------------------------------------------------------------
# Calldata


def a_declaration(draw: random.Random, parcels: int) -> DeclarationCall:
    ids = tuple(draw.randbytes(32) for _ in range(parcels))
    return DeclarationCall(draw.randbytes(32), 77, 2233, 2303, 9610, Direction.Export, draw.randbytes(32), ids)


def test_declarations_encode_as_web3_encodes_them() -> None:
    draw = random.Random(3)
    some = [a_declaration(draw, parcels) for parcels in (1, 7, 256)]
    theirs = [(*dataclasses.astuple(call)[:-1], list(call.parcel_ids)) for call in some]
    ledger = contract("ParcelLedger")
    assert calls.declare(some) == bytes.fromhex(ledger.encode_abi("declare", [theirs])[2:])
    assert calls.try_declare(some) == bytes.fromhex(ledger.encode_abi("tryDeclare", [theirs])[2:])


def test_records_encode_as_web3_encodes_them() -> None:
    draw = random.Random(4)
    some = [RecordCall(draw.randbytes(32), step, draw.getrandbits(256), draw.randbytes(32)) for step in Step]
    theirs = [dataclasses.astuple(call) for call in some]
    ledger = contract("ParcelLedger")
    assert calls.record(some) == bytes.fromhex(ledger.encode_abi("record", [theirs])[2:])
    assert calls.try_record(some) == bytes.fromhex(ledger.encode_abi("tryRecord", [theirs])[2:])


H, G, ACCOUNT = b"\x01" * 32, b"\x02" * 32, Web3.to_checksum_address("0x" + "ab" * 20)
CARRIED = Record(H, Step.Consigned, 5, G)
OPENING = Opening(H, ConsignmentKind.Seal, G, 2303, 2233, 1, 7)
ENTRIES, ROWS = [Entry(H, 5), Entry(G, 1)], [(H, 5), (G, 1)]

SINGLE_CALLS = [
    ("ParcelLedger", "anchor", calls.anchor(AnchorKind.Waybill, H, 100), [3, H, 100]),
    (
        "ParcelLedger",
        "reportDuplicate",
        calls.report_duplicate(H, MembershipCall(H, 0, (G, G)), MembershipCall(G, 255, ())),
        [H, (H, 0, [G, G]), (G, 255, [])],
    ),
    ("ParticipantRegistry", "register", calls.register(H, 256), [H, 256, 0, calls.NO_ACCOUNT]),
    ("ParticipantRegistry", "register", calls.register(H, 32, 2233, ACCOUNT), [H, 32, 2233, ACCOUNT]),
    ("ParticipantRegistry", "setRoles", calls.set_roles(7, 3, 2303), [7, 3, 2303]),
    ("ParticipantRegistry", "addAccount", calls.add_account(7, ACCOUNT), [7, ACCOUNT]),
    ("ParticipantRegistry", "revokeAccount", calls.revoke_account(7, ACCOUNT), [7, ACCOUNT]),
    ("ParticipantRegistry", "setCreditGrade", calls.set_credit_grade(7, CreditGrade.Dishonest), [7, 3]),
    ("ParticipantRegistry", "suspend", calls.suspend(7), [7]),
    ("ParticipantRegistry", "reinstate", calls.reinstate(7), [7]),
    ("Blacklist", "impose", calls.impose(7, Level.Barred, H, G, 1_900_000_000), [7, 2, H, G, 1_900_000_000]),
    ("Blacklist", "confirm", calls.confirm(1, G), [1, G]),
    ("Blacklist", "lift", calls.lift(1, G), [1, G]),
    ("Blacklist", "setConfirmations", calls.set_confirmations(Level.Watch, 2), [0, 2]),
    ("Blacklist", "makeStatement", calls.make_statement(1, G), [1, G]),
    ("Blacklist", "appealListing", calls.appeal_listing(1, G), [1, G]),
    ("Blacklist", "decideListingAppeal", calls.decide_listing_appeal(1, True, G), [1, True, G]),
    ("Blacklist", "askRepair", calls.ask_repair(1, G), [1, G]),
    ("Blacklist", "decideRepair", calls.decide_repair(1, False, G), [1, False, G]),
    ("Blacklist", "setHearingWindow", calls.set_hearing_window(60), [60]),
    ("Blacklist", "setUrgency", calls.set_urgency(H, True), [H, True]),
    ("WorkingCalendar", "publishYear", rights_calls.publish_year(2026, 1 << 300 | 7), [2026, 7, 1 << 44]),
    (
        "RightsRegistry",
        "applyForRecordal",
        rights_calls.apply_for_recordal(RightKind.Design, H, G, (6404, 4202), 2_000_000_000, H),
        [3, H, G, [6404, 4202], 2_000_000_000, H],
    ),
    ("RightsRegistry", "applyForRenewal", rights_calls.apply_for_renewal(1, 9, G), [1, 9, G]),
    ("RightsRegistry", "applyForChange", rights_calls.apply_for_change(1, H, G, (101,), H), [1, H, G, [101], H]),
    ("RightsRegistry", "approveApplication", rights_calls.approve_application(1, G), [1, G]),
    ("RightsRegistry", "refuseApplication", rights_calls.refuse_application(1, H, G), [1, H, G]),
    ("RightsRegistry", "withdrawRecordal", rights_calls.withdraw_recordal(1, G), [1, G]),
    ("RightsRegistry", "revokeRecordal", rights_calls.revoke_recordal(1, H, G), [1, H, G]),
    ("RightsRegistry", "grantLicence", rights_calls.grant_licence(1, 7, H, 9, G), [1, 7, H, 9, G]),
    ("RightsRegistry", "revokeLicence", rights_calls.revoke_licence(1, 7, G), [1, 7, G]),
    ("RightsRegistry", "setHeadquarters", rights_calls.set_headquarters(7), [7]),
    (
        "InfringementCases",
        "notifyHolder",
        rights_calls.notify_holder(1, 6404, H, 1 << 255, 100, G),
        [1, 6404, H, 1 << 255, 100, G],
    ),
    (
        "InfringementCases",
        "lodgeComplaint",
        rights_calls.lodge_complaint(1, 7, 6404, 100, 100, G),
        [1, 7, 6404, 100, 100, G],
    ),
    ("InfringementCases", "requestDetention", rights_calls.request_detention(1, 100, G), [1, 100, G]),
    ("InfringementCases", "detainGoods", rights_calls.detain_goods(1, H, 3, G), [1, H, 3, G]),
    ("InfringementCases", "declineComplaint", rights_calls.decline_complaint(1, G), [1, G]),
    ("InfringementCases", "recordFinding", rights_calls.record_finding(1, True, G), [1, True, G]),
    ("InfringementCases", "appealFinding", rights_calls.appeal_finding(1, G), [1, G]),
    ("InfringementCases", "decideFindingAppeal", rights_calls.decide_finding_appeal(1, False, G), [1, False, G]),
    ("InfringementCases", "confirmFinding", rights_calls.confirm_finding(1), [1]),
    ("InfringementCases", "recordCourtNotice", rights_calls.record_court_notice(1, G), [1, G]),
    ("InfringementCases", "recordRuling", rights_calls.record_ruling(1, True, G), [1, True, G]),
    ("InfringementCases", "withdrawCase", rights_calls.withdraw_case(1, G), [1, G]),
    ("InfringementCases", "acceptCounterBond", rights_calls.accept_counter_bond(1, 100, G), [1, 100, G]),
    ("InfringementCases", "declareLapsed", rights_calls.declare_lapsed(1), [1]),
    ("InfringementCases", "passOverDisposal", rights_calls.pass_over_disposal(1, G), [1, G]),
    ("InfringementCases", "chooseDisposal", rights_calls.choose_disposal(1, G), [1, G]),
    ("SelectionDraw", "openRound", draw.open_round(H, 60, Rates(500, 2_500, 10_000)), [H, 60, 500, 2_500, 10_000]),
    ("SelectionDraw", "recordBlockHash", draw.record_block_hash(2233, 7), [2233, 7]),
    ("SelectionDraw", "revealSeed", draw.reveal_seed(2233, 7, G), [2233, 7, G]),
    ("SelectionDraw", "declareFailed", draw.declare_failed(2233, 7), [2233, 7]),
    ("ParcelLedger", "recordFor", carriage_calls.record_for(ACCOUNT, [CARRIED]), [ACCOUNT, [(H, 37, 5, G)]]),
    ("Consignments", "openConsignment", carriage_calls.open_consignment(OPENING), [(H, 0, G, 2303, 2233, 1, 7)]),
    ("Consignments", "load", carriage_calls.load(H, ENTRIES), [H, ROWS]),
    (
        "Consignments",
        "takeOut",
        carriage_calls.take_out(H, G, ENTRIES, 1, TakingReason.Short, G),
        [H, G, ROWS, 1, 1, G],
    ),
    ("Consignments", "cancelConsignment", carriage_calls.cancel_consignment(H, G), [H, G]),
    ("Consignments", "applyForTransit", carriage_calls.apply_for_transit(H, G), [H, G]),
    ("Consignments", "approveTransit", carriage_calls.approve_transit(H, G), [H, G]),
    ("Consignments", "declineTransit", carriage_calls.decline_transit(H, G), [H, G]),
    ("Consignments", "depart", carriage_calls.depart(H, H, ENTRIES, G), [H, H, ROWS, G]),
    ("Consignments", "arrive", carriage_calls.arrive(H, H, ENTRIES, G), [H, H, ROWS, G]),
    ("Consignments", "verifyConsignment", carriage_calls.verify_consignment(H, True, 9, G), [H, True, 9, G]),
    ("Consignments", "writeOff", carriage_calls.write_off(H, H, ENTRIES, G), [H, H, ROWS, G]),
    ("Consignments", "acknowledgeRelease", carriage_calls.acknowledge_release(H, G), [H, G]),
    (
        "Consignments",
        "reinspect",
        carriage_calls.reinspect(H, 3, ReinspectionReason.SealBroken, G),
        [H, 3, 1, G],
    ),
    (
        "Consignments",
        "proposeLane",
        carriage_calls.propose_lane(2303, 2233, 24, 2, 30, 7, G),
        [2303, 2233, 24, 2, 30, 7, G],
    ),
    ("Consignments", "acceptLane", carriage_calls.accept_lane(1, G), [1, G]),
    ("Consignments", "endLane", carriage_calls.end_lane(1, G), [1, G]),
    (
        "Consignments",
        "raiseAnomaly",
        carriage_calls.raise_anomaly(H, AnomalyKind.Over, G, 1, G),
        [H, 2, G, 1, G],
    ),
    ("Consignments", "settleAnomaly", carriage_calls.settle_anomaly(1, G), [1, G]),
]


@pytest.mark.parametrize("single", SINGLE_CALLS, ids=lambda single: single[1])
def test_a_call_encodes_as_web3_encodes_it(single: tuple[str, str, bytes, list[Any]]) -> None:
    name, function, ours, arguments = single
    assert ours == bytes.fromhex(contract(name).encode_abi(function, arguments)[2:])


def test_every_write_of_the_contracts_has_its_call() -> None:
    inherited = {"acceptOwnership", "renounceOwnership", "transferOwnership"}
    writes = {
        item["name"]
        for name in interfaces.CONTRACTS
        for item in interfaces.abi_of(name)
        if item["type"] == "function" and item["stateMutability"] not in ("view", "pure")
    }
    named = {name for part in (calls, rights_calls, carriage_calls, draw) for name in dir(part)}
    assert {interfaces.snake_case(name) for name in writes - inherited} <= named


# ---------------------------------------------------------------------------------------------------
# Refusals


@pytest.mark.parametrize("entry", OWN_ERRORS, ids=lambda entry: entry.signature)
def test_a_thrown_error_becomes_the_class_of_its_name_with_its_arguments(entry: interfaces.Entry) -> None:
    draw = random.Random(entry.signature)
    values = [drawn(draw, p) for p in entry.inputs]
    data = entry.selector + abi_encode([p.spelled for p in entry.inputs], values)
    refusal = refusals.decode_refusal(data)
    assert refusal.title == entry.name
    assert [name for name in refusal.details if name != "parcel_indices"] == [p.field for p in entry.inputs]
    assert "?" not in refusal.message_zh + refusal.message_en
    for parameter, value in zip(entry.inputs, values, strict=True):
        said = refusal.details[parameter.field]
        if parameter.enum is not None:
            assert said == parameter.enum(value).name
        elif parameter.spelled == "bytes32":
            assert said == "0x" + value.hex()
        elif parameter.name == "parcels":
            assert said == hex(value)
        elif parameter.name not in ("flags", "roles"):
            assert str(said).lower() == str(value).lower()


def test_sets_in_a_refusal_are_readable() -> None:
    entry = next(e for e in OWN_ERRORS if e.name == "FlagsMissing")
    flags = 1 << Flag.Payment | 1 << Flag.Waybill
    values = [4, H, int(Step.Acceptance), 0b101, flags]
    refusal = refusals.decode_refusal(entry.selector + abi_encode([p.spelled for p in entry.inputs], values))
    assert refusal.details == {
        "index": 4,
        "manifest": "0x" + H.hex(),
        "step": "Acceptance",
        "parcels": "0x5",
        "parcel_indices": [0, 2],
        "flags": "Payment, Waybill",
    }


def test_a_role_set_with_unknown_roles_says_so() -> None:
    entry = next(e for e in OWN_ERRORS if e.name == "RolesInvalid")
    data = entry.selector + abi_encode(["uint32", "uint16"], [1 << Role.Customs | 1 << 20, 0])
    assert refusals.decode_refusal(data).details["roles"] == "Customs, 0x100000"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no reason given"),
        (bytes.fromhex("deadbeef"), "unknown error 0xdeadbeef"),
        (bytes.fromhex("08c379a0") + abi_encode(["string"], ["out of stock"]), "out of stock"),
        (bytes.fromhex("4e487b71") + abi_encode(["uint256"], [0x11]), "Panic 0x11"),
        (bytes.fromhex("08c379a0") + b"\xff" * 7, "malformed"),
        (next(e for e in OWN_ERRORS if e.name == "SellerBarred").selector + b"\x01", "malformed"),
    ],
)
def test_a_revert_that_is_not_ours_is_refused_without_a_crash(data: bytes, reason: str) -> None:
    refusal = refusals.decode_refusal(data)
    assert isinstance(refusal, ContractRefused)
    assert refusal.details == {"data": "0x" + data.hex(), "reason": reason}


RECORD_REASONS = [reason for reason in Refusal if Refusal.ManifestUnknown <= reason <= Refusal.FlagsBlocking]


@pytest.mark.parametrize("reason", RECORD_REASONS, ids=lambda reason: reason.name)
def test_a_refused_record_says_what_the_thrown_error_would(reason: Refusal) -> None:
    event = RecordRefused(H, 7, Step.Release, 0b11, reason, 1 << Flag.Arrived)
    refusal = refusals.refusal_from_event(event, seller_no=9, district=2233)
    assert refusal.title == reason.name
    assert refusal.details["step"] == "Release"
    assert refusal.details["parcel_indices"] == [0, 1]
    assert "?" not in refusal.message_zh + refusal.message_en


@pytest.mark.parametrize(
    "reason",
    [
        Refusal.RoleMissing,
        Refusal.SellerBarred,
        Refusal.EvidenceMissing,
        *(reason for reason in Refusal if reason >= Refusal.ManifestTaken),
    ],
    ids=lambda reason: reason.name,
)
def test_a_refused_declaration_says_what_the_thrown_error_would(reason: Refusal) -> None:
    event = DeclarationRefused(H, 7, 9, reason)
    refusal = refusals.refusal_from_event(event, count=300, supervision_mode=9999)
    assert refusal.title == reason.name
    assert refusal.details["seller_no"] == 9
    assert "?" not in refusal.message_zh + refusal.message_en


def test_no_refusal_is_no_error() -> None:
    with pytest.raises(ValueError, match="Zero"):
        refusals.refusal_from_event(DeclarationRefused(H, 7, 9, Refusal.Zero))


# ---------------------------------------------------------------------------------------------------
# How much fits


def test_a_full_call_stays_below_what_a_transaction_may_hold() -> None:
    draw = random.Random(5)
    full = [a_declaration(draw, 256) for _ in range(13)]
    assert calls.gas_of_declarations(full) <= calls.MOST_GAS < 16_777_216
    assert len(calls.try_declare(full)) <= calls.MOST_CALLDATA < 128 * 1024
    records = [RecordCall(H, Step.Release, 1, G)] * 120
    assert calls.gas_of_records(records) <= calls.MOST_GAS
