"""One installation in one folder: made, started, stopped, emptied, and asked how it is.

    home/config.json     settings                   home/keys/   mnemonic, consortium key, keystores (0600)
    home/deployment.json where the contracts are    home/logs/   gateway.log
    home/chain/          the node's state and log   home/run/    process ids and locks
    home/store/          database                   home/demo-keys.json  role -> API key, demo only (0600)

Every operation may be repeated: what is there already is kept, what is missing is made.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backend.chain.client import ChainClient
from backend.chain.deployment import Deployment, load_deployment
from backend.chain.node import free_port, running_node, start_node, stop_node
from backend.domain.errors import (
    ChainUnavailable,
    Conflict,
    GuanlianError,
    NotFound,
    ResetRefused,
    StartFailed,
)
from backend.services import accounts, clock, joining, processes
from backend.services import network as networks
from backend.services.enrolment import demo_keys, enrol_cast, host_governance, keys_path
from backend.services.processes import locked, project_root, write_private
from backend.settings import Settings

#: The mnemonic of every development tool: its keys are public, and refused on any chain but the embedded one.
DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk"

#: Seconds that a deployment may take: some thirty transactions one after another, on a slow chain and a busy machine.
_DEPLOYING = 900

#: Accounts that the embedded node funds: governance, the demo's cast and as many again for others.
NODE_ACCOUNTS = 64

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    return


@dataclass(frozen=True)
class Running:
    """Where a running installation answers; `keys` (role -> API key) only where the demo cast is enrolled."""

    home: Path
    rpc_url: str
    api_url: str
    chain_id: int
    contracts: dict[str, str]
    keys: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "rpc_url": self.rpc_url,
            "api_url": self.api_url,
            "chain_id": self.chain_id,
            "contracts": self.contracts,
            "home": str(self.home),
        }
        return found | ({"keys": self.keys} if self.keys else {})


def up(
    home: Path,
    *,
    network: Path | None = None,
    bare: bool = False,
    block_time: float | None = None,
    hearing_hours: int | None = None,
    behind: int = 0,
    progress: Progress = _silent,
) -> Running:
    """Brings an installation to the state where it answers, from whatever state it is in.

    Makes it on first use, on the consortium network in the folder `network` where that is given. The cast of the
    demo is enrolled where the installation is the contracts' governance, unless `bare`. Where it deploys, listed
    parties are heard for `hearing_hours`: none on the embedded chain, unless told otherwise, else five days. An
    embedded chain that is made now begins `behind` seconds ago (see `clock`). Waits for another `up` or `down` on
    the same folder. Raises StartFailed, NetworkRefused, ChainUnavailable, WrongChain or
    ContractsMissing.
    """
    home = home.resolve()
    with _exclusively(home):
        settings = prepare(home, network=network, block_time=block_time)
        if behind and settings.embedded and not settings.deployment_path.exists():
            clock.put_back(settings, behind)
        if settings.embedded:
            settings = _ensure_node(settings, progress)
        deployment = _ensure_deployment(settings, hearing_hours, progress)
        governs = host_governance(settings)
        settings = _ensure_gateway(settings, progress)
        if governs and not bare:
            enrol_cast(settings, progress)
        return _running(settings, deployment)


def down(home: Path) -> tuple[bool, bool]:
    """Stops gateway and node; says of each whether it ran. Everything stored stays."""
    home = home.resolve()
    if not home.exists():
        return False, False
    with _exclusively(home):
        return _stop(home)


def reset(home: Path) -> None:
    """Stops the installation and deletes what it stored: chain, database, keys, logs. Settings stay.

    Raises ResetRefused where the chain is not the installation's own: keystores may be the only copy.
    """
    home = home.resolve()
    with _exclusively(home):
        if (home / "config.json").exists() and not Settings.load(home).embedded:
            raise ResetRefused(reason="the chain is shared and keys/ may hold the only copy of a key")
        _stop(home)
        for folder in ("chain", "store", "keys", "logs"):
            shutil.rmtree(home / folder, ignore_errors=True)
        (home / "deployment.json").unlink(missing_ok=True)
        keys_path(home).unlink(missing_ok=True)


def deploy_once(home: Path) -> Deployment:
    """Deploys on the chain of the settings, with the installation's mnemonic or `GUANLIAN_DEPLOYER_KEY`.

    Raises Conflict where deployment.json is there already, StartFailed with the chain's reasons.
    """
    home = home.resolve()
    with _exclusively(home):
        settings = prepare(home)
        if settings.deployment_path.exists():
            raise Conflict(key="deployment.json", what="deployment")
        if not node_answers(settings):
            raise ChainUnavailable(url=settings.rpc_url)
        deploy(settings)
        return load_deployment(settings.deployment_path)


def running(home: Path) -> Running | None:
    """The installation if its gateway lives, else None."""
    home = home.resolve()
    if not (home / "deployment.json").exists() or not processes.gateway_runs(home):
        return None
    settings = Settings.load(home)
    return _running(settings, load_deployment(settings.deployment_path))


def prepare(home: Path, *, network: Path | None = None, block_time: float | None = None) -> Settings:
    """The settings of a home folder, made with free ports and fresh secrets where they are missing."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    fresh = not (home / "config.json").exists()
    settings = Settings.load(home)
    if network is not None or settings.network:
        settings = joining.join(settings, networks.load(network or Path(settings.network)))
    if fresh and settings.embedded and "GUANLIAN_RPC_URL" not in os.environ:
        settings = replace(settings, rpc_url=f"http://127.0.0.1:{free_port(_port(settings.rpc_url))}")
    if fresh and "GUANLIAN_API_PORT" not in os.environ:
        settings = replace(settings, api_port=free_port(settings.api_port))
    if block_time is not None:
        settings = replace(settings, block_time=block_time)
    if fresh or block_time is not None:
        settings.save()
    if settings.embedded and not settings.mnemonic_path.exists():
        write_private(settings.mnemonic_path, DEVELOPMENT_MNEMONIC + "\n")
    if not settings.consortium_key_path.exists():
        write_private(settings.consortium_key_path, secrets.token_hex(32) + "\n")
    return settings


