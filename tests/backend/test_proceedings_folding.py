"""The read model of cases and listings, folded from events, is what the reference model says, after a reorg as well."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest

from backend.domain import events as ev
from backend.domain.case_standing import Act, standing_of, step_due
from backend.domain.events import Level
from backend.domain.listing_standing import listing_standing_of
from backend.domain.rights import RightKind, Route
from backend.services.rehearsal import ListingRules, case_of_row, listing_of_row
from backend.store import governance, listing_queries, readmodel
from backend.store import proceeding_queries as queries
from backend.store.database import Connection, Database
from backend.store.migrations import migrate
from tests.support.reference_world import DAY, FILE, TRIED, World, open_case


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    url = f"sqlite:///{tmp_path / 'guanlian.db'}"
    migrate(url)
    database = Database(url)
    with database.write() as opened:
        yield opened
    database.close()


def read(connection: Connection, world: World, first: int = 0) -> None:
    """Folds what happened in the world since its `first` event; each event stands in a block of its number."""
    for block, (at, event) in enumerate(world.events[first:], first):
        if isinstance(event, ev.ManifestDeclared):
            row = {
                "manifest": event.manifest,
                "declarant_no": event.declarant_no,
                "seller_no": event.seller_no,
                "declaring_district": event.declaring_district,
                "port_district": event.port_district,
                "supervision_mode": event.supervision_mode,
                "direction": int(event.direction),
                "size": len(event.parcel_ids),
                "declared_at": event.at,
                "root": event.root,
                "head": event.head,
                "sets": bytes(1024),
                "occupied": 0,
                "block": block,
            }
            readmodel.insert_manifest(connection, row, event.parcel_ids)
        elif not isinstance(event, ev.Recorded):
            name, place = type(event).__name__, {"block": block, "log_index": 0, "transaction_hash": bytes(32)}
            arguments = {key: plain(value) for key, value in asdict(event).items()}
            row = {"name": name, "arguments": arguments, "at": at} | place
            readmodel.insert_governance(connection, [row])
            governance.apply_governance(connection, name, arguments, at)


def plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else int(value) if isinstance(value, IntEnum) else value


def walked(seed: int) -> World:
    """A world in which a case and a listing went some random way."""
    chance = random.Random(seed)
    world = World(chance.choice((RightKind.Trademark, RightKind.Patent)))
    open_case(world, chance.choice(list(Route)))
    world.do("owner", "set_urgency", FILE, seed % 2 == 0)
    world.do("customs", "impose", world.seller, chance.choice(list(Level)), FILE, FILE, world.now + 900 * DAY)
    acts = [
        ("owner", "make_statement", (1, FILE)),
        ("tax", "confirm", (1, FILE)),
        ("owner", "appeal_listing", (1, FILE)),
        ("appeal_body", "decide_listing_appeal", (1, True, FILE)),
        ("owner", "ask_repair", (1, FILE)),
        ("customs", "decide_repair", (1, False, FILE)),
    ]
    for _ in range(12):
        if chance.random() < 0.3:
            world.now = max(world.now, standing_of(world.case, world.now).deadline)
        standing, due = standing_of(world.case, world.now), step_due(world.case, world.sets)
        if due is not None:
            world.record("customs", due)
        elif possible := [each.act for each in standing.possible if each.act is not Act.WithdrawCase]:
            who, name, arguments = TRIED[chance.choice(possible)]
            world.do(who, name, *arguments(world))
        while acts and world.lets(acts[0][0], acts[0][1], *acts[0][2]):
            who, name, given = acts.pop(0)
            world.do(who, name, *given)
        world.now += chance.choice((1, 40)) * DAY
    return world


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
