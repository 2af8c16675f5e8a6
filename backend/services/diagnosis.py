"""Whether an installation is in order: one finding a thing, each with words that say what to do."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from backend.chain.client import ChainClient
from backend.chain.deployment import load_deployment
from backend.domain.errors import GuanlianError, NotRunning
from backend.services import processes
from backend.settings import Settings

#: The read model is called stale when it is this many seconds behind the chain's head.
STALE_AFTER = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `holds` is None where it could not be looked at."""

    what: str
    holds: bool | None
    words: str

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "holds": self.holds, "words": self.words}


def examine(home: Path) -> list[Finding]:
    """Every finding, in the order in which one would repair them."""
    findings = list(_tools())
    if not (home / "config.json").exists():
        return [*findings, Finding("installation", False, f"none in {home}: run `guanlian up`")]
    try:
        settings = Settings.load(home)
    except (GuanlianError, ValueError, TypeError) as fault:
        return [*findings, Finding("settings", False, f"{home / 'config.json'}: {fault}")]
    findings.extend(_files(settings))
    findings.extend(_chain(settings))
    findings.extend(_gateway(settings))
    return findings


def gateway_status(api_url: str, key: str | None = None) -> dict[str, Any]:
    """What /v1/status says. Raises NotRunning where nobody answers."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        reply = httpx.get(f"{api_url}/v1/status", headers=headers, timeout=5, trust_env=False)
        reply.raise_for_status()
    except httpx.HTTPError:
        raise NotRunning(home=api_url) from None
    return dict(reply.json())


def _tools() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", sys.version_info >= (3, 11), f"{version}; 3.11 or newer is needed")
    for tool, arguments in (("anvil", ("--version",)), ("node", ("--version",))):
        path = shutil.which(tool)
        if path is None:
            yield Finding(
                tool, tool != "anvil" or None, "not on PATH; `make setup` brings what the embedded chain needs"
            )
            continue
        done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
        yield Finding(tool, done.returncode == 0, (done.stdout or done.stderr).strip().splitlines()[0])


def _files(settings: Settings) -> Iterator[Finding]:
    private = [settings.consortium_key_path, settings.mnemonic_path, settings.home / "demo-keys.json"]
    if settings.keystore_path.exists():
        private.extend(sorted(settings.keystore_path.glob("*.json")))
    for path in private:
        if not path.exists():
            if path == settings.consortium_key_path:
                yield Finding(path.name, False, f"{path} is missing: restore it, parcel ids depend on it")
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        words = f"mode {mode:04o}" + ("" if mode & 0o077 == 0 else f": run `chmod 600 {path}`")
        yield Finding(f"secrecy of {path.name}", mode & 0o077 == 0, words)
    free = shutil.disk_usage(settings.home).free // 2**20
    yield Finding("disk", free > 500, f"{free} MiB free")


def _chain(settings: Settings) -> Iterator[Finding]:
    client = ChainClient(settings.rpc_url, timeout=5)
    try:
        chain_id = client.chain_id()
    except GuanlianError as fault:
        yield Finding("node", False, f"{settings.rpc_url} does not answer ({fault.title}): run `guanlian up`")
        return
    same = chain_id == settings.chain_id
    yield Finding("chain id", same, f"{chain_id}, the settings say {settings.chain_id}")
    head = client.head()
    yield Finding("head", True, f"block {head.number}")
    if not settings.deployment_path.exists():
        yield Finding("contracts", False, f"{settings.deployment_path} is missing: run `guanlian deploy`")
        return
    deployment = load_deployment(settings.deployment_path)
    for name, address in deployment.contracts.items():
        there = bool(client.code(address))
        yield Finding(name, there, f"{address}" + ("" if there else " has no code: is this the right chain?"))


def _gateway(settings: Settings) -> Iterator[Finding]:
    runs = processes.gateway_runs(settings.home)
    yield Finding("gateway", runs, "runs" if runs else "does not run: run `guanlian up`")
    if not runs:
        return
    url = f"http://{settings.api_host}:{settings.api_port}"
    try:
        ready = httpx.get(f"{url}/readyz", timeout=5, trust_env=False)
        yield Finding("readiness", ready.status_code == 200, f"{url}/readyz answers {ready.status_code}")
        state = gateway_status(url)
    except (httpx.HTTPError, GuanlianError):
        yield Finding("readiness", False, f"{url} does not answer: see `guanlian logs`")
        return
    yield from _read_model(state)


def _read_model(state: dict[str, Any]) -> Iterator[Finding]:
    lag = state["cursor"]["lag_seconds"]
    if lag is None:
        yield Finding("read model", None, "how far behind the head is not known")
    else:
        yield Finding("read model", lag <= STALE_AFTER, f"{lag} seconds behind the head")
    refused = state["outbox"]["quarantined"]
    yield Finding("refusals", True, f"{refused} items refused by the chain wait for their submitters")
    stuck = [item for item in state["blocked"] if item.get("status") != "quarantined"]
    words = "; ".join(f"{item['what']}: {item['reason']} since {item['since']}" for item in stuck)
    yield Finding("outbox", not stuck, words or "nothing is stuck")
