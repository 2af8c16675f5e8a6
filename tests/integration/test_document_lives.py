"""Documents that change, come twice, are withdrawn, or whose parcel is declared anew."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from itertools import count

import pytest

from backend.domain.lifecycle import State, Step
from backend.services.intake import receive_message
from backend.services.outcomes import MessageOutcome
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedMessage, SimulatedSet
from backend.services.steps import submit_steps
from backend.settings import Settings
from backend.store import readmodel
from tests.support.plain_chain import read_plainly
from tests.support.workshop import Workshop, installed_chain, workshop

CUSTOMS = {2233: "customs_pudong", 2303: "customs_suzhou", 2908: "customs_jiaxing"}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("documents"), block_time=None) as settings:
        yield settings


@pytest.fixture
def shop(chain: Settings) -> Iterator[Workshop]:
    with workshop(chain) as made:
        yield made


@pytest.fixture
def lone(request: pytest.FixtureRequest) -> SimulatedSet:
    """One parcel of its own for each test."""
    seed = int(uuid.uuid5(uuid.NAMESPACE_OID, request.node.name)) % 1_000_000
    return simulate(1, seed, "import", 0.0, barred=())


def _message(simulated: SimulatedSet, message_type: str) -> SimulatedMessage:
    return next(simulated.messages_of(message_type))


def _send(shop: Workshop, message: SimulatedMessage, data: bytes | None = None) -> MessageOutcome:
    return receive_message(shop.gateway, shop.numbers[message.sender.key], data or message.data)


def _altered(data: bytes, **fields: str) -> bytes:
    """The message with other texts in some fields, and a guid of its own."""
    text = data.decode()
    for name, value in fields.items():
        text, altered = re.subn(rf"(<(?:\w+:)?{name}>)[^<]*(</)", rf"\g<1>{value}\g<2>", text)
        assert altered, name
    guid = str(uuid.uuid4()).upper()
    return re.sub(r"(<(?:\w+:)?guid>)[^<]*(</)", rf"\g<1>{guid}\g<2>", text).encode()


def _places(shop: Workshop, outcome: MessageOutcome) -> list[tuple[bytes, State, tuple[str, ...]]]:
    """Where the parcel of a message's first document stands, newest manifest first."""
    parcel = bytes.fromhex(outcome.documents[0].parcel_id or "")
    with shop.gateway.database.read() as connection:
        rows = readmodel.places_of(connection, [parcel]).get(parcel, [])
    found = []
    for row in rows:
        sets = readmodel.sets_of_blob(row.size, row.sets)
        flags = tuple(flag.name for flag in sets.flags_of(row.position))
        found.append((row.manifest, sets.state_of(row.position), flags))
    return found


def _standing(outcome: MessageOutcome) -> tuple[str, str]:
    return outcome.documents[0].standing, outcome.documents[0].return_status


def test_the_same_bytes_again_are_answered_as_before(shop: Workshop, lone: SimulatedSet) -> None:
    message = _message(lone, "311")
    first, again = _send(shop, message), _send(shop, message)
    assert first.as_json() == again.as_json()
    assert first.as_receipt() == again.as_receipt()


def test_the_same_document_in_another_message_is_known(shop: Workshop, lone: SimulatedSet) -> None:
    message = _message(lone, "311")
    first = _send(shop, message)
    again = _send(shop, message, _altered(message.data, appTime="20260401120000"))
    assert _standing(again) == ("known", "2")
    assert again.operation_id == first.operation_id


def test_another_content_under_a_known_key_is_a_conflict_unless_it_is_a_change(
    shop: Workshop, lone: SimulatedSet
) -> None:
    message = _message(lone, "311")
    _send(shop, message)
    other = _altered(message.data, consigneeAddress="elsewhere")
    assert _standing(_send(shop, message, other)) == ("refused", "-301010")
    change = _altered(message.data, consigneeAddress="elsewhere", appType="2")
    assert _standing(_send(shop, message, change)) == ("stored", "2")


def test_a_changed_document_is_attested_again(shop: Workshop, lone: SimulatedSet) -> None:
    shop.receive(lone)
    shop.settle()
    message = _message(lone, "311")
    outcome = _send(shop, message, _altered(message.data, consigneeAddress="elsewhere", appType="2"))
    shop.settle()
    seen = read_plainly(shop.gateway.settings.rpc_url, shop.gateway.deployment.contracts["ParcelLedger"])
    parcel = bytes.fromhex(outcome.documents[0].parcel_id or "")
    assert seen.steps[(parcel, Step.OrderAttested)] == 2
    assert seen.steps[(parcel, Step.PaymentAttested)] == 1


def test_a_parcel_is_declared_once_however_many_lists_name_it(shop: Workshop, lone: SimulatedSet) -> None:
    shop.receive(lone)
    message = _message(lone, "621")
    second = _altered(message.data, copNo="ANOTHERNUMBER0001")
    assert _standing(_send(shop, message, second)) == ("refused", "-621004")
    shop.settle()
    assert _standing(_send(shop, message, second)) == ("refused", "-621004")
    assert len(_places(shop, _send(shop, message))) == 1


