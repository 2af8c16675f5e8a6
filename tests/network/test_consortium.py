"""A ledger on real validators: one that fails, too many that fail, a fork under the gateway, votes, two gateways."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.app import create_app
from backend.chain import validators as nodes
from backend.chain.client import ChainClient, NodeError
from backend.chain.validators import Validator
from backend.domain.errors import NetworkRefused
from backend.domain.lifecycle import Step
from backend.services import installation
from backend.services import network as networks
from backend.services.access import Scope
from backend.services.gateway import Gateway, open_gateway
from backend.services.membership import open_account
from backend.services.network import Network
from backend.services.runner import Runner
from backend.services.simulation.model import SimulatedSet
from backend.settings import Settings
from backend.store import readmodel
from tests.support.asking import EVIDENCE, LISTINGS, NOTE, imposed, is_problem, newcomer, organisation, standing
from tests.support.plain_chain import read_plainly
from tests.support.running import NO_LIMITS, Ledger, served, until
from tests.support.standing import key_for
from tests.support.workshop import small_set

OVER = {"confirmed", "quarantined", "cancelled"}
_XML = {"Content-Type": "application/xml"}


@contextmanager
def asking(*urls: str) -> Iterator[ChainClient]:
    client = ChainClient(",".join(urls), timeout=3)
    try:
        yield client
    finally:
        client.close()


def blocks_of(network: Network, number: int, last: int) -> list[bytes]:
    """The hashes of blocks 0 to `last` as one validator has them; an empty one for each that it lacks."""
    (validator,) = (one for one in network.validators if one.number == number)
    with asking(validator.rpc_url) as client:
        return [block.hash if block else b"" for block in client.blocks(range(last + 1))]


def head_of(network: Network) -> int:
    return int(networks.status(network.home)["head"])


def post(ledger: Ledger, simulated: SimulatedSet) -> tuple[list[tuple[str, str]], set[bytes]]:
    """Hands in all messages of a set: role and operation of each, and the parcels."""
    operations, parcels = [], set()
    for message in simulated.messages:
        answer = ledger.client(message.sender.key).post("/v1/messages", content=message.data, headers=_XML)
        assert answer.status_code == 202, answer.text
        operations.append((message.sender.key, answer.json()["operation_id"]))
        parcels |= {bytes.fromhex(d["parcel_id"]) for d in answer.json()["documents"] if d["parcel_id"]}
    return operations, parcels


def statuses(ledger: Ledger, operations: list[tuple[str, str]]) -> set[str]:
    return {ledger.get(role, f"/v1/operations/{operation}")["status"] for role, operation in operations}


def assert_each_once(ledger: Ledger, network: Network, parcels: set[bytes]) -> None:
    """Every document of every parcel stands on the chain, and once."""
    seen = read_plainly(network.validators[-1].rpc_url, ledger.gateway.deployment.contracts["ParcelLedger"])
    for step in (Step.OrderAttested, Step.PaymentAttested, Step.WaybillAttested):
        assert {parcel: seen.steps[(parcel, step)] for parcel in parcels} == dict.fromkeys(parcels, 1)


def test_four_validators_seal_in_turn_and_agree(network: Network, ledger: Ledger) -> None:
    until(lambda: head_of(network) >= 12, "twelve blocks")
    found = networks.status(network.home)
    assert [row["seals"] for row in found["validators"]] == [True] * 4
    assert {row["peers"] for row in found["validators"]} == {3}
    assert found["final"] == found["head"] - 2
    chains = [blocks_of(network, number, found["final"]) for number in (1, 2, 3, 4)]
    assert chains[1:] == chains[:-1]
    assert len(set(chains[0])) == found["final"] + 1
    with asking(network.validators[0].rpc_url) as client:
        for method in ("clique_propose", "miner_setGasPrice", "admin_peers", "personal_listAccounts"):
            with pytest.raises(NodeError, match="does not exist"):
                client.request(method)


def test_the_ledger_goes_on_while_one_of_four_is_dead(network: Network, ledger: Ledger) -> None:
    networks.kill(network.home, 1)

    operations, parcels = post(ledger, small_set(4, 21))
    for role, operation in operations:
        assert ledger.settled(role, operation)["status"] == "confirmed"

    networks.restart(network.home, 1)
    final = networks.status(network.home)["final"]
    until(lambda: b"" not in blocks_of(network, 1, final), "validator 1 catches up")
    assert blocks_of(network, 1, final) == blocks_of(network, 4, final)
    assert_each_once(ledger, network, parcels)


def test_a_ledger_that_lost_its_majority_stops_and_resumes_without_losing_what_was_final(
    network: Network, ledger: Ledger
) -> None:
    final = networks.status(network.home)["final"]
    before = blocks_of(network, 4, final)
    networks.kill(network.home, 1)
    networks.kill(network.home, 2)
    # One of the two that are left may still be allowed a block each.
    time.sleep(4)
    stopped = head_of(network)

    operations, parcels = post(ledger, small_set(4, 22))
    time.sleep(5)
    assert head_of(network) == stopped
    assert "confirmed" not in statuses(ledger, operations)

    networks.restart(network.home, 1)
    networks.restart(network.home, 2)
    for role, operation in operations:
        assert ledger.settled(role, operation)["status"] == "confirmed"
    assert head_of(network) > stopped
    assert [blocks_of(network, number, final) for number in (1, 4)] == [before, before]
    assert_each_once(ledger, network, parcels)


def test_a_fork_under_the_gateway_loses_nothing_and_confirms_nothing_early(network: Network, ledger: Ledger) -> None:
    """Two of five are cut off with the gateway's transactions, seal what they may, and come back to a longer chain."""
    networks.add(network.home)
    wider = networks.load(network.home)
    try:
        # Where several of the majority seal one height at once, Clique may stand still until the others are back.
        assert any(loses_its_fork(wider, ledger, small_set(4, seed)) for seed in (23, 25, 26, 27))
        assert reads_the_same_anew(ledger)
    finally:
        networks.remove(network.home, 5)
    left = networks.status(network.home)
    assert len(left["signers"]) == 4
    assert [row["seals"] for row in left["validators"]] == [True] * 4


