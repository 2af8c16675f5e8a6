"""Customs' automatic account: what agrees is accepted, what disagrees is rejected with every reason, the rest waits."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from backend.domain.errors import QuotaExceeded
from backend.domain.lifecycle import State, Step
from backend.formats.ceb.receipt_reading import inner_codes
from backend.services.examination import Examiner, look_again
from backend.services.simulation import simulate
from backend.services.simulation.kinds import KINDS
from backend.services.simulation.labels import Anomaly, Expected
from backend.services.simulation.model import SimulatedParcel, SimulatedSet
from backend.services.simulation.requests import cancellation_request
from backend.settings import Settings
from backend.store.documents import keep_evidence
from tests.support.clerk import Clerk
from tests.support.workshop import installed_chain, workshop

HOUR = 3600


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("examination"), block_time=None) as settings:
        yield settings


@pytest.fixture
def clerk(chain: Settings) -> Iterator[Clerk]:
    with workshop(chain) as made:
        yield Clerk(made)


_seeds = count(6000)


def matched(parcels: int = 3, mode: Any = "import") -> SimulatedSet:
    return simulate(parcels, next(_seeds), mode, 0.0, barred=())


def spoilt(anomaly: Anomaly, mode: Any = "import") -> tuple[SimulatedSet, SimulatedParcel]:
    """A set with a parcel that has this one thing wrong with it."""
    for seed in _seeds:
        made = simulate(12, seed, mode, 0.9, barred=())
        for parcel in made.parcels:
            if parcel.anomaly is anomaly:
                return made, parcel
    raise AssertionError("count does not end")


@pytest.mark.parametrize("mode", ["import", "export"])
@pytest.mark.parametrize("order", range(4))
def test_whatever_order_the_documents_come_in_what_agrees_is_accepted(clerk: Clerk, mode: str, order: int) -> None:
    clerk.automate()
    made = matched(4, mode)
    messages = list(made.messages)
    random.Random(order).shuffle(messages)
    for message in messages:
        clerk.send(message)
        clerk.shop.settle()
        clerk.examiner.tick()
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}
    kind = "622" if mode == "import" else "604"
    assert {tuple(clerk.told(parcel, kind)) for parcel in made.parcels} == {("2", "3", "120")}


#: Differences that show whichever way documents are joined, and the list's own faults.
TOLD = [Anomaly.AmountMismatch, Anomaly.WrongBuyer, Anomaly.WrongHsCode, Anomaly.PaidSumWrong, Anomaly.LinePriceDiffers]


@pytest.mark.parametrize("anomaly", TOLD)
def test_what_disagrees_is_rejected_with_every_reason(clerk: Clerk, anomaly: Anomaly) -> None:
    clerk.automate()
    made, parcel = spoilt(anomaly)
    clerk.send(*made.messages)
    clerk.examine()
    assert clerk.state(parcel) is State.Rejected
    receipt = clerk.receipts(parcel, "622")[-1]
    assert receipt.status == "100"
    rules = {rule for rule in clerk.examination(parcel).rules.split() if rule in parcel.expected_rules}
    assert rules == parcel.expected_rules
    assert len(inner_codes(receipt.info)) >= 1


def test_a_difference_in_the_order_is_told_to_whoever_sent_the_order(clerk: Clerk) -> None:
    clerk.automate()
    made, parcel = spoilt(Anomaly.AmountMismatch)
    clerk.send(*made.messages)
    clerk.examine()
    for kind, code in (("312", "1332"), ("412", "1332"), ("622", "1332")):
        receipt = clerk.receipts(parcel, kind)[-1]
        assert (receipt.status, code) == ("100", inner_codes(receipt.info)[0].code), kind
    assert clerk.told(parcel, "512")[-1] == "120"


def test_what_is_incomplete_waits_until_its_deadline_and_is_then_rejected(clerk: Clerk) -> None:
    clerk.automate(deadline_hours=2)
    made, parcel = spoilt(Anomaly.MissingPayment)
    clerk.send(*made.messages)
    clerk.examine()
    assert clerk.state(parcel) is State.Declared
    examined = clerk.examination(parcel)
    assert (examined.status, examined.outcome, examined.rules.split()[0]) == ("waiting", "incomplete", "M01")
    now = clerk.shop.gateway.now()
    clerk.shop.gateway.now = lambda: now + 2 * HOUR + 60
    clerk.examine()
    assert clerk.state(parcel) is State.Rejected
    assert "支付信息不存在" in clerk.receipts(parcel, "622")[-1].info


def test_a_payment_that_comes_late_but_in_time_completes_the_parcel(clerk: Clerk) -> None:
    clerk.automate()
    made = matched(3)
    late = [message for message in made.messages if message.type == "411"]
    clerk.send(*(message for message in made.messages if message.type != "411"))
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Declared}
    clerk.send(*late)
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}


def test_a_district_that_did_not_switch_it_on_decides_by_hand(clerk: Clerk) -> None:
    for district in ("2233", "2303", "2908"):
        clerk.automate(district, automatic=False)
    made = matched(3)
    clerk.send(*made.messages)
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Declared}
    # Switched on later, it decides what was declared before.
    clerk.automate()
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}


def test_what_a_person_decided_in_between_is_left_alone(clerk: Clerk) -> None:
    clerk.automate()
    made = matched(3)
    clerk.send(*made.messages)
    clerk.shop.settle()
    one, *rest = made.parcels
    clerk.take(Step.Rejection, one, reason="prohibited")
    clerk.examine()
    assert clerk.state(one) is State.Rejected
    assert {clerk.state(parcel) for parcel in rest} == {State.Accepted}
    assert clerk.examination(one).status == "over"


def test_a_detained_declaration_waits_for_a_person(clerk: Clerk) -> None:
    clerk.automate()
    made = matched(2)
    clerk.send(*made.messages)
    clerk.shop.settle()
    one, _ = made.parcels
    clerk.take(Step.Detention, one, transferred_to="legal")
    clerk.examine()
    assert clerk.state(one) is State.Declared
    assert clerk.told(one, "622")[-1] == "503"
    clerk.take(Step.DetentionLifted, one)
    clerk.examine()
    assert clerk.state(one) is State.Accepted
    assert clerk.told(one, "622")[-2:] == ["399", "120"]


def test_the_report_is_the_evidence_of_the_decision(clerk: Clerk) -> None:
    clerk.automate()
    made, parcel = spoilt(Anomaly.AmountMismatch)
    clerk.send(*made.messages)
    clerk.examine()
    number = clerk.id_of(parcel)
    with clerk.shop.gateway.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT d.fields FROM records r JOIN manifests m ON m.id = r.manifest_row"
            " JOIN evidence_documents e ON e.evidence = r.evidence JOIN documents d ON d.id = e.document_id"
            " WHERE r.step = ? AND d.parcel_id = ?",
            (int(Step.Rejection), number),
        ).all()
    ((fields,),) = rows
    said = fields.decode()
    assert '"decision","Rejection"' in said
    assert clerk.version in said
    assert "M06" in said
    personal = parcel.documents["621"].head
    assert not any(personal[name] in said for name in ("buyerName", "buyerIdNumber", "buyerTelephone"))


def test_one_persons_purchases_in_one_round_cannot_exceed_the_year_together(clerk: Clerk) -> None:
    made = matched(3)
    values = [sum(float(line["totalPrice"]) for line in p.documents["621"].lines) for p in made.parcels]
    # Room for two of the three: whoever is third has no room, although each was judged beside an empty year.
    year = round(max(sum(sorted(values)[:2]), max(values)) + 200)
    clerk.automate(limits={"transaction": year, "year": year})
    buyer = made.parcels[0].documents["621"].head["buyerIdNumber"]
    for message in made.messages:
        data = message.data
        for parcel in made.parcels:
            data = data.replace(parcel.documents["621"].head["buyerIdNumber"].encode(), buyer.encode())
        clerk.send(type(message)(message.type, message.number, message.sender, message.parcels, data))
    clerk.examine()
    states = [clerk.state(parcel) for parcel in made.parcels]
    assert sorted(state.name for state in states) == ["Accepted", "Accepted", "Rejected"]
    rejected = made.parcels[states.index(State.Rejected)]
    assert clerk.receipts(rejected, "622")[-1].info.startswith("[Code:1313;")
    with clerk.shop.gateway.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT person, year, amount, state FROM quota_entries").all()
    assert buyer not in str(rows)
    assert "reserved" in {row.state for row in rows}


def test_customs_by_hand_cannot_accept_beyond_the_year_either(clerk: Clerk) -> None:
    made = matched(1)
    for district in ("2233", "2303", "2908"):
        clerk.automate(district, automatic=False, limits={"transaction": 1, "year": 1})
    clerk.send(*made.messages)
    clerk.shop.settle()
    before = clerk.shop.statuses()
    with pytest.raises(QuotaExceeded):
        clerk.take(Step.Acceptance, *made.parcels)
    assert clerk.shop.statuses() == before


def test_a_cancellation_of_what_is_undecided_is_granted_before_anything_else(clerk: Clerk) -> None:
    clerk.automate("2233", "2303", "2908", automatic=False)
    made = matched(2)
    clerk.send(*made.messages)
    clerk.shop.settle()
    one, other = made.parcels
    # It has no customs' number yet; the order names it.
    clerk.send(cancellation_request(one, "223320260I00000000"[:18], seed=made.seed))
    clerk.automate()
    clerk.examine()
    assert clerk.state(one) is State.Cancelled
    assert clerk.told(one, "624") == ["2", "120", "399"]
    assert clerk.state(other) is State.Accepted


def test_a_round_that_dies_before_it_is_stored_is_taken_again(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk.automate()
    made = matched(4)
    clerk.send(*made.messages)
    clerk.shop.settle()

    def dies(*given: Any, **named: Any) -> None:
        # Gateways of other tests may run beside this one: only the one at hand dies.
        if threading.current_thread() is not threading.main_thread():
            return keep_evidence(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("backend.services.evidence.keep_evidence", dies)
        with pytest.raises(KeyboardInterrupt):
            clerk.examiner.tick()
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}
    assert {tuple(clerk.told(parcel, "622")) for parcel in made.parcels} == {("2", "3", "120")}


def test_nothing_is_accepted_by_attestations_that_are_still_on_their_way(clerk: Clerk) -> None:
    """They are other accounts' transactions: the chain may take the acceptance first, and refuse it."""
    clerk.automate()
    made = matched(3)
    clerk.send(*made.messages)
    for _ in range(40):
        if clerk.examiner.tick():
            break
        clerk.shop.turn()
    else:
        raise AssertionError("nothing was decided")
    accepted = [parcel for parcel in made.parcels if clerk.examination(parcel).status == "decided"]
    assert accepted
    assert all(clerk.place(parcel)[1] >= {"Order", "Payment", "Waybill"} for parcel in accepted)


