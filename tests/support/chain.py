"""A real chain for a test: the embedded node, the real contracts on it, and the mischief that chains do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backend.chain.client import ChainClient
from backend.chain.deployment import Deployment, load_deployment
from backend.chain.node import NodeProcess, free_port, running_node, start_node, stop_node
from backend.chain.signers import EMBEDDED_CHAIN, DevelopmentSigner, SignedTransaction, UnsignedTransaction

ROOT = Path(__file__).parents[2]
MNEMONIC = "test test test test test test test test test test test junk"


@contextmanager
def node_at(home: Path, **settings: Any) -> Iterator[NodeProcess]:
    """A node of its own for as long as the test needs it; blocks every 0.2 seconds unless told otherwise."""
    node = start_node(home, free_port(), mnemonic=MNEMONIC, **{"block_time": 0.2, **settings})
    try:
        yield node
    finally:
        left = running_node(home)
        if left is not None:
            stop_node(left.pid, home)


def deploy(rpc_url: str, folder: Path) -> Deployment:
    """The contracts, deployed by the project's own script; the owner is the mnemonic's first account."""
    mnemonic = folder / "mnemonic"
    mnemonic.write_text(MNEMONIC)
    out = folder / "deployment.json"
    command = [sys.executable, "-m", "scripts.deploy", "--rpc", rpc_url, "--out", str(out), "--hearing-hours", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "GUANLIAN_DEPLOYER_KEY"}
    done = subprocess.run(
        [*command, "--mnemonic-file", str(mnemonic)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return load_deployment(out)


def until(found: Callable[[], Any], seconds: float = 120) -> Any:
    """What a question gives as soon as it gives something true; the test fails where it never does."""
    deadline = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not so within {seconds} seconds"
        time.sleep(0.02)


class Account:
    """One account of the mnemonic, with its own count of nonces: it signs and sends calls."""

    def __init__(self, client: ChainClient, index: int) -> None:
        self.client = client
        self.signer = DevelopmentSigner(MNEMONIC, index, EMBEDDED_CHAIN)
        self.nonce = client.transaction_count(self.signer.address)

    @property
    def address(self) -> str:
        return self.signer.address

    def signed(
        self, to: str, data: bytes = b"", gas: int = 300_000, value: int = 0, nonce: int | None = None
    ) -> SignedTransaction:
        """A transaction under the next nonce, or the one given; nothing is sent."""
        fees = self.client.fees()
        nonce = self.nonce if nonce is None else nonce
        return self.signer.sign(
            UnsignedTransaction(EMBEDDED_CHAIN, nonce, to, data, gas, fees.max_fee, fees.priority, value)
        )

    def send(self, to: str, data: bytes = b"", gas: int = 300_000) -> bytes:
        """Sends a call and gives its hash; the node must take it."""
        transaction = self.signed(to, data, gas)
        answer = self.client.send_raw(transaction.raw)
        assert answer.outcome.name == "Accepted", answer
        self.nonce += 1
        return transaction.hash

    def do(self, to: str, data: bytes = b"", gas: int = 300_000) -> Any:
        """Sends a call and waits for its receipt; a revert raises the contract's refusal."""
        self.client.call(to, data, self.address)
        sent = self.send(to, data, gas)
        receipt = until(lambda: self.client.receipts([sent])[sent])
        assert receipt.succeeded, receipt
        return receipt


# ---------------------------------------------------------------------------------------------------
# What chains do


def mine(client: ChainClient, blocks: int = 1) -> None:
    """Adds blocks at once."""
    client.request("anvil_mine", hex(blocks))


def reorg(client: ChainClient, depth: int) -> None:
    """Replaces the newest `depth` blocks by as many empty ones. What they held is not put back into the pool."""
    client.request("anvil_reorg", depth, [])


def drop_transaction(client: ChainClient, transaction: bytes) -> None:
    """Takes a waiting transaction out of the node's pool."""
    client.request("anvil_dropTransaction", "0x" + transaction.hex())


def set_block_time(client: ChainClient, seconds: float) -> None:
    """Whole seconds between blocks from now on; zero stops them until `mine`."""
    client.request("evm_setIntervalMining", int(seconds))


def set_automine(client: ChainClient, on: bool) -> None:
    """Whether every transaction makes a block at once."""
    client.request("evm_setAutomine", on)


def snapshot(client: ChainClient) -> str:
    return str(client.request("evm_snapshot"))


def revert(client: ChainClient, to: str) -> None:
    """Brings the chain back to a snapshot; a snapshot serves once."""
    assert client.request("evm_revert", to) is True
