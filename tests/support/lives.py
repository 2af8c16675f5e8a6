"""Lives of parcels made up from the lifecycle's table, as an event log has them; repeats put in where a test wants."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from backend.domain.lifecycle import RULES, Direction, Profile, Sets, Step, divide
from backend.domain.process import Header, Recording, Trace

ORIGIN, PORT = 2303, 2233
#: Attestations may come again as amendments, so a walk that takes one step at most once has no repeats, unless it
#: takes the step that is a repeat by its name.
ONCE = frozenset({Step.InspectionOrdered, Step.ReviewOpened})
REPEATS = frozenset({Step.Reinspection})
_EXPORTS = (Profile.ExportAtPort, Profile.ExportByTransit)


def header(number: int, profile: Profile, size: int = 1) -> Header:
    return Header(
        manifest=number.to_bytes(32, "big"),
        size=size,
        profile=profile,
        direction=Direction.Export if profile in _EXPORTS else Direction.Import,
        supervision_mode=1210 if profile is Profile.ImportBonded else 9610,
        declaring_district=ORIGIN if profile is Profile.ExportByTransit else PORT,
        port_district=PORT,
        declarant_no=7,
        seller_no=11,
    )


def wander(
    seed: int,
    profile: Profile,
    length: int,
    once: frozenset[Step] = frozenset(),
    never: frozenset[Step] = frozenset(),
) -> list[Step]:
    """Steps that the table allows one after the other, by its own set algebra; those in `once` at most once each.

    Those in `never` not at all.
    """
    chance, sets = random.Random(seed), Sets.declared(1)
    steps = [Step.Declaration]
    while len(steps) < length:
        open_to = [
            (step, row)
            for step, rows in RULES.items()
            for row in rows
            if row.profiles >> profile & 1
            and divide(sets, row, 1).eligible
            and not (step in once and step in steps)
            and step not in never
        ]
        if not open_to:
            break
        step, row = chance.choice(open_to)
        sets.apply(row, 1)
        steps.append(step)
    return steps


def lived(
    head: Header,
    steps: Iterable[Step],
    gaps: Sequence[int] = (60,),
    *,
    since: int = 1_790_000_000,
    block: int = 1,
    parcels: int = 1,
) -> Trace:
    """A trace of steps, each so many seconds after the one before, the gaps over and over."""
    at, events = since, []
    for number, step in enumerate(steps):
        at += gaps[number % len(gaps)] if number else 0
        events.append(Recording(step, at, 3, block + number, 0))
    return Trace(head, parcels, tuple(events))


S = Step
#: A transit export without any repeat, inspected at its origin; and up to its arrival at the port.
TO_PORT = (
    *(S.Declaration, S.OrderAttested, S.WaybillAttested, S.Acceptance, S.Arrival, S.ReviewOpened, S.ReviewClosed),
    *(S.InspectionOrdered, S.InspectionPassed, S.Release, S.TransitDeparture, S.TransitArrival),
)
TRANSIT = (*TO_PORT, S.Departure, S.Closure)
REPEATED = (*TO_PORT, S.Reinspection, S.InspectionPassed, S.Departure, S.Closure)
IMPORT = (
    *(S.Declaration, S.OrderAttested, S.PaymentAttested, S.WaybillAttested, S.Acceptance, S.Arrival),
    *(S.Release, S.Delivery, S.Closure),
)
