"""Cases and listings that went some random way in the reference model, and their events read into a database."""

from __future__ import annotations

import random
from dataclasses import asdict
from enum import IntEnum
from typing import Any

from backend.domain import events as ev
from backend.domain.case_standing import Act, standing_of, step_due
from backend.domain.events import Level
from backend.domain.rights import RightKind, Route
from backend.store import governance, readmodel
from backend.store.database import Connection
from tests.support.reference_world import DAY, FILE, TRIED, World, open_case


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
