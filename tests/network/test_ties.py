"""Two chains of one length and one difficulty: Clique stands still, and goes on when the network is told to."""

from __future__ import annotations

import time
from pathlib import Path

from backend.chain import validators as nodes
from backend.chain.geth import geth_executable
from backend.chain.validators import Validator
from backend.services import network as networks
from backend.services.network import Network
from tests.support.running import until


def test_a_network_that_stands_still_between_two_chains_goes_on(tmp_path: Path) -> None:
    geth = geth_executable()
    networks.create(geth, tmp_path, 4, 1)
    network = networks.load(tmp_path)
    try:
        # Whose turn a block is, is its number by the order of addresses; nobody seals in turn here.
        first, second, third, fourth = sorted(network.validators, key=lambda one: one.address.lower())
        seals_two_blocks(geth, network, first, fourth)
        seals_two_blocks(geth, network, third, second)
        for one in network.validators:
            others = [other for other in network.validators if other is not one]
            nodes.start_validator(geth, network.folder(one.number), network.chain_id, others)
        until(lambda: {row["peers"] for row in networks.status(tmp_path)["validators"]} == {3}, "they have met")
        for one in network.validators:
            nodes.seal(network.folder(one.number))
        time.sleep(6)
        before = networks.status(tmp_path)["validators"]
        assert [row["head"] for row in before] == [2, 2, 2, 2]
        assert len({row["hash"] for row in before}) == 2

        networks.up(tmp_path)

        after = networks.status(tmp_path)
        assert after["final"] >= 3
        assert len({tip(network, one, after["final"]) for one in network.validators}) == 1
        assert tip(network, first, 2) in {row["hash"] for row in before}
    finally:
        networks.down(tmp_path)


def seals_two_blocks(geth: Path, network: Network, one: Validator, other: Validator) -> None:
    """Lets two validators, who know of each other only, seal a block each, and stops them.

    Whoever does not seal follows what its peers had when they met, and nothing newer.
    """
    here, there = network.folder(one.number), network.folder(other.number)
    nodes.start_validator(geth, here, network.chain_id, [])
    nodes.seal(here)
    until(lambda: tip(network, one, 1) is not None, "it has sealed")
    nodes.start_validator(geth, there, network.chain_id, [one])
    until(lambda: tip(network, other, 1) is not None, "the other has its block")
    nodes.seal(there)
    until(lambda: tip(network, one, 2) is not None, "it has the other's block")
    for folder in (here, there):
        nodes.stop_validator(folder)


def tip(network: Network, validator: Validator, height: int) -> str | None:
    """The hash of a block as one validator has it, or None where it has none."""
    found = nodes.block_at(network.folder(validator.number), height)
    return None if found is None else str(found["hash"])