def test_a_list_that_still_waits_is_replaced_by_its_change(shop: Workshop, lone: SimulatedSet) -> None:
    message = _message(lone, "621")
    first = _send(shop, message)
    changed = _send(shop, message, _altered(message.data, appType="2", consigneeAddress="corrected"))
    assert _standing(changed) == ("stored", "2")
    shop.settle()
    assert [state for _, state, _ in _places(shop, first)] == [State.Declared]


def test_a_staged_list_is_declared_only_when_its_declarant_says_so(shop: Workshop, lone: SimulatedSet) -> None:
    message = _message(lone, "621")
    staged = _send(shop, message, _altered(message.data, appStatus="1"))
    assert _standing(staged) == ("stored", "1")
    shop.settle()
    assert _places(shop, staged) == []
    declared = _send(shop, message)
    assert _standing(declared) == ("stored", "2")
    shop.settle()
    assert [state for _, state, _ in _places(shop, declared)] == [State.Declared]


def test_a_withdrawn_list_never_reaches_the_chain(shop: Workshop, lone: SimulatedSet) -> None:
    message = _message(lone, "621")
    first = _send(shop, message)
    assert _standing(_send(shop, message, _altered(message.data, appType="3"))) == ("stored", "2")
    shop.settle()
    assert _places(shop, first) == []


def test_a_rejected_parcel_is_declared_anew_and_its_documents_vouch_for_it_again(
    shop: Workshop, lone: SimulatedSet
) -> None:
    shop.receive(lone)
    shop.settle()
    message = _message(lone, "621")
    outcome = _send(shop, message)
    parcel = bytes.fromhex(outcome.documents[0].parcel_id or "")
    with shop.gateway.database.read() as connection:
        district = readmodel.places_of(connection, [parcel])[parcel][0].declaring_district
    customs = shop.numbers[CUSTOMS[district]]
    submit_steps(shop.gateway, customs, Step.Rejection, [parcel], {"reason": "1332"})
    shop.settle()
    assert [state for _, state, _ in _places(shop, outcome)] == [State.Rejected]

    again = _send(shop, message, _altered(message.data, appType="2", consigneeAddress="declared anew"))
    assert _standing(again) == ("stored", "2")
    shop.settle()
    shop.settle()

    new, old = _places(shop, outcome)
    assert (new[1], old[1]) == (State.Declared, State.Rejected)
    assert {"Order", "Payment", "Waybill"} <= set(new[2])


def test_documents_may_come_in_any_order(shop: Workshop, lone: SimulatedSet) -> None:
    for message in reversed(lone.messages):
        outcome = _send(shop, message)
        shop.turn()
    shop.settle()
    (place,) = _places(shop, outcome)
    assert {"Order", "Payment", "Waybill"} <= set(place[2])


def test_a_dry_run_says_what_would_happen_and_stores_nothing(shop: Workshop, lone: SimulatedSet) -> None:
    message = _message(lone, "311")
    number = shop.numbers[message.sender.key]
    assert _standing(receive_message(shop.gateway, number, message.data, dry_run=True)) == ("acceptable", "2")
    assert _standing(receive_message(shop.gateway, number, message.data, dry_run=True)) == ("acceptable", "2")
    assert _standing(_send(shop, message)) == ("stored", "2")
    assert _standing(receive_message(shop.gateway, number, message.data, dry_run=True)) == ("known", "2")


def test_steps_may_follow_one_another_before_the_chain_has_taken_the_first(shop: Workshop) -> None:
    """The port orders an inspection and passes it at once: the second is judged as if the first were done."""
    exports = (simulate(1, seed, "export", 0.0, barred=()) for seed in count(7_000))
    simulated = next(one for one in exports if one.parcels[0].customs_code != one.parcels[0].port_code)
    outcomes = shop.receive(simulated)
    shop.settle()
    outcome = next(found for found in outcomes if found.message_type == "603")
    parcel = bytes.fromhex(outcome.documents[0].parcel_id or "")
    declaring = CUSTOMS[int(simulated.parcels[0].customs_code)]
    port = CUSTOMS[int(simulated.parcels[0].port_code)]
    taken = [
        (declaring, Step.Acceptance),
        ("site_operator", Step.Arrival),
        (declaring, Step.Release),
        (declaring, Step.TransitDeparture),
        (port, Step.TransitArrival),
        (port, Step.InspectionOrdered),
        (port, Step.InspectionPassed),
    ]
    for role, step in taken[:5]:
        submit_steps(shop.gateway, shop.numbers[role], step, [parcel], {"note": step.name})
        shop.settle()
    for role, step in taken[5:]:
        submit_steps(shop.gateway, shop.numbers[role], step, [parcel], {"note": step.name})
    shop.settle()
    ((_, state, flags),) = _places(shop, outcome)
    assert state is State.AtPort
    assert "Inspected" in flags
    assert "Inspection" not in flags
