"""Notices become steps: in whatever order they come, for the parcels that they name, once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

import pytest

from backend.domain.lifecycle import State, Step
from backend.domain.notices import Notice, notice_of
from backend.domain.roster import enterprise
from backend.formats.ceb.messages import parse_message
from backend.formats.ceb.signature import SimulatorSigner
from backend.formats.ceb.writer import write_message
from backend.services.simulation import simulate, transfer_of
from backend.services.simulation.model import SimulatedMessage, SimulatedParcel, SimulatedSet
from backend.services.simulation.requests import cancellation_request, offloading, return_arrival, return_request
from backend.services.steps import submit_steps
from backend.settings import Settings
from tests.support.clerk import Clerk
from tests.support.workshop import installed_chain, workshop

DAY = 86_400


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("notices"), block_time=None) as settings:
        yield settings


@pytest.fixture
def clerk(chain: Settings) -> Iterator[Clerk]:
    with workshop(chain) as made:
        yield Clerk(made)


_seeds = count(4000)


def imports(parcels: int = 4, mode: str = "9610") -> SimulatedSet:
    """A set with imports of this mode only, each with everything that belongs to it."""
    for seed in _seeds:
        made = simulate(parcels, seed, "import", 0.0, barred=())
        if {parcel.trade_mode for parcel in made.parcels} == {mode}:
            return made
    raise AssertionError("count does not end")


def at_port(parcels: int = 3) -> SimulatedSet:
    """Exports that are declared at the port they leave from."""
    for seed in _seeds:
        made = simulate(parcels, seed, "export", 0.0, barred=())
        if {parcel.customs_code for parcel in made.parcels} == {"2233"}:
            return made
    raise AssertionError("count does not end")


def altered(message: SimulatedMessage, **head: str) -> SimulatedMessage:
    """The notices of a message with other texts in their heads, under the same signature as nobody checks it here."""
    parsed = parse_message(message.data)
    notices = []
    for document in parsed.documents:
        notice = document.to_notice()
        notices.append(notice_of(notice.type, {**notice.head, **head}, notice.lines))
    return written(message, notices)


def without_lines(message: SimulatedMessage) -> SimulatedMessage:
    """The notices of a message for whole bills, without the list of their parcels."""
    notices = [notice_of(d.type, d.to_notice().head) for d in parse_message(message.data).documents]
    return written(message, notices)


def written(message: SimulatedMessage, notices: Sequence[Notice]) -> SimulatedMessage:
    guid = notices[0].head["guid"]
    data = write_message(
        message.type, notices, transfer_of(enterprise(message.sender.key)), guid, signer=SimulatorSigner(b"test")
    )
    return replace(message, data=data)


def accept(clerk: Clerk, *parcels: SimulatedParcel) -> None:
    clerk.shop.settle()
    clerk.take(Step.Acceptance, *parcels)


def released(clerk: Clerk, made: SimulatedSet) -> None:
    """Everything sent, accepted, arrived and released."""
    clerk.send(*made.messages, *made.masters, *made.arrivals)
    accept(clerk, *made.parcels)
    clerk.take(Step.Release, *made.parcels)
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Released}


# ---------------------------------------------------------------------------------------------------
# Arrivals


def test_an_arrival_that_comes_before_the_lists_waits_for_them(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.arrivals)
    clerk.shop.settle()
    clerk.send(*made.messages)
    clerk.shop.settle()
    assert all("Arrived" in clerk.place(parcel)[1] for parcel in made.parcels)
    assert clerk.subjects("Arrival", made.parcels) == ["done"] * 4


def test_an_arrival_that_comes_after_the_lists_is_recorded_at_once(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages)
    clerk.shop.settle()
    assert set(clerk.statuses(clerk.send(*made.arrivals))) == {"2"}
    clerk.shop.settle()
    assert all("Arrived" in clerk.place(parcel)[1] for parcel in made.parcels)


def test_an_arrival_without_a_list_speaks_of_its_whole_bill_whichever_message_comes_first(clerk: Clerk) -> None:
    for first_masters in (True, False):
        made = at_port()
        whole = [without_lines(message) for message in made.arrivals]
        clerk.send(*made.messages)
        clerk.send(*(made.masters if first_masters else whole))
        clerk.shop.settle()
        clerk.send(*(whole if first_masters else made.masters))
        clerk.shop.settle()
        assert all("Arrived" in clerk.place(parcel)[1] for parcel in made.parcels), first_masters


def test_the_same_arrival_again_is_known_and_another_under_its_number_is_a_conflict(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages)
    (message, *_) = made.arrivals
    first = clerk.send(message)
    again = clerk.send(altered(message, appTime="20260401120000"))
    other = clerk.send(altered(message, voyageNo="ZZ999"))
    assert [o[0].documents[0].standing for o in (first, again, other)] == ["stored", "known", "refused"]
    assert other[0].documents[0].return_status == "-800003"
    clerk.shop.settle()


def test_a_second_arrival_of_the_same_parcels_records_nothing_twice(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages, *made.arrivals)
    clerk.shop.settle()
    clerk.send(*(altered(message, copNo=f"X{place}") for place, message in enumerate(made.arrivals)))
    clerk.shop.settle()
    assert clerk.subjects("Arrival", made.parcels) == ["done"] * 8
    assert clerk.shop.statuses().keys() == {"confirmed"}


def test_the_sender_of_a_notice_is_told_when_everything_that_it_names_is_recorded(clerk: Clerk) -> None:
    made = imports()
    outcomes = clerk.send(*made.arrivals)
    clerk.shop.settle()
    query = "SELECT status FROM receipts WHERE receipt_type = '712' AND document_id IN (SELECT id FROM documents"
    query += f" WHERE business_key IN ({', '.join(repr(d.business_key) for o in outcomes for d in o.documents)}))"

    def told() -> list[str]:
        with clerk.shop.gateway.database.read() as connection:
            return [row.status for row in connection.exec_driver_sql(query + " ORDER BY id")]

    assert set(told()) == {"2"}
    clerk.send(*made.messages)
    clerk.shop.settle()
    assert sorted(told()) == sorted(["2", "120"] * sum(len(o.documents) for o in outcomes))


# ---------------------------------------------------------------------------------------------------
# Deliveries and departures


def test_a_delivery_that_comes_before_the_release_waits_for_it(clerk: Clerk) -> None:
    made = imports(6)
    delivered = [parcel for m in made.deliveries for parcel in made.parcels if parcel.index in m.parcels]
    clerk.send(*made.messages, *made.arrivals)
    accept(clerk, *made.parcels)
    clerk.send(*made.deliveries)
    clerk.shop.settle()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}
    clerk.take(Step.Release, *made.parcels)
    assert {clerk.state(parcel) for parcel in delivered} == {State.Delivered}
    assert {tuple(clerk.told(parcel, "514")) for parcel in delivered} == {("2", "120")}


def test_a_delivery_does_not_overtake_a_release_that_is_on_its_way(clerk: Clerk) -> None:
    """The two are transactions of two accounts: the chain may take the delivery first, and refuse it."""
    made = imports(6)
    delivered = [parcel for m in made.deliveries for parcel in made.parcels if parcel.index in m.parcels]
    clerk.send(*made.messages, *made.arrivals)
    accept(clerk, *made.parcels)
    ids = [clerk.id_of(parcel) for parcel in made.parcels]
    submit_steps(clerk.shop.gateway, clerk.shop.numbers["customs_pudong"], Step.Release, ids, {"decision": "release"})
    clerk.send(*made.deliveries)
    assert set(clerk.subjects("Delivery", delivered)) == {"waiting"}
    clerk.shop.settle()
    assert {clerk.state(parcel) for parcel in delivered} == {State.Delivered}


def test_a_delivery_of_an_unknown_parcel_is_refused_by_customs_own_code(clerk: Clerk) -> None:
    made = imports(6)
    assert set(clerk.statuses(clerk.send(*made.deliveries))) == {"-505014"}


def test_a_departure_leaves_and_one_that_is_taken_back_was_offloaded(clerk: Clerk) -> None:
    made = at_port()
    released(clerk, made)
    clerk.send(*made.departures)
    clerk.shop.settle()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Departed}
    one, *rest = made.parcels
    clerk.send(offloading(one, seed=made.seed))
    clerk.shop.settle()
    assert clerk.state(one) is State.Released
    assert {clerk.state(parcel) for parcel in rest} == {State.Departed}


def test_a_detained_parcel_neither_departs_nor_is_it_forgotten(clerk: Clerk) -> None:
    made = at_port()
    released(clerk, made)
    held = made.parcels[0]
    clerk.take(Step.Detention, held)
    clerk.send(*made.departures)
    clerk.shop.settle()
    assert clerk.state(held) is State.Released
    assert {clerk.state(parcel) for parcel in made.parcels[1:]} == {State.Departed}
    clerk.take(Step.DetentionLifted, held)
    clerk.shop.settle()
    assert clerk.state(held) is State.Departed


# ---------------------------------------------------------------------------------------------------
# Cancellations


def test_a_cancellation_is_granted_by_customs_and_told_to_who_asked(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages)
    accept(clerk, *made.parcels)
    one = made.parcels[0]
    clerk.send(cancellation_request(one, clerk.list_no(one), seed=made.seed))
    clerk.shop.settle()
    assert clerk.told(one, "624") == ["2", "120"]
    clerk.decide(one, grant=True)
    assert clerk.state(one) is State.Cancelled
    assert clerk.told(one, "624") == ["2", "120", "399"]
    assert clerk.requests(one) == []


def test_a_refused_cancellation_changes_nothing_and_says_why(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages)
    accept(clerk, *made.parcels)
    one = made.parcels[0]
    clerk.send(cancellation_request(one, clerk.list_no(one), seed=made.seed))
    clerk.decide(one, grant=False, reason="货物已查验")
    assert clerk.state(one) is State.Accepted
    assert clerk.told(one, "624")[-1] == "100"
    assert "货物已查验" in clerk.receipts(one, "624")[-1].info
    again = clerk.send(cancellation_request(one, clerk.list_no(one), seed=made.seed, attempt=2))
    assert clerk.statuses(again) == ["2"]
    clerk.shop.settle()


def test_a_second_cancellation_while_one_waits_and_one_after_release_are_refused(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages, *made.arrivals)
    accept(clerk, *made.parcels)
    one, two, *_ = made.parcels
    clerk.send(cancellation_request(one, clerk.list_no(one), seed=made.seed))
    second = clerk.send(cancellation_request(one, clerk.list_no(one), seed=made.seed, attempt=2))
    assert clerk.statuses(second) == ["-623009"]
    clerk.shop.settle()
    clerk.take(Step.Release, two)
    late = clerk.send(cancellation_request(two, clerk.list_no(two), seed=made.seed))
    assert clerk.statuses(late) == ["-623005"]


def test_names_that_contradict_each_other_name_no_parcel(clerk: Clerk) -> None:
    made = imports()
    clerk.send(*made.messages)
    accept(clerk, *made.parcels)
    one, two, *_ = made.parcels
    wrong = clerk.send(cancellation_request(one, clerk.list_no(two), seed=made.seed))
    assert clerk.statuses(wrong) == ["-623003"]
    assert "矛盾" in wrong[0].documents[0].info


# ---------------------------------------------------------------------------------------------------
# Returns


def test_an_import_is_returned_from_request_to_void_tax_bill(clerk: Clerk) -> None:
    made = imports(3)
    released(clerk, made)
    one, kept, *_ = made.parcels
    clerk.send(return_request(one, clerk.list_no(one), seed=made.seed))
    clerk.shop.settle()
    assert "ReturnPending" in clerk.place(one)[1]
    clerk.decide(one, grant=True)
    clerk.take(Step.ReturnArrived, one, who="site_operator")
    clerk.take(Step.ReturnVerified, one)
    assert clerk.state(one) is State.Returned
    assert clerk.told(one, "626") == ["2", "120", "399", "800"]
    assert [clerk.told(one, kind) for kind in ("816", "818")] == [["1"], ["3"]]
    assert [clerk.told(kept, kind) for kind in ("816", "818")] == [["1"], []]


def test_an_exports_return_comes_back_through_the_supervised_place(clerk: Clerk) -> None:
    made = at_port()
    released(clerk, made)
    clerk.send(*made.departures)
    clerk.shop.settle()
    one = made.parcels[0]
    arrival = return_arrival(one, clerk.list_no(one), seed=made.seed)
    clerk.send(return_request(one, clerk.list_no(one), seed=made.seed))
    clerk.shop.settle()
    # The goods may be reported before customs has agreed: that waits.
    assert clerk.statuses(clerk.send(arrival)) == ["2"]
    clerk.shop.settle()
    assert clerk.state(one) is State.Departed
    assert clerk.subjects("ReturnArrival", [one]) == ["waiting"]
    clerk.decide(one, grant=True)
    clerk.shop.settle()
    assert "Arrived" in clerk.place(one)[1]
    clerk.take(Step.ReturnVerified, one)
    assert clerk.told(one, "214") == ["2", "120", "800"]
    assert clerk.told(one, "216") == ["2", "399"]


@pytest.mark.parametrize(("days", "status"), [(30, "2"), (31, "-625022")])
def test_a_return_is_asked_for_within_thirty_days_of_release(clerk: Clerk, days: int, status: str) -> None:
    made = imports(2)
    released(clerk, made)
    one = made.parcels[0]
    now = clerk.shop.gateway.now()
    clerk.shop.gateway.now = lambda: now + days * DAY
    assert clerk.statuses(clerk.send(return_request(one, clerk.list_no(one), seed=made.seed))) == [status]
    clerk.shop.settle()


def test_more_than_was_declared_cannot_come_back(clerk: Clerk) -> None:
    made = imports(2)
    released(clerk, made)
    one = made.parcels[0]
    message = return_request(one, clerk.list_no(one), seed=made.seed)
    (document,) = parse_message(message.data).documents
    notice = document.to_notice()
    for wrong in ({"qty": "999"}, {"gnum": "77"}, {"gcode": "0000000000"}):
        lines = [{**notice.lines[0], **wrong}]
        (outcome,) = clerk.send(written(message, [notice_of(notice.type, notice.head, lines)]))
        assert outcome.documents[0].return_status == "-625209", wrong
        assert str(next(iter(wrong.values()))) in outcome.documents[0].info


def test_only_the_declarant_itself_asks_for_a_return(clerk: Clerk) -> None:
    made = imports(2)
    released(clerk, made)
    one = made.parcels[0]
    message = return_request(one, clerk.list_no(one), seed=made.seed)
    other = altered(message, agentCode=enterprise("platform").customs_code)
    (outcome,) = clerk.send(replace(other, sender=enterprise("platform")))
    assert outcome.documents[0].standing == "refused"