def test_votes_need_a_majority(network: Network, ledger: Ledger) -> None:
    networks.kill(network.home, 3)
    networks.kill(network.home, 4)
    with pytest.raises(NetworkRefused, match="2 of 4 validators run"):
        networks.add(network.home)
    with pytest.raises(NetworkRefused, match="2 of 4 validators run"):
        networks.remove(network.home, 4)
    with pytest.raises(NetworkRefused, match="only votes add and remove"):
        networks.up(network.home, 5)


def test_two_gateways_share_a_ledger_and_neither_acts_for_the_other(
    network: Network, ledger: Ledger, tmp_path: Path
) -> None:
    settings = installation.prepare(tmp_path / "second", network=network.home)
    second = open_gateway(settings)
    try:
        customs = organisation(roles=["Customs"], district="3104")
        account = open_account(second, customs["uscc"])
    finally:
        second.close()
    made = ledger.post("governance", "/v1/participants", customs | {"account": account})

    customs_no = int(made["participant_no"])

    with alive(settings) as (address, gateway), ExitStack() as callers:
        beilun = callers.enter_context(caller(address, gateway, customs_no, Scope.authority))
        parcels = sorted(ledger.send(small_set(2, 24)))
        views = [eventually(beilun, f"/v1/parcels/{parcel}") for parcel in parcels]
        here = [ledger.get(None, f"/v1/parcels/{parcel}") for parcel in parcels]
        # Names and documents are each gateway's own; what is on the chain is the same.
        assert [told_of(one) for one in views] == [told_of(one) for one in here]

        # What customs proposes at one gateway, customs of another district confirms at its own.
        seller = newcomer(ledger, roles=["Seller"])
        listing_id = imposed(ledger, seller)
        eventually(beilun, f"{LISTINGS}/{listing_id}")
        confirmed = beilun.post(f"{LISTINGS}/{listing_id}/confirmations", json={"evidence": EVIDENCE})
        assert confirmed.status_code == 202, confirmed.text
        standing(ledger, listing_id, "in_force")

        # A key made at the second gateway for the first one's customs opens a door, and there is no hand behind it.
        posing = callers.enter_context(caller(address, gateway, ledger.numbers["customs_pudong"], Scope.authority))
        body = {"step": "Acceptance", "parcels": parcels, "evidence": NOTE}
        is_problem(posing.post("/v1/records", json=body), 403, "NotHosted")
        is_problem(posing.get(f"/v1/parcels/{parcels[0]}/documents"), 404, "NotFound")
        # And a district's own hand does not reach into another district.
        is_problem(beilun.post("/v1/records", json=body), 403, "DistrictNotCompetent")


