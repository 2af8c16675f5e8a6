"""A gateway taken out of its process, on a chain whose blocks the test makes: every line can be stopped at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from backend.chain.node import free_port, start_node, stop_node
from backend.domain.participants import legal_identity
from backend.domain.roster import ROSTER
from backend.services import installation
from backend.services.enrolment import enrol_cast, host_governance
from backend.services.gateway import Gateway, open_gateway
from backend.services.indexer import Indexer
from backend.services.intake import receive_message
from backend.services.outcomes import MessageOutcome
from backend.services.runner import Runner
from backend.services.sender import Sender
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedSet
from backend.settings import Settings
from backend.store import participant_queries


@dataclass
class Workshop:
    """A gateway with its cast enrolled, nothing running by itself."""

    gateway: Gateway
    numbers: dict[str, int]

    def __post_init__(self) -> None:
        self.sender = Sender(self.gateway)
        self.indexer = Indexer(self.gateway)

    # The chain

    def mine(self, blocks: int = 1) -> None:
        self.gateway.client.request("anvil_mine", hex(blocks))

    def reorganise(self, depth: int) -> None:
        """Replaces the newest blocks by empty ones; their transactions are gone, not back in the pool."""
        self.gateway.client.request("anvil_reorg", depth, [])

    # The gateway

    def restart(self) -> None:
        """Forgets all that stands in memory, as a new process would."""
        self.sender = Sender(self.gateway)
        self.indexer = Indexer(self.gateway)

    def turn(self) -> None:
        """One round of everything: send, a block, read."""
        self.sender.tick()
        self.mine()
        self.indexer.catch_up()

    def settle(self, rounds: int = 40) -> None:
        """Rounds until nothing waits and nothing is under way."""
        for _ in range(rounds):
            self.turn()
            if self.is_idle():
                return
        raise AssertionError(f"still under way after {rounds} rounds: {self.statuses()}")

    def is_idle(self) -> bool:
        return not {"waiting", "sent"} & self.statuses().keys()

    def statuses(self) -> dict[str, int]:
        with self.gateway.database.read() as connection:
            query = "SELECT status, count(*) FROM outbox GROUP BY status"
            return dict(tuple(row) for row in connection.exec_driver_sql(query))

    # The world

    def receive(self, simulated: SimulatedSet) -> list[MessageOutcome]:
        return [
            receive_message(self.gateway, self.numbers[message.sender.key], message.data)
            for message in simulated.messages
        ]


@contextmanager
def installed_chain(home: Path, *, block_time: float | None) -> Iterator[Settings]:
    """A node with the contracts on it; `block_time` None leaves mining to the test.

    Otherwise a transaction is mined at once, as if every test came just before its block, and time goes on by blocks:
    many short blocks would cost a core of their own for gateways that nobody asks anything.
    """
    settings = installation.prepare(home)
    node = start_node(
        home,
        free_port(),
        chain_id=settings.chain_id,
        mnemonic=settings.mnemonic_path.read_text().strip(),
        block_time=block_time,
        at_once=block_time is not None,
        accounts=installation.NODE_ACCOUNTS,
        # Reorganisations here are 12 blocks deep at most, and each further state is a whole copy in memory.
        states_kept=40,
        # No test of these kills its node, and the whole history is written each time: in the end, once.
        state_interval=3600,
    )
    try:
        settings = replace(settings, rpc_url=node.rpc_url, group_seconds=0.0, poll_seconds=0.1)
        settings.save()
        installation.deploy(settings)
        yield settings
    finally:
        stop_node(node.pid, home)


@contextmanager
def workshop(settings: Settings, **changes: object) -> Iterator[Workshop]:
    """A gateway on an installed chain, its cast enrolled, its loops stopped, mining by hand."""
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    host_governance(settings)
    gateway = open_gateway(settings)
    runner = Runner(gateway)
    runner.start()
    try:
        enrol_cast(settings, lambda _: None)
    finally:
        runner.stop()
    gateway.client.request("evm_setAutomine", False)
    try:
        with gateway.database.read() as connection:
            numbers = {
                member.key: number
                for member in ROSTER
                if (
                    number := participant_queries.number_of_identity(
                        connection, legal_identity(gateway.consortium_key, member.uscc)
                    )
                )
            }
        yield Workshop(gateway, numbers)
    finally:
        gateway.client.request("evm_setAutomine", True)
        gateway.close()


def small_set(parcels: int, seed: int) -> SimulatedSet:
    """Matched import parcels in messages of few documents, every seller trading."""
    return simulate(parcels, seed, "import", 0.0, barred=(), documents_per_message=5)
