"""One running installation for all tests over HTTP, and parcels on it that they may share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from backend.chain.geth import can_have_geth
from backend.services.gateway import Gateway
from backend.services.simulation import simulate
from tests.support.consortium import ON_NETWORK, network_ledger, validating
from tests.support.receivers import Receiver, receiver
from tests.support.running import Declared, Ledger, running_ledger
from tests.support.standing import Conversation, standing_gateway


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """On the embedded chain, or on four validators where the environment says so (`make test-network`)."""
    with ExitStack() as stack:
        home = tmp_path_factory.mktemp("ledger")
        if ON_NETWORK:
            network_home = stack.enter_context(validating(tmp_path_factory.mktemp("network")))
            yield stack.enter_context(network_ledger(network_home, home))
        else:
            yield stack.enter_context(running_ledger(home))


@pytest.fixture(scope="session")
def declared(ledger: Ledger) -> Declared:
    """Parcels for reading: tests that take steps declare their own."""
    imports = list(ledger.send(simulate(8, 11, "import", 0.0, barred=())))
    exports = [
        parcel
        for parcel in ledger.send(simulate(6, 12, "export", 0.0, barred=()))
        if ledger.client().get(f"/v1/parcels/{parcel}").status_code == 200
    ]
    views = [
        ledger.indexed(parcel, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"])) for parcel in imports
    ]
    for parcel in exports:
        ledger.indexed(parcel, lambda view: {"Order", "Waybill"} <= set(view["flags"]))
    # Those of Pudong first: most tests look at one of them as its customs.
    views.sort(key=lambda view: view["declaring_district"] != "2233")
    return Declared([view["parcel_id"] for view in views], exports)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if ON_NETWORK and not can_have_geth():
        for item in items:
            item.add_marker(pytest.mark.skip(reason="neither geth nor a Go toolchain is on PATH"))


_seeds = iter(range(1000, 10_000))


@pytest.fixture
def fresh(ledger: Ledger) -> list[str]:
    """Three import parcels of this test's own, declared and attested."""
    parcels = list(ledger.send(simulate(3, next(_seeds), "import", 0.0, barred=())))
    for parcel in parcels:
        ledger.indexed(parcel, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
    return parcels


# ---------------------------------------------------------------------------------------------------
# A gateway without a chain under it, whose conversation with customs a test writes itself


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with standing_gateway(tmp_path) as made:
        yield made


@pytest.fixture
def talk(gateway: Gateway) -> Conversation:
    return Conversation(gateway)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made
