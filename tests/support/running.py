"""A whole installation in the test's own process: a chain with the contracts, a gateway that is asked over HTTP."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from backend.api import logs
from backend.api.limits import Buckets, Limits
from backend.app import create_app
from backend.chain.node import free_port
from backend.commands.serving import KEEP_ALIVE
from backend.domain.participants import legal_identity
from backend.domain.roster import ROSTER, Enterprise
from backend.services.enrolment import demo_keys, enrol_cast, host_governance
from backend.services.gateway import Gateway, open_gateway
from backend.services.runner import Runner
from backend.services.simulation.model import SimulatedMessage, SimulatedSet
from backend.settings import Settings
from backend.store.participant_queries import number_of_identity
from tests.support.workshop import installed_chain

#: How long anything may take to reach the chain and come back, in seconds: only a failing test waits so long, and a
#: machine that runs other things may take minutes for what takes a second here.
PATIENCE = 300.0

_OVER = frozenset({"confirmed", "quarantined", "cancelled"})

#: What the gateways of this process have logged, line by line.
LOG = io.StringIO()

#: So wide that no test meets them by accident.
NO_LIMITS = Limits(Buckets(1e6, 10**6), Buckets(1e6, 10**6), Buckets(1e6, 10**6))


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a real socket; its address."""
    port = free_port()
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        ws="none",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, "the server starts")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """The condition's value once it holds. Fails, saying what was waited for, when it does not in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)
    return found


@dataclass
class Ledger:
    """The installation as its roles see it."""

    settings: Settings
    gateway: Gateway
    address: str
    keys: dict[str, str]
    numbers: dict[str, int]
    _clients: dict[str, httpx.Client] = field(default_factory=dict)

    def client(self, role: str | None = None) -> httpx.Client:
        """A client with the role's key; without a role one without a key."""
        name = role or ""
        if name not in self._clients:
            headers = {} if role is None else {"Authorization": f"Bearer {self.keys[role]}"}
            self._clients[name] = httpx.Client(
                base_url=self.address, headers=headers, timeout=PATIENCE, trust_env=False
            )
        return self._clients[name]

    def get(self, role: str | None, path: str, /, **query: Any) -> dict[str, Any]:
        answer = self.client(role).get(path, params=query or None)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, role: str, path: str, body: Any, *, confirm: bool = True, status: int = 200) -> dict[str, Any]:
        query = {"confirm": "true"} if confirm else None
        answer = self.client(role).post(path, json=body, params=query)
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        return dict(answer.json())

    def record(self, role: str, step: str, parcels: list[str], **evidence: Any) -> dict[str, Any]:
        """A step taken and confirmed."""
        body = {"step": step, "parcels": parcels, "evidence": evidence or {"note": f"{step} by {role}"}}
        return self.post(role, "/v1/records", body)

    def send(self, simulated: SimulatedSet) -> dict[str, dict[str, Any]]:
        """All messages of a set, confirmed; the parcels by id, each with the order's business key."""
        parcels: dict[str, dict[str, Any]] = {}
        waiting = []
        for message in simulated.messages:
            role = message.sender.key
            answer = self.client(role).post(
                "/v1/messages", content=message.data, headers={"Content-Type": "application/xml"}
            )
            assert answer.status_code == 202, answer.text
            body = answer.json()
            waiting.append((role, body["operation_id"]))
            for document in body["documents"]:
                if document["parcel_id"]:
                    parcels.setdefault(document["parcel_id"], {})[document["kind"]] = document["business_key"]
        for role, operation_id in waiting:
            self.settled(role, operation_id)
        return parcels

    def seller_in(self, message: SimulatedMessage) -> int:
        """The participant number of the seller that a message's first document names."""
        code = message.data.split(b"ebcCode>")[1].split(b"<")[0].decode()
        (found,) = self.get("platform", "/v1/participants", code=code)["items"]
        return int(found["participant_no"])

    def settled(self, role: str, operation_id: str) -> dict[str, Any]:
        """An operation once the chain has decided about all of it."""

        def decided() -> dict[str, Any] | None:
            view = self.get(role, f"/v1/operations/{operation_id}")
            return view if view["status"] in _OVER else None

        return dict(until(decided, f"operation {operation_id} of {role} settles"))

    def indexed(
        self, parcel_id: str, wanted: Callable[[dict[str, Any]], bool], role: str | None = None
    ) -> dict[str, Any]:
        """A parcel's view once it is as wanted."""

        def seen() -> dict[str, Any] | None:
            answer = self.client(role).get(f"/v1/parcels/{parcel_id}")
            return answer.json() if answer.status_code == 200 and wanted(answer.json()) else None

        return dict(until(seen, f"parcel {parcel_id[:8]} is as wanted"))

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


@dataclass(frozen=True)
class Declared:
    """Parcels whose documents have come in and are attested; nobody has decided about them."""

    imports: list[str]
    exports: list[str]


def member(key: str) -> Enterprise:
    return next(one for one in ROSTER if one.key == key)


@contextmanager
def running_ledger(home: Path) -> Iterator[Ledger]:
    """A new installation with the demo's cast, alive until the end of the block."""
    with installed_chain(home, block_time=1) as settings, living(settings) as ledger:
        yield ledger


@contextmanager
def living(settings: Settings) -> Iterator[Ledger]:
    """A gateway with the demo's cast on a chain that has the contracts, alive until the end of the block."""
    logs.configure("INFO", LOG)
    host_governance(settings)
    gateway = open_gateway(settings)
    runner = Runner(gateway)
    try:
        with served(create_app(gateway, runner, NO_LIMITS)) as address:
            enrol_cast(settings, lambda _: None)
            with gateway.database.read() as connection:
                identities = {one.key: legal_identity(gateway.consortium_key, one.uscc) for one in ROSTER if one.roles}
                numbers = {key: number_of_identity(connection, identity) or 0 for key, identity in identities.items()}
            ledger = Ledger(settings, gateway, address, demo_keys(settings.home), numbers)
            try:
                yield ledger
            finally:
                ledger.close()
    finally:
        gateway.close()
