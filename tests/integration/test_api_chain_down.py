"""The chain goes away under a running gateway, and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from backend.chain.node import running_node, start_node, stop_node
from backend.services.installation import NODE_ACCOUNTS
from backend.services.simulation import simulate
from tests.support.asking import is_problem, organisation
from tests.support.running import Ledger, running_ledger, until

XML = {"Content-Type": "application/xml"}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """An installation of these tests' own: nobody else's chain is to stop."""
    with running_ledger(tmp_path_factory.mktemp("interrupted")) as made:
        yield made
        if (node := running_node(made.settings.home)) is not None:
            stop_node(node.pid, made.settings.home)


def test_what_is_submitted_while_the_chain_is_down_is_kept_and_sent_when_it_is_back(ledger: Ledger) -> None:
    first, second = simulate(2, 5_000, "import", 0.0, barred=()), simulate(2, 5_001, "import", 0.0, barred=())
    parcel = next(iter(ledger.send(first)))
    before = ledger.indexed(parcel, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
    home, rpc_url = ledger.settings.home, ledger.settings.rpc_url
    node = running_node(home)
    assert node is not None
    stop_node(node.pid, home)

    # Reading goes on, and says up to where; nobody calls the gateway ready.
    view = ledger.get(None, f"/v1/parcels/{parcel}")
    assert view["history"] == before["history"]
    assert view["complete_to_block"] >= before["complete_to_block"]
    until(lambda: ledger.client().get("/readyz").status_code == 503, "the gateway says that it is not ready")
    assert ledger.client().get("/readyz").json()["checks"]["chain"] is False
    assert ledger.client().get("/healthz").status_code == 200

    def said() -> bool:
        blocked = ledger.get(None, "/v1/status")["blocked"]
        return any(one["reason"] == "ChainUnavailable" and one["since"] for one in blocked)

    until(said, "the status says since when the chain is away")
    assert "guanlian_chain_up 0.0" in ledger.client().get("/metrics").text

    # Writing goes on: documents and steps are stored, and wait.
    operations = []
    for message in second.messages:
        answer = ledger.client(message.sender.key).post("/v1/messages", content=message.data, headers=XML)
        assert answer.status_code == 202
        operations.append((message.sender.key, answer.json()["operation_id"]))
    arrival = {"step": "Arrival", "parcels": [parcel], "evidence": {"gate": 4}}
    answer = ledger.client("site_operator").post("/v1/records", json=arrival)
    assert answer.status_code == 202
    operations.append(("site_operator", answer.json()["operation_id"]))
    seller = ledger.client("platform").post("/v1/participants", json=organisation())
    assert seller.status_code == 202
    operations.append(("platform", seller.json()["operation_id"]))
    for role, operation_id in operations:
        assert ledger.get(role, f"/v1/operations/{operation_id}")["status"] in ("stored", "sent")

    start_node(
        home,
        urlsplit(rpc_url).port or 0,
        chain_id=ledger.settings.chain_id,
        mnemonic=ledger.settings.mnemonic_path.read_text().strip(),
        block_time=0.2,
        accounts=NODE_ACCOUNTS,
    )
    for role, operation_id in operations:
        assert ledger.settled(role, operation_id)["status"] == "confirmed"
    until(lambda: ledger.client().get("/readyz").status_code == 200, "the gateway is ready again")
    history = ledger.get(None, f"/v1/parcels/{parcel}")["history"]
    assert [entry["step"] for entry in history].count("Arrival") == 1


def test_who_waits_longer_than_is_patient_is_told_and_still_given_the_operation(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = ledger.settings.home
    node = running_node(home)
    assert node is not None
    stop_node(node.pid, home)
    object.__setattr__(ledger.gateway.settings, "confirm_seconds", 0.5)
    answer = ledger.client("platform").post("/v1/participants", json=organisation(), params={"confirm": "true"})
    body = is_problem(answer, 504, "ConfirmationTimedOut")
    assert ledger.get("platform", f"/v1/operations/{body['operation_id']}")["status"] in ("stored", "sent")
