"""Requests and notices as nobody should send them: twice, changed too late, about what is over, in another's name."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

import pytest

from backend.domain.commitments import parcel_id
from backend.domain.lifecycle import State, Step
from backend.domain.notices import Notice, notice_of
from backend.domain.roster import enterprise
from backend.formats.ceb.messages import parse_message
from backend.formats.ceb.signature import SimulatorSigner
from backend.formats.ceb.writer import write_message
from backend.services.operations import cancel, retry
from backend.services.simulation import simulate, transfer_of
from backend.services.simulation.model import SimulatedMessage, SimulatedParcel, SimulatedSet
from backend.services.simulation.requests import cancellation_request, offloading, return_request
from backend.services.steps import submit_steps
from backend.settings import Settings
from tests.support.clerk import CUSTOMS, Clerk
from tests.support.workshop import installed_chain, workshop


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("misused"), block_time=None) as settings:
        yield settings


@pytest.fixture
def clerk(chain: Settings) -> Iterator[Clerk]:
    with workshop(chain) as made:
        clerk = Clerk(made)
        clerk.automate(automatic=False)
        yield clerk


_seeds = count(15000)


def imports(parcels: int = 2, mode: str = "9610") -> SimulatedSet:
    for seed in _seeds:
        made = simulate(parcels, seed, "import", 0.0, barred=())
        if {parcel.trade_mode for parcel in made.parcels} == {mode}:
            return made
    raise AssertionError("count does not end")


def at_port(parcels: int = 3) -> SimulatedSet:
    for seed in _seeds:
        made = simulate(parcels, seed, "export", 0.0, barred=())
        if {parcel.customs_code for parcel in made.parcels} == {"2233"}:
            return made
    raise AssertionError("count does not end")


def anew(message: SimulatedMessage, **fields: str) -> SimulatedMessage:
    """The message with other texts in some fields of every document, and guids of its own."""
    text = message.data.decode()
    for name, value in fields.items():
        text, altered = re.subn(rf"(<(?:\w+:)?{name}>)[^<]*(</)", rf"\g<1>{value}\g<2>", text)
        assert altered, name
    text = re.sub(r"(<(?:\w+:)?guid>)[^<]*(</)", lambda m: m[1] + str(uuid.uuid4()).upper() + m[2], text)
    return replace(message, data=text.encode())


def notices_of(*messages: SimulatedMessage) -> list[Notice]:
    return [document.to_notice() for message in messages for document in parse_message(message.data).documents]


def written(message: SimulatedMessage, notices: Sequence[Notice]) -> SimulatedMessage:
    transfer = transfer_of(enterprise(message.sender.key))
    data = write_message(message.type, notices, transfer, notices[0].head["guid"], signer=SimulatorSigner(b"test"))
    return replace(message, data=data)


def accept(clerk: Clerk, *parcels: SimulatedParcel) -> None:
    clerk.shop.settle()
    clerk.take(Step.Acceptance, *parcels)


def released(clerk: Clerk, made: SimulatedSet) -> None:
    clerk.send(*made.messages, *made.masters, *made.arrivals)
    accept(clerk, *made.parcels)
    clerk.take(Step.Release, *made.parcels)
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Released}


def test_two_requests_about_one_parcel_in_one_message_are_one_request(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages)
    accept(clerk, *made.parcels)
    one = made.parcels[0]
    first, second = (cancellation_request(one, clerk.list_no(one), seed=made.seed, attempt=n) for n in (1, 2))
    (outcome,) = clerk.send(written(first, notices_of(first, second)))
    assert [each.return_status for each in outcome.documents] == ["2", "-623009"]
    clerk.decide(one, grant=True)
    assert clerk.state(one) is State.Cancelled
    assert clerk.requests(one) == []


def test_a_return_that_is_on_record_is_neither_changed_nor_deleted(clerk: Clerk) -> None:
    made = imports()
    released(clerk, made)
    one = made.parcels[0]
    message = return_request(one, clerk.list_no(one), seed=made.seed)
    clerk.send(message)
    clerk.shop.settle()
    (changed, deleted) = clerk.send(anew(message, appType="2", reason="other"), anew(message, appType="3"))
    assert changed.documents[0].standing == "refused"
    assert deleted.documents[0].standing == "refused"
    assert len(clerk.requests(one)) == 1
    clerk.decide(one, grant=True)
    assert clerk.told(one, "626")[-1] == "399"


def test_a_return_that_is_asked_for_again_after_a_refusal_is_one_request(clerk: Clerk) -> None:
    made = imports()
    released(clerk, made)
    one = made.parcels[0]
    clerk.send(return_request(one, clerk.list_no(one), seed=made.seed))
    clerk.shop.settle()
    clerk.decide(one, grant=False, reason="goods were used")
    clerk.send(return_request(one, clerk.list_no(one), seed=made.seed, attempt=2))
    clerk.shop.settle()
    assert clerk.subjects("ReturnRequest", [one]) == ["refused", "done"]
    clerk.decide(one, grant=True)
    assert clerk.told(one, "626") == ["2", "120", "100", "2", "120", "399"]


def test_a_cancellation_that_nobody_decided_ends_with_the_list_that_it_is_about(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages)
    accept(clerk, *made.parcels)
    one = made.parcels[0]
    clerk.send(cancellation_request(one, clerk.list_no(one), seed=made.seed))
    clerk.take(Step.Rejection, one, reason="wrong")
    assert clerk.told(one, "624")[-1] == "100"
    assert clerk.requests(one) == []
    (lists,) = [m for m in made.messages_of("621") if one.index in m.parcels]
    clerk.automate()
    clerk.send(anew(lists, appType="2"))
    clerk.examine()
    assert clerk.state(one) is State.Accepted


def test_a_cancellation_that_nobody_decided_ends_with_the_release(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages, *made.arrivals)
    accept(clerk, *made.parcels)
    one = made.parcels[0]
    clerk.send(cancellation_request(one, clerk.list_no(one), seed=made.seed))
    clerk.take(Step.Release, one)
    assert clerk.told(one, "624")[-1] == "100"
    assert clerk.requests(one) == []


def test_goods_that_arrived_have_arrived_for_the_list_that_is_declared_anew(clerk: Clerk) -> None:
    made = imports(2)
    clerk.send(*made.messages, *made.arrivals)
    clerk.shop.settle()
    one = made.parcels[0]
    clerk.take(Step.Rejection, *made.parcels, reason="wrong")
    for lists in made.messages_of("621"):
        clerk.send(anew(lists, appType="2"))
    clerk.shop.settle()
    assert clerk.place(one)[0] is State.Declared
    assert clerk.place(one)[1] == {"Order", "Payment", "Waybill", "Arrived"}
    assert clerk.told(one, "712") == [] or clerk.told(one, "712").count("120") == 1


def test_a_master_waybill_that_is_changed_or_deleted_no_longer_lists_what_it_listed(clerk: Clerk) -> None:
    made = at_port()
    clerk.send(*made.messages, *made.masters)
    clerk.shop.settle()
    outcomes = clerk.send(*(anew(message, appType="3") for message in made.masters))
    assert {each.standing for outcome in outcomes for each in outcome.documents} <= {"stored", "acceptable"}
    assert set(clerk.subjects("MasterWaybill", made.parcels)) == {"withdrawn"}
    whole = [written(m, [notice_of(n.type, n.head) for n in notices_of(m)]) for m in made.arrivals]
    clerk.send(*whole)
    clerk.shop.settle()
    assert not any("Arrived" in clerk.place(parcel)[1] for parcel in made.parcels)


def test_nobody_changes_or_deletes_what_another_sent(clerk: Clerk) -> None:
    made = at_port()
    clerk.send(*made.messages, *made.masters)
    clerk.shop.settle()
    message = made.masters[0]
    own = enterprise("logistics_air" if message.sender.key != "logistics_air" else "declarant")
    field = "agentCode" if "declarant" in own.key else "logisticsCode"
    for kind in ("2", "3"):
        forged = anew(message, appType=kind, **{field: own.customs_code})
        (outcome,) = clerk.send(replace(forged, sender=own))
        assert {each.standing for each in outcome.documents} == {"refused"}, (kind, message.sender.key, own.key)


def test_goods_whose_list_named_the_wrong_order_travel_with_the_right_one(clerk: Clerk) -> None:
    """Waybill and arrival went to the parcel of the list that was rejected; the next list names another order."""
    made = imports(1)
    (one,) = made.parcels
    wrong = [m for m in made.messages if m.type in ("511", "621")]
    clerk.send(*(anew(m, orderNo="WRONG0000000001", copNo="WRONG0000000001") if m.type == "621" else m for m in wrong))
    clerk.send(*made.arrivals)
    clerk.shop.settle()
    parcel = parcel_id(clerk.shop.gateway.consortium_key, one.platform_code, "WRONG0000000001")
    number = clerk.shop.numbers[CUSTOMS[one.customs_code]]
    submit_steps(clerk.shop.gateway, number, Step.Rejection, [parcel], {"reason": "wrong order"})
    clerk.shop.settle()
    clerk.send(*(m for m in made.messages if m.type != "511"))
    clerk.shop.settle()
    assert clerk.place(one) == (State.Declared, {"Order", "Payment", "Waybill", "Arrived"})


def test_a_departure_that_is_taken_back_on_its_way_was_offloaded(clerk: Clerk) -> None:
    made = at_port()
    released(clerk, made)
    clerk.send(*made.departures)
    one = made.parcels[0]
    clerk.send(offloading(one, seed=made.seed))
    clerk.shop.settle()
    assert clerk.state(one) is State.Released


def test_an_arrival_that_is_on_record_is_not_taken_back(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages, *made.arrivals)
    clerk.shop.settle()
    outcomes = clerk.send(*(anew(message, appType="3") for message in made.arrivals))
    assert {each.standing for outcome in outcomes for each in outcome.documents} == {"refused"}


def test_a_report_goes_with_its_operation_that_is_given_up_or_tried_again(clerk: Clerk) -> None:
    made = imports(1)
    (one,) = made.parcels
    clerk.send(*made.messages)
    clerk.shop.settle()
    (outcome, *_) = clerk.send(*made.arrivals)
    assert clerk.subjects("Arrival", [one]) == ["queued"]
    cancel(clerk.shop.gateway, str(outcome.operation_id), None)
    assert clerk.subjects("Arrival", [one]) == ["withdrawn"]
    clerk.shop.settle()
    (outcome, *_) = clerk.send(*(anew(message, copNo="ANOTHER0001") for message in made.arrivals))
    clerk.detain_elsewhere(one)
    clerk.shop.settle()
    assert clerk.subjects("Arrival", [one]) == ["withdrawn", "refused"]
    clerk.take(Step.DetentionLifted, one)
    retry(clerk.shop.gateway, str(outcome.operation_id), None)
    clerk.shop.settle()
    assert clerk.subjects("Arrival", [one]) == ["withdrawn", "done"]
    assert "Arrived" in clerk.place(one)[1]
