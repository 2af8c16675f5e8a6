"""Random lives of consignments on the contracts and on the model: both agree, and no parcel is in two places.

Each walk is drawn from its number alone, so that a failure repeats. Most acts are what some consignment waits for,
rightly presented or not; the rest is anybody trying anything.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from backend.domain.carriage_events import ConsignmentLoaded, ConsignmentMoved, ParcelsTakenOut
from backend.domain.consignments import (
    AnomalyKind,
    ConsignmentKind,
    ConsignmentStage,
    Entry,
    Opening,
    ReinspectionReason,
    TakingReason,
    fold,
)
from backend.domain.events import Event
from backend.domain.ledger import Record
from backend.domain.lifecycle import FLAG_SETS, Flag, State, Step, bits, indices
from tests.contracts.paths import steps_ready
from tests.contracts.world import CALLERS, PUDONG, SUZHOU, World, a_hash
from tests.contracts.world import fold as fold_head

FILE = a_hash("file")
HOUR = 3600
MOST_OPEN = 5
STAGE = ConsignmentStage
#: What a consignment waits for, by kind and stage: who, and the function.
NEXT: dict[tuple[ConsignmentKind, ConsignmentStage], tuple[tuple[str, str], ...]] = {
    (ConsignmentKind.Seal, STAGE.Loading): (("logistics", "applyForTransit"),),
    (ConsignmentKind.Seal, STAGE.Applied): (
        *[("customs_suzhou", "approveTransit")] * 4,
        ("customs_suzhou", "declineTransit"),
    ),
    (ConsignmentKind.Seal, STAGE.Approved): (("customs_suzhou", "depart"),),
    (ConsignmentKind.Seal, STAGE.InTransit): (("customs_pudong", "arrive"),),
    (ConsignmentKind.Seal, STAGE.Arrived): (("customs_pudong", "verifyConsignment"),),
    (ConsignmentKind.Seal, STAGE.Verified): (("customs_pudong", "writeOff"),),
    (ConsignmentKind.Seal, STAGE.WrittenOff): (("site_operator", "acknowledgeRelease"),),
    (ConsignmentKind.Waybill, STAGE.Loading): (("logistics", "depart"),),
}
#: Steps after which parcels still wait for a consignment.
KEEPING = (Step.DetentionLifted, Step.PortDetentionLifted, Step.InspectionPassed, Step.TransitArrival)
MOST_MANIFESTS = 7
WALKS = ("depart", "arrive", "writeOff")
CARRIERS = ("logistics", "declarant", "customs_suzhou", "customs_pudong", "customs_jiaxing", "outsider")
ON_THE_ROAD = bits(State.Released, State.InTransit, State.AtPort, State.Confiscated, State.Destroyed, State.Disposed)


class Walk:
    """One random life. `lists` are the contents as the events alone tell them; `done` how far a step came."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.draw = world, random.Random(number)
        self.heads: dict[bytes, bytes] = {}
        self.lists: dict[bytes, list[Entry]] = {}
        self.lane = world.lane()
        for _ in range(2):
            world.released(5)
        world.released(4, declaring_district=PUDONG)
        self.heads = {name: kept.head for name, kept in world.model.manifests.items()}
        # Carriage is the consignment contract's alone, as governance is trusted to see to.
        world.act("owner", "suspend", world.numbers["carriage"])
        self.acts = (
            *[self.go_on] * 14,
            *[self.put_in] * 6,
            *[self.take_out] * 3,
            *[self.take_a_step] * 3,
            *[self.open] * 2,
            self.meddle,
            self.raise_or_settle,
            self.cancel,
            self.reinspect,
            self.end_or_renew_the_lane,
        )

    def act(self, who: str, function: str, *args: Any, after: int = 1) -> None:
        """One call on both; a refusal is an outcome like another."""
        for event in self.world.attempt(who, function, *args, after=after):
            fold_head(self.heads, event)
            self._follow(event)

    def _follow(self, event: Event) -> None:
        """The lists by their events alone."""
        if isinstance(event, ConsignmentLoaded):
            entries = self.lists.setdefault(event.consignment, [])
            entries += [Entry(*entry) for entry in event.entries]
            assert fold(event.consignment, entries) == event.head
        elif isinstance(event, ParcelsTakenOut):
            entries = self.lists[event.consignment]
            place = next(n for n in range(len(entries)) if fold(event.consignment, entries[:n]) == event.before)
            left = entries[place].parcels & ~event.parcels
            entries[place : place + 1] = [Entry(event.manifest, left)] if left else []
            assert fold(event.consignment, entries) == event.head
        elif isinstance(event, ConsignmentMoved):
            for entry in self.lists[event.consignment]:
                held = self.world.model.manifests[entry.manifest].sets.with_any(bits(Flag.HeldDeclaring))
                assert event.pending != bytes(32) or not held & entry.parcels, "no detained parcel inside"

    # -- consignments

    def open(self) -> None:
        going = [kept for kept in self.world.model.consignments.values() if not kept.stage.is_final]
        if len(going) >= MOST_OPEN:
            return
        sealed = self.draw.random() < 0.5
        number = a_hash("number", self.draw.randint(0, 8))
        ref = a_hash("ref", self.draw.randint(0, 60))
        terminal = self.world.numbers["site_operator"] if sealed or self.draw.random() < 0.5 else 0
        route = (SUZHOU, PUDONG) if sealed or self.draw.random() < 0.5 else (PUDONG, PUDONG)
        lane = self.lane if sealed or self.draw.random() < 0.1 else 0
        kind = ConsignmentKind.Seal if sealed else ConsignmentKind.Waybill
        who = self.draw.choice(("logistics", "logistics", "logistics", "declarant", "customs_suzhou"))
        self.act(who, "openConsignment", Opening(ref, kind, number, *route, lane, terminal))

    def put_in(self) -> None:
        """Whatever is ready for it, or sometimes is not."""
        consignment = self._any(stage=STAGE.Loading)
        if consignment is None:
            return
        kept = self.world.model.consignments[consignment]
        entries = []
        for name, manifest in self.world.model.manifests.items():
            if self.draw.random() < 0.4:
                continue
            ready = manifest.sets.every
            if self.draw.random() < 0.9:
                origins = State.AtPort if kept.kind is ConsignmentKind.Waybill else State.Released
                if manifest.declaration.declaring_district == PUDONG:
                    origins = State.Released
                free = ~manifest.sets.with_any(bits(Flag.Consigned, Flag.HeldDeclaring, Flag.Inspection))
                ready = manifest.sets.in_states(bits(origins)) & free
            some = ready & self.draw.randint(1, 31)
            if some or self.draw.random() < 0.05:
                entries.append(Entry(name, some))
        if not entries and len(self.world.model.manifests) < MOST_MANIFESTS:
            name = self.world.released(4, declaring_district=self.draw.choice((SUZHOU, SUZHOU, PUDONG)))
            self.heads[name] = self.world.model.manifests[name].head
        self.act(self._opener(consignment), "load", consignment, entries)

    def go_on(self) -> None:
        consignment = self._any()
        if consignment is None:
            return
        kept = self.world.model.consignments[consignment]
        choices = NEXT.get((kept.kind, kept.stage))
        if choices is None:
            return
        who, function = self.draw.choice(choices)
        who = self._opener(consignment) if who == "logistics" else who
        after = self.draw.choice((1, 1, 1, HOUR, 30 * HOUR))
        self.act(who, function, *self._arguments(consignment, function), after=after)

    def meddle(self) -> None:
        """What any consignment waits for, by anybody."""
        consignment = self._any() or a_hash("nowhere")
        _, function = self.draw.choice(self.draw.choice(list(NEXT.values())))
        self.act(self.draw.choice(CARRIERS), function, *self._arguments(consignment, function))

    def take_out(self) -> None:
        consignment = self._any()
        if consignment is None or not self.lists.get(consignment):
            return
        entries = self.lists[consignment]
        place = self.draw.randrange(len(entries))
        before, tail = fold(consignment, entries[:place]), entries[place:]
        parcels = tail[0].parcels & self.draw.choice((tail[0].parcels, self.draw.randint(1, 31)))
        if self.draw.random() < 0.1:
            tail, parcels = tail[:-1], parcels | self.draw.randint(0, 63)
        reason = self.draw.choice(list(TakingReason))
        who = self._opener(consignment) if reason is TakingReason.Offloaded else self._customs()
        self.act(who, "takeOut", consignment, before, tail, parcels, reason, FILE)

    def cancel(self) -> None:
        consignment = self._any()
        if consignment is not None and self.draw.random() < 0.3:
            who = self.draw.choice((self._opener(consignment), self._customs()))
            self.act(who, "cancelConsignment", consignment, FILE)

    def raise_or_settle(self) -> None:
        consignment, anomalies = self._any(), self.world.model.anomalies
        if anomalies and self.draw.random() < 0.6:
            waiting = [n for n, entry in anomalies.items() if entry.settled_at == 0]
            self.act(self._customs(), "settleAnomaly", self.draw.choice(waiting or [1]), FILE)
        elif consignment is not None:
            kind, after = self.draw.choice(list(AnomalyKind)), self.draw.choice((1, 1, 25 * HOUR))
            self.act(self._customs(), "raiseAnomaly", consignment, kind, FILE, 1, FILE, after=after)

    def end_or_renew_the_lane(self) -> None:
        if self.world.model.is_lane_in_force(self.lane, self.world.now + 1):
            if self.draw.random() < 0.2:
                self.act(self._customs(), "endLane", self.lane, FILE)
        else:
            self.lane = self.world.lane(notice_days=self.draw.choice((0, 1)))

    # -- parcels

    def take_a_step(self) -> None:
        """Whatever the table allows now: the roads on which parcels could leave a consignment."""
        ready = [e for e in steps_ready(self.world) if e[0] not in ("case_register", "carriage", "suspended")]
        if self.draw.random() < 0.7:
            ready = [entry for entry in ready if entry[2] in KEEPING] or ready
        if ready:
            who, manifest, step, parcels = self.draw.choice(ready)
            some = sum(1 << n for n in indices(parcels) if self.draw.random() < 0.4) or parcels
            function = self.draw.choice(("record", "tryRecord"))
            self.act(who, function, [Record(manifest, step, some, a_hash(step))])

    def reinspect(self) -> None:
        manifest, reason = (
            self.draw.choice(list(self.world.model.manifests)),
            self.draw.choice(list(ReinspectionReason)),
        )
        self.act(self.draw.choice(CALLERS), "reinspect", manifest, self.draw.randint(0, 31), reason, FILE)

    # -- choosing

    def _any(self, stage: ConsignmentStage | None = None) -> bytes | None:
        """A consignment, mostly one that is not over."""
        every = self.world.model.consignments
        going = [n for n, kept in every.items() if not kept.stage.is_final and stage in (None, kept.stage)]
        if going and self.draw.random() < 0.93:
            return self.draw.choice(going)
        return self.draw.choice(list(every)) if every else None

    def _opener(self, consignment: bytes) -> str:
        names = {number: name for name, number in self.world.numbers.items()}
        return names[self.world.model.consignments[consignment].opener_no]

    def _customs(self) -> str:
        return self.draw.choice(("customs_suzhou", "customs_pudong", "customs_pudong", "customs_jiaxing"))

    def _arguments(self, consignment: bytes, function: str) -> tuple[Any, ...]:
        kept = self.world.model.consignments.get(consignment)
        if function == "verifyConsignment":
            count = 0 if kept is None else max(0, kept.count + self.draw.choice((0, 0, 0, -1, 1)))
            return consignment, self.draw.random() < 0.8, count, FILE
        if function not in WALKS:
            return consignment, FILE
        entries = list(self.lists.get(consignment, []))
        if kept is not None and kept.pending != bytes(32):
            heads = [fold(consignment, entries[:n]) for n in range(len(entries) + 1)]
            entries = entries[: heads.index(kept.pending)]
        start = self.draw.choice((0, 0, self.draw.randint(0, len(entries))))
        before, piece = fold(consignment, entries[:start]), entries[start:]
        if piece and self.draw.random() < 0.1:
            piece = self.draw.choice((piece[:-1], [*piece, piece[0]], [Entry(piece[0].manifest, 1), *piece[1:]]))
        return consignment, before, piece, FILE


