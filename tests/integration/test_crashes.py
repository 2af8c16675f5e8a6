"""`kill -9` of a real gateway at random moments under load: every submission is accounted for afterwards."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.domain.commitments import parcel_id
from backend.domain.lifecycle import Step
from backend.services import installation
from backend.services.processes import gateway_runs, start_gateway, wait_until
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedMessage
from backend.settings import Settings
from tests.support.plain_chain import read_plainly
from tests.support.running import PATIENCE

SEED = 20261122
KILLS = 10
PARCELS = 240


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("crashing")
    try:
        yield folder
    finally:
        installation.down(folder)


class Load(threading.Thread):
    """Enterprises that send their messages, and send again until they are answered."""

    def __init__(self, url: str, keys: dict[str, str], messages: list[SimulatedMessage]) -> None:
        super().__init__(daemon=True)
        self.url, self.keys, self.messages = url, keys, messages
        self.operations: list[tuple[str, str]] = []
        self.unanswered = 0
        self.refused: list[str] = []

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False) as client:
            for message in self.messages:
                self._send(client, message)

    def _send(self, client: httpx.Client, message: SimulatedMessage) -> None:
        headers = {"Authorization": f"Bearer {self.keys[message.sender.key]}", "Content-Type": "application/xml"}
        given_up = time.monotonic() + PATIENCE
        while time.monotonic() < given_up:
            try:
                answer = client.post("/v1/messages", content=message.data, headers=headers)
            except httpx.TransportError:
                self.unanswered += 1
                threading.Event().wait(0.05)
                continue
            if answer.status_code in (429, 503):
                threading.Event().wait(0.05)
                continue
            if answer.status_code == 202:
                self.operations.append((message.sender.key, answer.json()["operation_id"]))
            else:
                self.refused.append(answer.text)
            return
        self.refused.append(f"never answered: {message.file_name}")


def _gateway_pid(home: Path) -> int:
    return int((home / "run" / "gateway.pid").read_text().split()[0])


def test_a_gateway_killed_at_random_moments_under_load_loses_and_doubles_nothing(home: Path) -> None:
    chance = random.Random(SEED)
    found = installation.up(home, block_time=0.3)
    simulated = simulate(PARCELS, SEED, "import", 0.0, barred=(), documents_per_message=10)
    load = Load(found.api_url, found.keys, list(simulated.messages))
    load.start()
    for _ in range(KILLS):
        threading.Event().wait(chance.uniform(0.05, 0.6))
        os.kill(_gateway_pid(home), signal.SIGKILL)
        assert wait_until(lambda: not gateway_runs(home), 60)
        start_gateway(home)
    load.join(timeout=2 * PATIENCE)
    assert not load.is_alive()
    assert load.refused == []
    assert len(load.operations) == len(simulated.messages)

    deadline = time.monotonic() + PATIENCE
    with httpx.Client(base_url=found.api_url, timeout=60, trust_env=False) as client:
        for role, operation_id in load.operations:
            headers = {"Authorization": f"Bearer {found.keys[role]}"}
            while True:
                view = client.get(f"/v1/operations/{operation_id}", headers=headers).raise_for_status().json()
                if view["status"] not in ("stored", "sent"):
                    break
                assert time.monotonic() < deadline, view
                threading.Event().wait(0.2)
            assert view["status"] == "confirmed", view

    settings = Settings.load(home)
    key = bytes.fromhex(settings.consortium_key_path.read_text().strip())
    parcels = {parcel_id(key, parcel.platform_code, parcel.order_no) for parcel in simulated.parcels}

    def attested() -> bool:
        seen = read_plainly(found.rpc_url, found.contracts["ParcelLedger"])
        return all(seen.steps[(parcel, Step.WaybillAttested)] for parcel in parcels)

    assert wait_until(attested, PATIENCE)
    seen = read_plainly(found.rpc_url, found.contracts["ParcelLedger"])
    assert {parcel: len(seen.declared.get(parcel, ())) for parcel in parcels} == dict.fromkeys(parcels, 1)
    for step in (Step.OrderAttested, Step.PaymentAttested, Step.WaybillAttested):
        assert {parcel: seen.steps[(parcel, step)] for parcel in parcels} == dict.fromkeys(parcels, 1)
    assert set(seen.anchors.values()) <= {1}
    assert seen.refused == 0
