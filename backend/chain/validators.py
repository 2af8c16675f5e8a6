"""Validators of a consortium chain: real go-ethereum processes that seal blocks by Clique proof of authority.

One folder a validator, which holds its key, its chain and its log:

    validator.json   number, address, ports, peer key (no secret)
    keystore/        its sealing key, and password beside it (both 0600)
    geth/            the chain; geth/nodekey is the peer key
    node.log, node.pid, node.ipc

Rules are Berlin's, because they have no base fee: with a gas price of zero no enterprise needs ether to declare.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eth_keys.main import KeyAPI

from backend.chain.client import ChainClient
from backend.chain.node import lasting_port
from backend.chain.processes import command_of, has_ended, write_whole
from backend.chain.signers import create_keystore
from backend.domain.errors import ChainUnavailable

#: Eight of the largest calls a block, as on the embedded chain.
BLOCK_GAS = 120_000_000

#: Blocks after which votes lapse and the list of signers stands in the header again.
EPOCH = 30_000

#: The rules in force from the first block on.
_FORKS = (
    "homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg", "istanbul", "berlin",
)  # fmt: skip

#: What a validator's RPC answers. Voting, peers and the price of gas are asked through its socket only.
_PUBLIC = "eth,net,web3"

#: Seconds that a validator may take to answer through its socket.
_SOCKET_TIME = 10


@dataclass(frozen=True, slots=True)
class Validator:
    """One validator as its folder describes it. `number` counts from 1; `peer_key` is its public peer key."""

    number: int
    address: str
    rpc_port: int
    peer_port: int
    peer_key: str

    @property
    def rpc_url(self) -> str:
        return f"http://127.0.0.1:{self.rpc_port}"

    @property
    def enode(self) -> str:
        """Where its peers find it."""
        return f"enode://{self.peer_key}@127.0.0.1:{self.peer_port}?discport=0"


def genesis(chain_id: int, period: int, signers: Sequence[str]) -> dict[str, Any]:
    """The first block's description: Clique under Berlin rules, sealed by these addresses, `period` seconds a block.

    Signers stand in its extra data in ascending order, after 32 bytes that anybody may fill and before 65 for a seal.
    """
    ordered = "".join(sorted(address[2:].lower() for address in signers))
    return {
        "config": {"chainId": chain_id, "clique": {"period": period, "epoch": EPOCH}}
        | {f"{fork}Block": 0 for fork in _FORKS},
        "difficulty": "0x1",
        "gasLimit": hex(BLOCK_GAS),
        "timestamp": hex(int(time.time()) - 60),
        "extraData": "0x" + "00" * 32 + ordered + "00" * 65,
        "alloc": {},
    }


def create_validator(folder: Path, number: int) -> Validator:
    """Makes the folder of a validator with fresh keys and free ports."""
    (folder / "geth").mkdir(mode=0o700, parents=True)
    password = secrets.token_urlsafe(32)
    address = create_keystore(folder / "keystore", password)
    _write_private(folder / "password", password + "\n")
    peer_key = KeyAPI().PrivateKey(secrets.token_bytes(32))
    _write_private(folder / "geth" / "nodekey", peer_key.to_hex()[2:])
    made = Validator(number, address, lasting_port(), lasting_port(), peer_key.public_key.to_hex()[2:])
    write_whole(folder / "validator.json", asdict(made))
    return made


def load_validator(folder: Path) -> Validator:
    """Reads a validator's folder. Raises FileNotFoundError, or ValueError where its description is not whole."""
    try:
        return Validator(**json.loads((folder / "validator.json").read_bytes()))
    except TypeError as fault:
        raise ValueError(f"{folder} describes no validator: {fault}") from None


