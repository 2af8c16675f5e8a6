"""A consortium network for all tests of this folder, and an installation that governs it.

They run where a geth or a Go toolchain is found and are skipped, saying so, where not: `make test-network`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.chain.geth import can_have_geth
from backend.services import network as networks
from backend.services.network import Network
from tests.support.consortium import network_ledger, validating
from tests.support.running import Ledger


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if can_have_geth():
        return
    skip = pytest.mark.skip(reason="neither geth nor a Go toolchain is on PATH: no consortium network is tested")
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def network_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with validating(tmp_path_factory.mktemp("network")) as home:
        yield home


@pytest.fixture
def network(network_home: Path) -> Iterator[Network]:
    """The network with all of its validators running, before the test and after it."""
    yield networks.load(network_home)
    networks.up(network_home)


@pytest.fixture(scope="session")
def ledger(network_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with network_ledger(network_home, tmp_path_factory.mktemp("governing")) as made:
        yield made
