"""Release instructions on their way to real receivers: to the terminal, to the customs office, each in its order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from backend.domain.instants import iso
from backend.domain.release_instructions import InstructionFact
from backend.domain.webhooks import WAITS
from backend.services import webhooks as managing
from backend.services.deliverer import Deliverer
from backend.services.gateway import Gateway
from backend.store import release_instructions as store
from backend.store.webhooks import webhooks_behind
from tests.support.receivers import Receiver, hooked, later, receiver, settle, statuses, webhook_of
from tests.support.standing import AT_MS, Conversation, parcel

TERMINAL, CUSTOMS, OUTSIDER = 5, 6, 7
AT = AT_MS // 1000


@pytest.fixture
def deliverer(gateway: Gateway) -> Iterator[Deliverer]:
    made = Deliverer(gateway, seconds=1.0)
    yield made
    made.finish()


def instruction(gateway: Gateway, at: int = AT) -> int:
    """An instruction of which nothing has happened yet."""
    row = {
        "customs_no": CUSTOMS,
        "district": 2233,
        "terminal_no": TERMINAL,
        "bill_no": None,
        "parcels": 1,
        "contents": bytes(32),
        "issued_at": at,
        "due_at": at + 60,
        "answered": False,
    }
    with gateway.database.write() as connection:
        return store.insert_instruction(connection, row, [parcel(1)])


def happens(gateway: Gateway, number: int, *facts: InstructionFact, at: int = AT) -> None:
    with gateway.database.write() as connection:
        for fact in facts:
            teller = TERMINAL if fact in (InstructionFact.Acknowledged, InstructionFact.Refused) else CUSTOMS
            row = {"instruction_id": number, "name": fact.value, "participant_no": teller, "reason": ""}
            store.insert_fact(connection, row | {"operation_id": "0" * 32, "at": at}, answers=False)


def told(kept: Receiver) -> list[tuple[int, str]]:
    """Which fact of which instruction came, in order."""
    return [(one.json["instruction_id"], one.json["fact"]) for one in kept.received]


def test_each_is_told_what_the_other_did_signed_and_nobody_else_anything(
    gateway: Gateway, deliverer: Deliverer, there: Receiver
) -> None:
    with receiver() as office, receiver() as outside:
        webhook = hooked(gateway, there, TERMINAL)
        hooked(gateway, office, CUSTOMS)
        hooked(gateway, outside, OUTSIDER)
        number = instruction(gateway)
        happens(gateway, number, *InstructionFact)
        settle(deliverer)
        assert told(there) == [(number, name) for name in ("Issued", "Overdue", "Withdrawn", "Settled")]
        assert told(office) == [(number, name) for name in ("Acknowledged", "Refused", "Overdue")]
        assert outside.received == []
    for one in there.received:
        body = Webhook(webhook["secret"]).verify(one.body, one.headers)
        assert (body["type"], body["at"]) == ("release_instruction", iso(AT))
        assert body["address"] == f"/v1/release-instructions/{number}"
    # Nobody is told anything twice, and what is for others is not looked at again and again.
    assert deliverer.tick() == 0
    with gateway.database.read() as connection:
        assert webhooks_behind(connection) == []


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_fails_each_instruction_is_told_in_its_order(
    gateway: Gateway, deliverer: Deliverer, data: st.DataObject
) -> None:
    """Facts of several instructions, with receipts between them, to a receiver that refuses some posts."""
    names = ("Issued", "Overdue", "Withdrawn", "Settled")
    numbers = [instruction(gateway) for _ in range(3)]
    order = data.draw(st.permutations([number for number in numbers for _ in names]))
    refused = data.draw(st.lists(st.booleans(), max_size=6))
    answers = statuses(*(500 if each else 204 for each in refused), 204)
    with receiver(answers) as there:
        webhook = hooked(gateway, there, TERMINAL, since=None)
        left = {number: list(names) for number in numbers}
        for number in order:
            happens(gateway, number, InstructionFact(left[number].pop(0)))
            deliverer.tick()
        settle(deliverer)
        for wait in WAITS:
            later(gateway, deliverer, wait)
        for number in numbers:
            came = [fact for instruction_id, fact in told(there) if instruction_id == number]
            assert list(dict.fromkeys(came)) == list(names)
            assert came == sorted(came, key=names.index)
        assert webhook_of(gateway, TERMINAL)["waiting"] == 0
    managing.remove(gateway, TERMINAL, webhook["webhook_id"])


def test_a_replay_since_a_receipt_plays_again_what_happened_since_then(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    webhook = hooked(gateway, there, TERMINAL)
    early, late = instruction(gateway), instruction(gateway)
    happens(gateway, early, InstructionFact.Issued, at=AT - 100)
    (receipt,) = talk.life(1, ("2",))
    # In the second of the receipt: whether before or after it nobody can say.
    happens(gateway, late, InstructionFact.Issued, at=AT)
    settle(deliverer)
    assert len(there.received) == 3
    there.received.clear()
    managing.replay(gateway, TERMINAL, webhook["webhook_id"], receipt)
    settle(deliverer)
    assert told(there) == [(late, "Issued")]
    there.received.clear()
    managing.replay(gateway, TERMINAL, webhook["webhook_id"], 0)
    settle(deliverer)
    assert len(there.received) == 3


def test_a_fact_that_never_arrives_stands_among_the_dead_and_can_be_tried_again(
    gateway: Gateway, deliverer: Deliverer
) -> None:
    with receiver(lambda _, __: 500) as there:
        number, webhook_id = instruction(gateway), hooked(gateway, there, TERMINAL)["webhook_id"]
        happens(gateway, number, InstructionFact.Issued)
        settle(deliverer)
        for wait in WAITS:
            later(gateway, deliverer, wait)
        (dead,) = managing.dead(gateway, TERMINAL, webhook_id, None, 10)["items"]
        assert (dead["instruction_id"], dead["fact"], dead["receipt_id"]) == (number, "Issued", None)
        there.behaviour = lambda _, __: 204
        there.received.clear()
        managing.retry(gateway, TERMINAL, webhook_id, dead["delivery_id"])
        settle(deliverer)
        assert told(there) == [(number, "Issued")]
        assert managing.dead(gateway, TERMINAL, webhook_id, None, 10)["items"] == []