def assert_lawful(walk: Walk) -> None:
    """A parcel is in at most one open consignment, counts equal lists, and what is inside is on the road."""
    inside: dict[bytes, int] = {}
    for name, kept in walk.world.model.consignments.items():
        entries = walk.lists.get(name, [])
        assert kept.head == fold(name, entries)
        assert (kept.count, kept.entries) == (sum(e.parcels.bit_count() for e in entries), len(entries))
        if kept.stage.is_final:
            assert kept.pending == bytes(32)
            continue
        left = entries
        releases = kept.kind is ConsignmentKind.Waybill or kept.stage is STAGE.Verified
        if kept.pending != bytes(32) and releases:
            left = next(entries[:n] for n in range(len(entries) + 1) if fold(name, entries[:n]) == kept.pending)
        for entry in left:
            assert not inside.get(entry.manifest, 0) & entry.parcels, "in two consignments"
            inside[entry.manifest] = inside.get(entry.manifest, 0) | entry.parcels
    for name, manifest in walk.world.model.manifests.items():
        flagged = manifest.sets.words[FLAG_SETS + Flag.Consigned]
        assert flagged == inside.get(name, 0), "the flag tells who is inside"
        assert not flagged & ~manifest.sets.in_states(ON_THE_ROAD), "nothing leaves but with its consignment"


@pytest.mark.parametrize("number", range(10))
def test_contracts_and_model_agree_on_every_consignment(world: World, number: int) -> None:
    walk = Walk(world, number)
    for turn in range(120):
        walk.draw.choice(walk.acts)()
        assert_lawful(walk)
        if turn % 4 == 0:
            world.assert_same_state()
            assert walk.heads == {name: kept.head for name, kept in world.model.manifests.items()}
    stages = {kept.stage for kept in world.model.consignments.values()}
    assert stages & {STAGE.WrittenOff, STAGE.Departed, STAGE.InTransit, STAGE.Arrived, STAGE.Verified}
