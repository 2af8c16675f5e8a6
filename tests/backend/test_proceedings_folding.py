"""The read model of cases and listings, folded from events, is what the reference model says, after a reorg as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.domain.events import Level
from backend.domain.listing_standing import listing_standing_of
from backend.domain.rights import RightKind
from backend.services.rehearsal import ListingRules, case_of_row, listing_of_row
from backend.store import governance, listing_queries, readmodel
from backend.store import proceeding_queries as queries
from backend.store.database import Connection, Database
from backend.store.migrations import migrate
from tests.support.proceedings import read, walked
from tests.support.reference_world import FILE, World


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    url = f"sqlite:///{tmp_path / 'guanlian.db'}"
    migrate(url)
    database = Database(url)
    with database.write() as opened:
        yield opened
    database.close()


@pytest.mark.parametrize("seed", range(30))
def test_what_is_folded_is_what_the_model_says(connection: Connection, seed: int) -> None:
    world = walked(seed)
    read(connection, world)
    row = queries.case_row(connection, 1)
    assert row is not None
    assert case_of_row(row) == world.case
    entry = listing_queries.listings_of(connection, world.seller)[0]
    model = world.model.listings[1]
    assert listing_of_row(entry) == model
    assert listing_standing_of(listing_of_row(entry), world.now) == listing_standing_of(model, world.now)
    assert entry.urgent == (seed % 2 == 0)
    names = [fact.name for fact in queries.facts_of(connection, "case", 1)]
    told = [type(event).__name__ for _, event in world.events if hasattr(event, "case_id")]
    assert names == told
    names = [fact.name for fact in queries.facts_of(connection, "listing", 1)]
    assert names == [type(event).__name__ for _, event in world.events if hasattr(event, "listing_id")]


@pytest.mark.parametrize("seed", range(8))
def test_what_a_reorganisation_takes_away_is_gone_and_comes_back_the_same(connection: Connection, seed: int) -> None:
    world = walked(seed)
    half = next(n for n, (_, event) in enumerate(world.events) if hasattr(event, "case_id")) + 1 + seed
    whole, world.events = world.events, world.events[:half]
    read(connection, world)
    before = readmodel.digest(connection)
    world.events = whole
    read(connection, world, half)
    after = readmodel.digest(connection)
    readmodel.roll_back(connection, half - 1)
    governance.fold_anew(connection)
    assert readmodel.digest(connection) == before
    read(connection, world, half)
    assert readmodel.digest(connection) == after


def test_rules_that_the_owner_never_set_are_the_contracts_own(connection: Connection) -> None:
    rules = ListingRules(queries.listing_rule_values(connection))
    world = World(RightKind.Trademark)
    assert rules.hearing_window == world.model.hearing_window
    assert {level: rules.confirmations(level) for level in Level} == world.model.confirmations
    assert rules.urgent == {}
    world.do("owner", "set_hearing_window", 3600)
    world.do("owner", "set_confirmations", Level.Barred, 3)
    world.do("owner", "set_urgency", FILE, True)
    world.do("owner", "set_confirmations", Level.Barred, 2)
    read(connection, world)
    rules = ListingRules(queries.listing_rule_values(connection))
    assert (rules.hearing_window, rules.confirmations(Level.Barred), rules.urgent) == (3600, 2, {FILE: True})
