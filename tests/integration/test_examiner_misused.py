"""What could stop customs' automatic account, or mislead it: hostile lists, refusals, and settings that change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from backend.domain.lifecycle import State, Step
from backend.services import examination
from backend.services.examination import Examiner
from backend.services.operations import cancel
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedMessage, SimulatedParcel, SimulatedSet
from backend.services.simulation.requests import cancellation_request
from backend.settings import Settings
from tests.support.clerk import Clerk
from tests.support.workshop import installed_chain, workshop

HOUR = 3600


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("examiner"), block_time=None) as settings:
        yield settings


@pytest.fixture
def clerk(chain: Settings) -> Iterator[Clerk]:
    with workshop(chain) as made:
        yield Clerk(made)


_seeds = count(26000)


def matched(parcels: int = 3, mode: Any = "import") -> SimulatedSet:
    return simulate(parcels, next(_seeds), mode, 0.0, barred=())


def of_two_districts() -> SimulatedSet:
    """Imports of which not all are declared in one district."""
    for seed in _seeds:
        made = simulate(6, seed, "import", 0.0, barred=())
        if len({parcel.customs_code for parcel in made.parcels}) > 1:
            return made
    raise AssertionError("count does not end")


def altered(message: SimulatedMessage, **fields: str) -> SimulatedMessage:
    text = message.data.decode()
    for name, value in fields.items():
        text = re.sub(rf"(<(?:\w+:)?{name}>)[^<]*(</)", rf"\g<1>{value}\g<2>", text)
    return replace(message, data=text.encode())


def reserved(clerk: Clerk, parcel: SimulatedParcel) -> str:
    """The state of a parcel's part of its buyer's year."""
    query = "SELECT state FROM quota_entries WHERE parcel_id = ?"
    with clerk.shop.gateway.database.read() as connection:
        return str(connection.exec_driver_sql(query, (clerk.id_of(parcel),)).scalar_one())


@pytest.mark.parametrize("number", [" ", "\u3000", "\u00a0", "\u200b", "\ufeff"])
def test_a_list_whose_buyer_has_no_number_stops_nobody_elses(clerk: Clerk, number: str) -> None:
    clerk.automate()
    bad, good = matched(1), matched(2)
    clerk.send(*(altered(m, buyerIdNumber=number) if m.type == "621" else m for m in bad.messages))
    clerk.send(*good.messages)
    clerk.examine()
    assert {clerk.state(parcel) for parcel in good.parcels} == {State.Accepted}


def test_a_district_that_does_not_decide_holds_up_no_other(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "ROUND", 2)
    clerk.automate()
    made = of_two_districts()
    off = made.parcels[0].customs_code
    clerk.send(*made.messages)
    clerk.shop.settle()
    clerk.automate(off, automatic=False)
    others = [parcel for parcel in made.parcels if parcel.customs_code != off]
    clerk.examine(20)
    assert {clerk.state(parcel) for parcel in others} == {State.Accepted}
    clerk.automate(off)
    clerk.examine(20)
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}


def test_a_cancellation_of_what_is_detained_waits_and_holds_up_no_other(clerk: Clerk) -> None:
    clerk.automate(automatic=False)
    made = matched(3)
    clerk.send(*made.messages)
    clerk.shop.settle()
    held, asked, _ = made.parcels
    for parcel in (held, asked):
        clerk.send(cancellation_request(parcel, "223320260I00000000"[:18], seed=made.seed))
    clerk.take(Step.Detention, held)
    clerk.automate()
    clerk.examine()
    assert clerk.state(asked) is State.Cancelled
    assert clerk.state(held) is State.Declared
    clerk.take(Step.DetentionLifted, held)
    clerk.examine()
    assert clerk.state(held) is State.Cancelled


def test_an_acceptance_that_the_chain_refused_is_decided_again_and_counts_nothing_meanwhile(clerk: Clerk) -> None:
    clerk.automate()
    made = matched(1)
    clerk.send(*made.messages)
    clerk.shop.settle()
    (one,) = made.parcels
    assert clerk.examiner.tick() == 1
    assert (clerk.examination(one).status, reserved(clerk, one)) == ("decided", "reserved")
    clerk.detain_elsewhere(one)
    clerk.shop.settle()
    assert clerk.place(one)[0] is State.Declared
    assert "HeldDeclaring" in clerk.place(one)[1]
    assert (clerk.examination(one).status, reserved(clerk, one)) == ("waiting", "released")
    clerk.take(Step.DetentionLifted, one)
    clerk.examine()
    assert clerk.state(one) is State.Accepted


def test_nothing_is_decided_by_what_a_document_that_just_came_has_overtaken(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.automate(deadline_hours=1)
    made = matched(2)
    late = [message for message in made.messages if message.type == "511"]
    clerk.send(*(message for message in made.messages if message.type != "511"))
    clerk.shop.settle()
    now = clerk.shop.gateway.now()
    clerk.shop.gateway.now = lambda: now + 2 * HOUR
    decide = Examiner._decide

    def overtaken(examiner: Examiner, found: Any, at: int) -> int:
        assert found.rejected
        clerk.send(*late)
        return decide(examiner, found, at)

    with monkeypatch.context() as patched:
        patched.setattr(Examiner, "_decide", overtaken)
        assert clerk.examiner.tick() == 0
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}


def test_new_settings_hold_for_what_waits_already(clerk: Clerk) -> None:
    clerk.automate(deadline_hours=48)
    made = matched(2)
    clerk.send(*(message for message in made.messages if message.type != "411"))
    clerk.examine()
    one = made.parcels[0]
    assert clerk.state(one) is State.Declared
    now = clerk.shop.gateway.now()
    clerk.shop.gateway.now = lambda: now + 3 * HOUR
    clerk.automate(deadline_hours=2)
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Rejected}


def test_a_longer_deadline_holds_for_what_waits_already(clerk: Clerk) -> None:
    clerk.automate(deadline_hours=2)
    made = matched(2)
    clerk.send(*(message for message in made.messages if message.type != "411"))
    clerk.examine()
    now = clerk.shop.gateway.now()
    clerk.automate(deadline_hours=48)
    clerk.examine()
    clerk.shop.gateway.now = lambda: now + 3 * HOUR
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Declared}


def test_what_waits_is_looked_at_again_under_the_settings_that_came_into_force(clerk: Clerk) -> None:
    clerk.automate()
    made = matched(2)
    clerk.send(*(message for message in made.messages if message.type != "411"))
    clerk.examine()
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Declared}
    assert clerk.examination(made.parcels[0]).config_version == clerk.version
    clerk.automate(deadline_hours=30)
    clerk.examine()
    assert clerk.examination(made.parcels[0]).config_version == clerk.version


def test_an_acceptance_that_is_given_up_before_it_is_sent_counts_nothing(clerk: Clerk) -> None:
    clerk.automate()
    made = matched(1)
    clerk.send(*made.messages)
    clerk.shop.settle()
    (one,) = made.parcels
    assert clerk.examiner.tick() == 1
    with clerk.shop.gateway.database.read() as connection:
        query = "SELECT operation_id FROM outbox WHERE status = 'waiting'"
        operation_id = connection.exec_driver_sql(query).scalar_one()
    cancel(clerk.shop.gateway, operation_id, None)
    assert (clerk.examination(one).status, reserved(clerk, one)) == ("waiting", "released")
    clerk.take(Step.Acceptance, one)
    assert reserved(clerk, one) == "reserved"


def test_a_document_that_comes_behind_a_decision_is_on_record_and_not_refused(clerk: Clerk) -> None:
    clerk.automate(deadline_hours=1)
    made = matched(2)
    late = [message for message in made.messages if message.type == "511"]
    clerk.send(*(message for message in made.messages if message.type != "511"))
    clerk.shop.settle()
    now, before = clerk.shop.gateway.now(), clerk.shop.statuses().get("quarantined", 0)
    clerk.shop.gateway.now = lambda: now + 2 * HOUR
    clerk.examiner.tick()
    assert {clerk.examination(parcel).status for parcel in made.parcels} == {"decided"}
    clerk.send(*late)
    # One of the rejections is refused: its parcel is detained. The waybill vouches for that one.
    held, rejected = made.parcels
    clerk.detain_elsewhere(held)
    clerk.shop.settle()
    assert (clerk.state(held), clerk.state(rejected)) == (State.Declared, State.Rejected)
    assert clerk.shop.statuses()["quarantined"] == before + 1
    assert clerk.told(rejected, "512")[:2] == ["2", "3"]
    clerk.take(Step.DetentionLifted, held)
    clerk.examine()
    assert clerk.state(held) is State.Accepted


def test_what_comes_while_a_declaration_is_detained_is_vouched_for_afterwards(clerk: Clerk) -> None:
    clerk.automate()
    made = matched(1)
    late = [message for message in made.messages if message.type != "621"]
    clerk.send(*(message for message in made.messages if message.type == "621"))
    clerk.shop.settle()
    (one,) = made.parcels
    before = clerk.shop.statuses().get("quarantined", 0)
    clerk.take(Step.Detention, one)
    clerk.send(*late)
    clerk.shop.settle()
    clerk.take(Step.DetentionLifted, one)
    clerk.examine()
    assert clerk.state(one) is State.Accepted
    assert clerk.shop.statuses().get("quarantined", 0) == before