@contextmanager
def alive(settings: Settings) -> Iterator[tuple[str, Gateway]]:
    """A gateway without the demo's cast, running: its address."""
    gateway = open_gateway(settings)
    try:
        with served(create_app(gateway, Runner(gateway), NO_LIMITS)) as address:
            yield address, gateway
    finally:
        gateway.close()


def told_of(view: dict[str, Any]) -> list[tuple[str, str, str]]:
    """A parcel's first steps as a gateway tells them; further ones may be under way."""
    return [(entry["step"], entry["evidence"], entry["head"]) for entry in view["history"][:4]]


def caller(address: str, gateway: Gateway, participant_no: int, scope: Scope) -> httpx.Client:
    """Whoever holds a key of this gateway for a participant."""
    headers = key_for(gateway, participant_no, scope.value)
    return httpx.Client(base_url=address, headers=headers, timeout=300, trust_env=False)


def eventually(client: httpx.Client, path: str) -> dict[str, Any]:
    """What a path answers once it does."""
    return dict(until(lambda: (found := client.get(path)).status_code == 200 and found.json(), f"{path} is there"))


def loses_its_fork(network: Network, ledger: Ledger, simulated: SimulatedSet) -> bool:
    """Cuts the first two of five off for a while, with the gateway's transactions; whether their blocks were lost."""
    minority, majority = network.validators[:2], network.validators[2:]
    divide(network, minority, majority)
    # The gateway stays with the node that answered last; here it is to be one that was cut off.
    ledger.gateway.client._asked = 0
    operations, parcels = post(ledger, simulated)
    time.sleep(8)
    cut_off, apart = tops(network, minority), tops(network, majority)
    assert "confirmed" not in statuses(ledger, operations)
    lost = blocks_of(network, 1, cut_off)[-1]
    for one in minority:
        for other in majority:
            tell_of_each_other(network, one, other, "admin_addTrustedPeer", "admin_addPeer")
    # Validators dial each other every half minute.
    for role, operation in operations:
        assert until(lambda: statuses(ledger, [(role, operation)]) & OVER, "it settles", 120) == {"confirmed"}  # noqa: B023
    assert_each_once(ledger, network, parcels)
    return cut_off < apart and blocks_of(network, 1, cut_off)[-1] != lost


def divide(network: Network, minority: Sequence[Validator], majority: Sequence[Validator]) -> None:
    """Lets two sides lose each other, from both sides, until they have: either would dial again."""
    wanted = {one.number: len(side) - 1 for side in (minority, majority) for one in side}

    def apart() -> bool:
        for one in minority:
            for other in majority:
                tell_of_each_other(network, one, other, "admin_removeTrustedPeer", "admin_removePeer")
        time.sleep(0.2)
        return {row["number"]: row["peers"] for row in networks.status(network.home)["validators"]} == wanted

    until(apart, "the network is divided")


def tell_of_each_other(network: Network, one: Validator, other: Validator, *methods: str) -> None:
    for here, there in ((one, other), (other, one)):
        for method in methods:
            nodes.ask_validator(network.folder(here.number), method, there.enode)


def tops(network: Network, side: Sequence[Validator]) -> int:
    """The newest block that a side of a divided network has."""
    with asking(side[0].rpc_url) as client:
        return client.head().number


def reads_the_same_anew(ledger: Ledger) -> bool:
    """Whether the read model is what the chain says, whatever it went through."""

    def digest() -> dict[str, str]:
        with ledger.gateway.database.read() as connection:
            return readmodel.digest(connection)

    def settled() -> bool:
        before = digest()
        time.sleep(1)
        return digest() == before

    until(settled, "nothing more is indexed")
    before = digest()
    with ledger.gateway.database.write() as connection:
        readmodel.clear(connection)
    until(lambda: digest() == before, "the read model read anew is the same")
    return True