# ---------------------------------------------------------------------------------------------------
# The parts, in the order in which they come up


def _ensure_node(settings: Settings, progress: Progress) -> Settings:
    node = running_node(settings.home)
    if node is None:
        progress("node")
        time = clock.clock_of(settings)
        node = start_node(
            settings.home,
            free_port(_port(settings.rpc_url)),
            chain_id=settings.chain_id,
            mnemonic=settings.mnemonic_path.read_text().strip(),
            block_time=settings.block_time,
            accounts=NODE_ACCOUNTS,
            starts_at=time() if time.behind else None,
        )
    if node.rpc_url != settings.rpc_url:
        settings = replace(settings, rpc_url=node.rpc_url)
        settings.save()
    return settings


def node_answers(settings: Settings) -> bool:
    """Whether a node of the installation's own chain answers at its address."""
    try:
        with _client(settings) as client:
            return client.chain_id() == settings.chain_id
    except GuanlianError:
        return False


def _ensure_deployment(settings: Settings, hearing_hours: int | None, progress: Progress) -> Deployment:
    if settings.deployment_path.exists():
        deployment = load_deployment(settings.deployment_path)
        with _client(settings) as client:
            deployment.verify(client)
        return deployment
    if not settings.embedded and not settings.network:
        raise NotFound(what="deployment", value=str(settings.deployment_path))
    progress("contracts")
    deploy(settings, hearing_hours)
    if settings.network:
        joining.share(settings, networks.load(Path(settings.network)))
    return load_deployment(settings.deployment_path)


def deploy(settings: Settings, hearing_hours: int | None = None) -> None:
    """Deploys the contracts with the installation's governance account and writes deployment.json.

    That is the mnemonic's first account on the embedded chain, else a fresh keystore. The script runs in a process
    of its own: brownie keeps the project it loaded and its data folder as global state, and no long-lived process
    should.
    """
    command = [
        sys.executable,
        "-m",
        "scripts.deploy",
        "--rpc",
        settings.rpc_url.split(",")[0],
        "--out",
        str(settings.deployment_path),
        *_signing(settings),
    ]
    if hearing_hours is None and settings.embedded:
        # Whoever tries an embedded chain, which runs in real time, does not wait five days for a listing.
        hearing_hours = 0
    if hearing_hours is not None:
        command += ["--hearing-hours", str(hearing_hours)]
    done = subprocess.run(  # noqa: S603
        command, cwd=project_root(), capture_output=True, text=True, timeout=_DEPLOYING, check=False
    )
    if done.returncode != 0:
        reason = "\n".join((done.stderr or done.stdout).splitlines()[-12:])
        raise StartFailed(what="deployment", reason=reason)


def _signing(settings: Settings) -> list[str]:
    """How the script signs and at what price."""
    free = ["--gas-price", "0"] if settings.free_gas else []
    if settings.embedded:
        return ["--mnemonic-file", str(settings.mnemonic_path)]
    if os.environ.get("GUANLIAN_DEPLOYER_KEY"):
        return free
    keystore = accounts.keystore_at(settings.keystore_path, accounts.new_keystore(settings.keystore_path))
    return ["--keystore", str(keystore.path), "--password-file", str(keystore.password_path), *free]


def _ensure_gateway(settings: Settings, progress: Progress) -> Settings:
    if processes.gateway_runs(settings.home):
        return settings
    progress("gateway")
    if "GUANLIAN_API_PORT" not in os.environ:
        port = free_port(settings.api_port)
        if port != settings.api_port:
            settings = replace(settings, api_port=port)
            settings.save()
    processes.start_gateway(settings.home)
    return settings


def _stop(home: Path) -> tuple[bool, bool]:
    gateway = processes.stop_gateway(home)
    node = running_node(home)
    return gateway, node is not None and stop_node(node.pid, home)


def _running(settings: Settings, deployment: Deployment) -> Running:
    return Running(
        home=settings.home,
        rpc_url=settings.rpc_url,
        api_url=f"http://{settings.api_host}:{settings.api_port}",
        chain_id=settings.chain_id,
        contracts=dict(deployment.contracts),
        keys=demo_keys(settings.home),
    )


@contextmanager
def _exclusively(home: Path) -> Iterator[None]:
    with locked(home / "run" / "installation.lock", "guanlian", wait_seconds=240):
        yield


@contextmanager
def _client(settings: Settings) -> Iterator[ChainClient]:
    client = ChainClient(settings.rpc_url, timeout=5)
    try:
        yield client
    finally:
        client.close()


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1].rstrip("/"))