def test_a_rejection_waits_for_the_attestations_that_are_on_their_way(clerk: Clerk) -> None:
    clerk.automate()
    made, parcel = spoilt(Anomaly.AmountMismatch)
    before = clerk.shop.statuses().get("quarantined", 0)
    clerk.send(*made.messages)
    # It looks after every block, and not only when all is over.
    for _ in range(40):
        clerk.shop.turn()
        if not clerk.examiner.tick() and clerk.shop.is_idle():
            break
    assert clerk.place(parcel) == (State.Rejected, {"Order", "Payment", "Waybill"})
    assert clerk.shop.statuses().get("quarantined", 0) == before


def test_what_comes_while_a_parcel_is_looked_at_is_not_taken_for_seen(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.automate()
    made, parcel = spoilt(Anomaly.MissingPayment)
    clerk.send(*made.messages)
    clerk.examine()
    assert not clerk.examination(parcel).is_ready
    decide = Examiner._decide

    def news() -> None:
        with clerk.shop.gateway.database.write() as connection:
            look_again(connection, [clerk.id_of(parcel)])

    def late(examiner: Examiner, found: Any, now: int) -> int:
        news()
        return decide(examiner, found, now)

    news()
    with monkeypatch.context() as patched:
        patched.setattr(Examiner, "_decide", late)
        clerk.examiner.tick()
    assert clerk.examination(parcel).is_ready
    clerk.examiner.tick()
    assert not clerk.examination(parcel).is_ready


def test_every_anomaly_that_reaches_customs_meets_what_its_label_says(clerk: Clerk) -> None:
    """Whatever the simulator can get wrong, once each, through the gateway and not only through the rules."""
    clerk.automate()
    for mode in ("import", "export"):
        made = simulate(260, 77, mode, 0.7, barred=())
        clerk.send(*made.messages, *made.masters, *made.arrivals)
        clerk.examine(20)
        seen: set[Anomaly] = set()
        for parcel in made.parcels:
            kind = KINDS[mode].get(parcel.anomaly) if parcel.anomaly else None
            if kind is None or parcel.expected in (Expected.Refused, Expected.Undeclared):
                continue
            # Which documents belong together is told by their numbers here: where those differ, others are missing.
            if parcel.joined_rules is not None:
                continue
            seen.add(parcel.anomaly)
            states = {
                Expected.Mismatch: {State.Rejected},
                Expected.Incomplete: {State.Declared},
                Expected.Matched: {State.Accepted},
                Expected.Held: {State.Accepted},
                Expected.Routed: {State.Accepted, State.Rejected},
            }[parcel.expected]
            assert clerk.state(parcel) in states, parcel.anomaly
        assert len(seen) > 10