def prepare_chain(geth: Path, folder: Path, first_block: Mapping[str, Any]) -> None:
    """Writes the first block into a validator's folder. The same again changes nothing; another one is refused."""
    path = folder / "genesis.json"
    write_whole(path, dict(first_block))
    command = [str(geth), "--datadir", str(folder), "--state.scheme", "hash", "init", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    if done.returncode != 0:
        raise ChainUnavailable(reason=f"the first block is refused: {done.stderr.strip()[-300:]}")


def start_validator(geth: Path, folder: Path, chain_id: int, peers: Sequence[Validator], *, timeout: float = 60) -> int:
    """Starts a validator, detached, and waits until it answers; its process number. It seals when told to: `seal`.

    Until then it takes over what its peers have when it meets them, and nothing newer: go-ethereum's way.
    It keeps every state it computes (archive), so that being killed costs it nothing that it had. Raises
    ChainUnavailable where it runs already, ends at once or does not answer in time.
    """
    if running_validator(folder) is not None:
        raise ChainUnavailable(reason=f"validator {folder.name} runs already")
    me = load_validator(folder)
    _write_peers(folder, peers)
    command = [
        str(geth), "--config", "peers.toml", "--datadir", str(folder), "--networkid", str(chain_id),
        "--syncmode", "full", "--gcmode", "archive", "--state.scheme", "hash", "--snapshot=false", "--cache", "64",
        "--port", str(me.peer_port), "--nat", "none", "--nodiscover", "--maxpeers", "50",
        "--http", "--http.addr", "127.0.0.1", "--http.port", str(me.rpc_port), "--http.api", _PUBLIC,
        "--http.vhosts", "127.0.0.1,localhost", "--authrpc.port", str(lasting_port()), "--ipcpath", "./node.ipc",
        "--rpc.gascap", str(BLOCK_GAS), "--rpc.txfeecap", "0",
        "--txpool.accountslots", "256", "--txpool.globalslots", "16384",
        "--txpool.accountqueue", "1024", "--txpool.globalqueue", "16384",
        "--miner.etherbase", me.address, "--miner.gaslimit", str(BLOCK_GAS), "--miner.gasprice", "1",
        "--unlock", me.address, "--password", str(folder / "password"), "--allow-insecure-unlock",
        "--verbosity", "3",
    ]  # fmt: skip
    with (folder / "node.log").open("ab") as output:
        # In its own folder: the path of a socket is short or not at all.
        process = subprocess.Popen(  # noqa: S603 - our own program and arguments
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    (folder / "node.pid").write_text(str(process.pid))
    _children[process.pid] = process
    _await_answer(process, me, folder, time.monotonic() + timeout)
    # Whoever seals before its key is open fails, and does not try again before there is another block.
    _await_key(me, folder, time.monotonic() + timeout)
    # Pools and blocks take what costs nothing. The command line knows no zero; the socket does.
    ask_validator(folder, "miner_setGasPrice", "0x0")
    return process.pid


def seal(folder: Path) -> None:
    """Lets a running validator seal; one that does already goes on."""
    ask_validator(folder, "miner_start")


def rest(folder: Path) -> None:
    """Lets a running validator follow the chain only, until it is told to seal or is started again."""
    ask_validator(folder, "miner_stop")


def running_validator(folder: Path) -> int | None:
    """The process of a validator, or None where it does not run."""
    try:
        pid = int((folder / "node.pid").read_text())
    except (OSError, ValueError):
        return None
    words = command_of(pid)
    return pid if "--datadir" in words and words[words.index("--datadir") + 1] == str(folder) else None


def stop_validator(folder: Path, *, kill: bool = False, timeout: float = 30) -> bool:
    """Ends a validator and waits until it has; `kill` gives it no time to tidy up. False where it did not run."""
    pid = running_validator(folder)
    if pid is None:
        return False
    os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
    deadline = time.monotonic() + timeout
    while not has_ended(pid):
        if time.monotonic() > deadline:
            raise ChainUnavailable(reason=f"validator {folder.name} does not end")
        time.sleep(0.05)
    if pid in _children:
        _children.pop(pid).wait()
    (folder / "node.pid").unlink(missing_ok=True)
    return True


def ask_validator(folder: Path, method: str, *params: Any) -> Any:
    """Asks a running validator through its socket, which only its owner can open: votes, peers, signers.

    Raises ChainUnavailable where it does not answer or answers with an error.
    """
    question = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)})
    try:
        with _socket_of(folder) as path, socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_SOCKET_TIME)
            line.connect(path)
            line.sendall(question.encode() + b"\n")
            with line.makefile("rb") as answers:
                answer = json.loads(answers.readline())
    except (OSError, ValueError) as fault:
        raise ChainUnavailable(reason=f"validator {folder.name}: {type(fault).__name__}") from fault
    if "error" in answer:
        raise ChainUnavailable(reason=f"validator {folder.name}: {answer['error']['message']}")
    return answer.get("result")


def peers_of(folder: Path) -> int:
    """How many peers a running validator has. Raises ChainUnavailable."""
    return int(ask_validator(folder, "net_peerCount"), 16)


def block_at(folder: Path, number: int | None = None) -> Any:
    """A block as a running validator has it, the newest without a number; None where it has none."""
    return ask_validator(folder, "eth_getBlockByNumber", "latest" if number is None else hex(number), False)


#: Validators started by this process: they are its children, to be waited for when they end.
_children: dict[int, subprocess.Popen[bytes]] = {}


def _write_peers(folder: Path, peers: Sequence[Validator]) -> None:
    enodes = ", ".join(f'"{peer.enode}"' for peer in peers)
    text = f"[Node.P2P]\nStaticNodes = [{enodes}]\nTrustedNodes = [{enodes}]\n"
    (folder / "peers.toml").write_text(text)


def _await_answer(process: subprocess.Popen[bytes], me: Validator, folder: Path, deadline: float) -> None:
    client = ChainClient(me.rpc_url, timeout=2)
    try:
        while True:
            if process.poll() is not None:
                raise ChainUnavailable(reason=f"validator {me.number} ended at once: {_tail(folder)}")
            try:
                client.chain_id()
                return
            except ChainUnavailable:
                if time.monotonic() > deadline:
                    process.kill()
                    process.wait()
                    reason = f"validator {me.number} does not answer: {_tail(folder)}"
                    raise ChainUnavailable(reason=reason) from None
            time.sleep(0.05)
    finally:
        client.close()


def _await_key(me: Validator, folder: Path, deadline: float) -> None:
    while True:
        try:
            ask_validator(folder, "eth_sign", me.address, "0x00")
            return
        except ChainUnavailable:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _tail(folder: Path) -> str:
    return (folder / "node.log").read_text(errors="replace").strip()[-400:]


@contextmanager
def _socket_of(folder: Path) -> Iterator[str]:
    """The path of a validator's socket; through a short link where its own is longer than sockets allow."""
    path = folder / "node.ipc"
    if len(str(path)) < 100:
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="guanlian-") as short:
        link = Path(short, "v")
        link.symlink_to(folder)
        yield str(link / "node.ipc")


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
