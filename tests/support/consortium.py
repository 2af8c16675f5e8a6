"""A ledger on real validators, for the tests of the network and for those of the embedded chain run on it too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from backend.services import installation, joining
from backend.services import network as networks
from tests.support.running import Ledger, living

#: Set, the tests over HTTP run on a consortium network and not on the embedded chain.
ON_NETWORK = bool(os.environ.get("GUANLIAN_TEST_ON_NETWORK"))


@contextmanager
def validating(home: Path) -> Iterator[Path]:
    """Four validators, a block a second."""
    networks.up(home, 4, 1)
    try:
        yield home
    finally:
        networks.down(home)


@contextmanager
def network_ledger(network_home: Path, home: Path) -> Iterator[Ledger]:
    """The gateway that deployed the contracts, with the demo's cast; it asks all validators in turn."""
    found = networks.load(network_home)
    settings = installation.prepare(home, network=network_home)
    installation.deploy(settings, hearing_hours=0)
    joining.share(settings, found)
    with living(replace(settings, group_seconds=0.0)) as made:
        yield made
