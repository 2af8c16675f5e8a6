"""The embedded chain: one anvil process with its state on disk, detached from whoever starts it.

Restarting keeps what was there: blocks, receipts and logs of the whole history as well as the state. A node
that is killed loses at most the last seconds (`STATE_INTERVAL` and the time of one write); to a gateway that
is a reorg, and what vanished is sent again from the outbox.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from backend.chain import keeper
from backend.chain.client import ChainClient
from backend.chain.processes import command_of, has_ended, write_whole
from backend.chain.signers import EMBEDDED_CHAIN
from backend.domain.errors import ChainUnavailable

#: Seconds between two writes of the state.
STATE_INTERVAL = 2

#: A block takes eight of the largest calls. That each stays below the limit of EIP-7825, anvil enforces from
#: the Osaka rules on, and only when told so.
BLOCK_GAS = 120_000_000

#: States of the newest blocks kept in memory, so that a question about a block is still answered a few blocks
#: later. Logs and receipts are kept of all blocks; every further state would be a whole copy.
STATES_KEPT = 8

#: Ports that are not given to connections by the system itself, on Linux (32768 on) and elsewhere (49152 on).
_LASTING = range(20_000, 32_000)

_ANVIL_PLATFORMS = {("Linux", "x86_64"): "linux-amd64", ("Linux", "aarch64"): "linux-arm64",
                    ("Darwin", "x86_64"): "darwin-amd64", ("Darwin", "arm64"): "darwin-arm64"}  # fmt: skip

#: Lasting ports that this process has given out.
_given: set[int] = set()

#: Keepers started by this process: they are its children, to be waited for when they end.
_keepers: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class NodeProcess:
    """A running node. `pid` is anvil's own, `log` the file with what it says."""

    pid: int
    rpc_url: str
    log: Path


def anvil_executable() -> Path:
    """The native anvil: npm's package for this platform, else the one on PATH.

    Never npm's launcher: killing that one leaves the real node running. Raises ChainUnavailable where there
    is none.
    """
    kind = _ANVIL_PLATFORMS.get((platform.system(), platform.machine()), "none")
    packaged = Path("node_modules", "@foundry-rs", f"anvil-{kind}", "bin", "anvil")
    for root in (Path(__file__).resolve().parents[2], Path.cwd()):
        if (root / packaged).is_file():
            return root / packaged
    found = shutil.which("anvil")
    if found is not None and ".bin" not in Path(found).parts:
        return Path(found)
    raise ChainUnavailable(reason="anvil is not installed: run `make setup`")


