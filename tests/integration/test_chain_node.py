"""The embedded node keeps its chain: over a stop, over being killed, and never by mistake somebody else's."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.chain import calls, events, keeper
from backend.chain.client import ChainClient
from backend.chain.deployment import Deployment
from backend.chain.node import STATE_INTERVAL, NodeProcess, free_port, running_node, start_node, stop_node
from backend.domain.errors import ChainUnavailable
from backend.domain.events import ParticipantRegistered
from backend.domain.participants import Role, role_set
from tests.support.chain import MNEMONIC, Account, deploy, node_at, until

SELLER = role_set([Role.Seller])


def register_seller(owner: Account, deployment: Deployment, legal_identity: bytes) -> None:
    owner.do(deployment.contracts["ParticipantRegistry"], calls.register(legal_identity, SELLER))


def registered(client: ChainClient, deployment: Deployment) -> list[bytes]:
    """The legal identities of all sellers, from the logs of the whole history."""
    logged = map(events.decode, client.logs(0, client.head().number, deployment.addresses))
    found = [one.event for one in logged if one is not None]
    return [one.legal_identity for one in found if isinstance(one, ParticipantRegistered) and one.roles == SELLER]


def await_write(state: Path) -> None:
    """Waits until the state has been written once more."""
    side = os.readlink(state)
    until(lambda: os.readlink(state) != side, seconds=60 * STATE_INTERVAL)


def restarted(home: Path, port: int) -> NodeProcess:
    return start_node(home, port, mnemonic=MNEMONIC, block_time=0.2)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is no node."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


def test_a_restart_keeps_state_blocks_receipts_and_all_logs(tmp_path: Path) -> None:
    with node_at(tmp_path) as node:
        client, port = ChainClient(node.rpc_url), int(node.rpc_url.rpartition(":")[2])
        deployment = deploy(node.rpc_url, tmp_path)
        owner = Account(client, 0)
        identities = [bytes([n]) * 32 for n in range(1, 13)]
        for identity in identities[:6]:
            register_seller(owner, deployment, identity)
        last = owner.send(deployment.contracts["ParticipantRegistry"], calls.register(identities[6], SELLER))
        until(lambda: client.receipts([last])[last])
        head = client.head()
        before = client.blocks(range(head.number + 1))

        assert stop_node(node.pid, tmp_path)
        with pytest.raises(ChainUnavailable):
            client.head()
        node = restarted(tmp_path, port)

        assert client.blocks(range(head.number + 1)) == before
        assert registered(client, deployment) == identities[:7]
        receipt = client.receipts([last])[last]
        assert receipt is not None
        assert receipt.succeeded
        deployment.verify(client)
        owner = Account(client, 0)
        for identity in identities[7:]:
            register_seller(owner, deployment, identity)
        assert registered(client, deployment) == identities


def test_a_killed_node_loses_no_more_than_the_last_seconds(tmp_path: Path) -> None:
    draw = random.Random(7)
    with node_at(tmp_path) as node:
        client, port = ChainClient(node.rpc_url), int(node.rpc_url.rpartition(":")[2])
        deployment = deploy(node.rpc_url, tmp_path)
        safe: list[bytes] = []
        for _ in range(3):
            owner = Account(client, 0)
            register_seller(owner, deployment, draw.randbytes(32))
            # What is on the chain now is on the disk when two writes have been made since.
            safe = registered(client, deployment)
            for _ in range(2):
                await_write(tmp_path / "chain" / "state.json")
            for _ in range(draw.randrange(4)):
                owner.send(deployment.contracts["ParticipantRegistry"], calls.register(draw.randbytes(32), SELLER))
            os.kill(node.pid, signal.SIGKILL)
            until(lambda: running_node(tmp_path) is None)
            node = restarted(tmp_path, port)
            assert registered(client, deployment)[: len(safe)] == safe
        assert len(safe) >= 3


def test_of_two_states_the_whole_one_counts_and_none_is_never_a_new_chain(tmp_path: Path) -> None:
    link = tmp_path / "chain" / "state.json"
    with node_at(tmp_path) as node:
        client, port = ChainClient(node.rpc_url), int(node.rpc_url.rpartition(":")[2])
        first = client.blocks([0])
        until(lambda: all(keeper.side(link, which).exists() for which in (0, 1)), seconds=60 * STATE_INTERVAL)
        stop_node(node.pid, tmp_path)
        newest = max((keeper.side(link, which) for which in (0, 1)), key=lambda path: path.stat().st_mtime_ns)
        newest.write_bytes(newest.read_bytes()[:-100])
        node = restarted(tmp_path, port)
        assert client.blocks([0]) == first
        stop_node(node.pid, tmp_path)
        for which in (0, 1):
            keeper.side(link, which).write_text('{"cut": ')
        with pytest.raises(ChainUnavailable) as refused:
            restarted(tmp_path, port)
        assert "no whole state" in refused.value.details["reason"]


def test_a_node_killed_while_it_writes_leaves_a_whole_state(tmp_path: Path) -> None:
    """A stand-in for anvil writes a long state slowly, over the old one, as anvil does with a large chain."""
    link, pid_file = tmp_path / "state.json", tmp_path / "node.pid"
    writer = tmp_path / "writer.py"
    writer.write_text(
        "import sys, time\n"
        "n = 0\n"
        "while True:\n"
        "    n += 1\n"
        "    with open(sys.argv[1], 'w') as file:\n"
        "        file.write('[' + str(n)); file.flush(); time.sleep(0.3)\n"
        "        file.write(']')\n"
        "    time.sleep(0.7)\n"
    )
    keeper.turn(link, 0)
    command = [sys.executable, "-I", keeper.__file__, str(link), str(pid_file)]
    kept = subprocess.Popen([*command, sys.executable, str(writer), str(link)])
    until(lambda: keeper.side(link, 1).exists())

    def cut_off() -> bool:
        states = [keeper.side(link, which).read_text() for which in (0, 1)]
        assert any(state.endswith("]") for state in states), states
        return not all(state.endswith("]") for state in states)

    until(cut_off)
    os.kill(int(pid_file.read_text()), signal.SIGKILL)
    assert kept.wait(120) == 128 + signal.SIGKILL
    whole = [text for which in (0, 1) if (text := keeper.side(link, which).read_text()).endswith("]")]
    assert whole


def test_one_home_has_one_node(tmp_path: Path) -> None:
    assert running_node(tmp_path) is None
    with node_at(tmp_path) as node:
        assert running_node(tmp_path) == node
        with pytest.raises(ChainUnavailable) as refused:
            start_node(tmp_path, free_port(), mnemonic=MNEMONIC)
        assert "runs already" in refused.value.details["reason"]
        assert stop_node(node.pid, tmp_path)
        assert running_node(tmp_path) is None
        assert not stop_node(node.pid, tmp_path)


def test_a_taken_port_is_refused_and_another_one_found(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
        with pytest.raises(ChainUnavailable) as refused:
            start_node(tmp_path, port, mnemonic=MNEMONIC)
        assert "taken" in refused.value.details["reason"]
        assert running_node(tmp_path) is None
    assert free_port(port) == port


def test_a_node_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ChainUnavailable) as refused:
        start_node(tmp_path, free_port(), mnemonic="no words of a mnemonic")
    assert "word" in refused.value.details["reason"]


def test_a_process_that_is_no_node_of_this_home_is_left_alone(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    assert not stop_node(sleeper.pid)
    assert sleeper.poll() is None
    other = tmp_path / "other"
    (other / "chain").mkdir(parents=True)
    (other / "chain" / "node.json").write_text('{"rpc_url": "http://127.0.0.1:1"}')
    (other / "chain" / "node.pid").write_text(str(sleeper.pid))
    assert running_node(other) is None
    with node_at(tmp_path / "one") as node:
        assert not stop_node(node.pid, other)
        assert running_node(tmp_path / "one") == node
