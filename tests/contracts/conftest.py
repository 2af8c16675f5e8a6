"""One deployment and one cast for all contract tests; each test finds both untouched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.deploy import deploy
from tests.contracts.world import World, build, isolated


@pytest.fixture(scope="session")
def cast(accounts) -> World:
    """The contracts as the deployment script makes them, with everybody registered.

    Listings are confirmed at once but where a test sets a hearing.
    """
    return build(deploy(accounts[0], hearing=0), [account.address for account in accounts])


@pytest.fixture
def world(cast: World) -> Iterator[World]:
    """The deployment and its cast, for one test."""
    with isolated(cast) as fresh:
        yield fresh