def free_port(preferred: int = 0) -> int:
    """The preferred port where nothing listens on it, else one that the system names as free."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            # As servers do: connections of a former server that still fade away do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ChainUnavailable(reason="no port is free")


def lasting_port() -> int:
    """A free port to be written down and listened on later: below those that systems give to connections by themselves.

    One of those may be taken by any connection, also by this machine's own, in the meantime.
    """
    for _ in range(100):
        port = secrets.choice(_LASTING)
        if port not in _given and free_port(port) == port:
            _given.add(port)
            return port
    raise ChainUnavailable(reason="no port is free")


def start_node(
    home: Path,
    port: int,
    *,
    mnemonic: str,
    chain_id: int = EMBEDDED_CHAIN,
    block_time: float | None = 1,
    at_once: bool = False,
    accounts: int = 40,
    states_kept: int = STATES_KEPT,
    starts_at: int | None = None,
    state_interval: int = STATE_INTERVAL,
    timeout: float = 30,
) -> NodeProcess:
    """Starts the node of an installation and waits until it answers.

    `block_time` in seconds, fractions allowed; None mines at every transaction, and with `at_once` both do. The
    first `accounts` of the mnemonic own ether, and gas costs nothing. Questions about a past state, and reorgs, reach
    `states_kept` blocks back. `starts_at` (Unix seconds) sets the chain's clock, which goes on from there; usually it
    is the system's. The state is written every `state_interval` seconds, and when the node is stopped.
    Raises ChainUnavailable where the port is taken, a node of this home runs already, its state is lost, or
    it does not answer in time.
    """
    _collect_keepers()
    if running_node(home) is not None:
        raise ChainUnavailable(reason=f"the node of {home} runs already")
    _await_port(port, time.monotonic() + 2)
    folder = home / "chain"
    folder.mkdir(parents=True, exist_ok=True)
    link, pid_file, log = folder / "state.json", folder / "node.pid", folder / "node.log"
    kept_state = _newest_whole_state(link)
    keeper.turn(link, 1 if kept_state == keeper.side(link, 0) else 0)
    pid_file.unlink(missing_ok=True)
    rpc_url = f"http://127.0.0.1:{port}"
    # Before the node, so that one whose starter was killed is found all the same.
    write_whole(folder / "node.json", {"rpc_url": rpc_url, "chain_id": chain_id})
    command = [
        str(anvil_executable()), "--host", "127.0.0.1", "--port", str(port), "--chain-id", str(chain_id),
        "--mnemonic", mnemonic, "--accounts", str(accounts), "--hardfork", "osaka",
        "--gas-limit", str(BLOCK_GAS), "--enable-tx-gas-limit", "--block-base-fee-per-gas", "0",
        "--gas-price", "0", "--prune-history", str(states_kept), "--quiet",
        "--dump-state", str(link), "--state-interval", str(state_interval),
        *([] if kept_state is None else ["--load-state", str(kept_state)]),
        *([] if block_time is None else ["--block-time", str(block_time)]),
        *(["--mixed-mining"] if at_once else []),
        *([] if starts_at is None else ["--timestamp", str(starts_at)]),
    ]  # fmt: skip
    with log.open("ab") as output:
        kept = subprocess.Popen(  # noqa: S603 - our own program and arguments
            [sys.executable, "-I", keeper.__file__, str(link), str(pid_file), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    _keepers[kept.pid] = kept
    try:
        _await_answer(kept, rpc_url, log, time.monotonic() + timeout)
    except ChainUnavailable:
        kept.terminate()
        kept.wait()
        del _keepers[kept.pid]
        raise
    return NodeProcess(int(pid_file.read_text()), rpc_url, log)


def running_node(home: Path) -> NodeProcess | None:
    """The node of an installation, or None where none runs."""
    folder = home / "chain"
    try:
        rpc_url = str(json.loads((folder / "node.json").read_bytes())["rpc_url"])
        node = NodeProcess(int((folder / "node.pid").read_text()), rpc_url, folder / "node.log")
    except (OSError, ValueError, KeyError):
        return None
    return node if _is_node(node.pid, folder / "state.json") else None


def stop_node(pid: int, home: Path | None = None, timeout: float = 30) -> bool:
    """Ends a node so that it writes its state first, and waits until it has.

    False, and nothing done, where the process is gone or is no node that `start_node` started (of `home`,
    where that is given): numbers of processes are used again. Raises ChainUnavailable where it does not end.
    """
    link = home / "chain" / "state.json" if home is not None else Path("chain", "state.json")
    if not _is_node(pid, link):
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + timeout
    while not has_ended(pid):
        if time.monotonic() > deadline:
            raise ChainUnavailable(reason=f"node {pid} does not end")
        time.sleep(0.05)
    _collect_keepers()
    return True


def _collect_keepers() -> None:
    """Waits for the keepers that have ended, so that they do not stay behind as dead processes."""
    for kept in [kept for kept in _keepers.values() if kept.poll() is not None]:
        del _keepers[kept.pid]


def _newest_whole_state(link: Path) -> Path | None:
    """The newer of the two state files, unless it was cut off; None before the first run.

    Where neither is whole the state is lost, and to begin anew in silence would be worse: raises
    ChainUnavailable.
    """
    present = [side for side in (keeper.side(link, 0), keeper.side(link, 1)) if side.exists()]
    for side in sorted(present, key=lambda side: side.stat().st_mtime_ns, reverse=True):
        if _is_whole(side):
            return side
    if present:
        raise ChainUnavailable(reason=f"no whole state in {link.parent}: restore it or reset")
    return None


def _is_whole(path: Path) -> bool:
    """Whether a state file was written to its end."""
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


def _await_port(port: int, deadline: float) -> None:
    """A node that was killed keeps its port for the moment that the system needs to clear it away."""
    while free_port(port) != port:
        if time.monotonic() > deadline:
            raise ChainUnavailable(reason=f"port {port} is taken")
        time.sleep(0.05)


def _await_answer(kept: subprocess.Popen[bytes], rpc_url: str, log: Path, deadline: float) -> None:
    client = ChainClient(rpc_url, timeout=2)
    try:
        while True:
            if kept.poll() is not None:
                raise ChainUnavailable(reason=f"the node ended at once: {_tail(log)}")
            try:
                client.chain_id()
                return
            except ChainUnavailable:
                if time.monotonic() > deadline:
                    raise ChainUnavailable(reason=f"the node does not answer: {_tail(log)}") from None
            time.sleep(0.05)
    finally:
        client.close()


def _tail(log: Path) -> str:
    return log.read_text(errors="replace").strip()[-300:]


def _is_node(pid: int, link: Path) -> bool:
    """Whether a process lives and is an anvil that writes its state to this link."""
    words = command_of(pid)
    if not words or Path(words[0]).name != "anvil" or "--dump-state" not in words:
        return False
    state = Path(words[words.index("--dump-state") + 1])
    return state == link or (not link.is_absolute() and state.parts[-len(link.parts) :] == link.parts)
