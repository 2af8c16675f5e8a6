"""The draw as a district's gateway runs it: rounds opened, hashed and revealed, and parcels drawn from them.

For districts that decide automatically here and switched the draw on in their risk settings. A seed is made here,
kept until the chain's hash is past turning back, and revealed. Everything is read again from the chain in each round
of work, so that it goes on wherever it was stopped, and after a reorganisation.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from backend.chain import draw as chain
from backend.chain.client import BlockRef
from backend.domain.draw import FAILED, OVER, Round, RoundState, commitment_of
from backend.domain.errors import ChainUnavailable, GuanlianError, RoundUnknown
from backend.domain.lifecycle import Step
from backend.domain.participants import Role
from backend.domain.risk import RiskConfig
from backend.services import risk_settings, rulebook
from backend.services.draw_outcomes import Outcome, outcome_of
from backend.services.gateway import Gateway
from backend.services.outbox import account_of, enqueue_call, new_operation
from backend.services.steps import project, queue_step, targets_of
from backend.store import draw_rounds, examinations, readmodel, risk
from backend.store.database import Connection

log = structlog.get_logger("drawing")

#: Assessments looked at together.
PAGE = 400
#: Seconds until another round is opened in the place of one that the chain refused.
PATIENCE = 60
#: Rounds back among which a round that was just opened is looked for.
_NEWEST = 4


@dataclass(frozen=True, slots=True)
class _Moment:
    """The chain as one round of work sees it: its newest block, and the newest that has its confirmations."""

    head: BlockRef
    settled: BlockRef

    def state_of(self, entry: Round) -> RoundState:
        """Where a round that was read at the settled block stands beyond turning back."""
        return entry.state_at(self.settled.number + 1, self.settled.timestamp)


class Drawer:
    """Runs the rounds of the districts whose accounts one gateway holds. One at a time per database."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.views = chain.DrawViews(gateway.client, gateway.deployment)

    def tick(self) -> int:
        """Does what is to be done now; how many things were. Raises ChainUnavailable or StoreUnavailable."""
        with self.gateway.database.read() as connection:
            offices = examinations.hosted_customs(connection, 1 << Role.Customs)
            active = {
                district: config
                for district in offices
                if (config := risk_settings.config_of(connection, district)).draw
                and rulebook.config_of(connection, district).automatic
            }
            rows = draw_rounds.unfinished(connection)
            busy = draw_rounds.on_their_way(connection, [row.operation_id for row in rows])
            refused = draw_rounds.dropped_since(connection, self.gateway.now() - PATIENCE)
            waiting = bool(risk.pending(connection, 0, 1))
        if not (active or rows or waiting):
            return 0
        # After the outbox was read: what is no longer on its way is in this block or an earlier one.
        moment = self._moment()
        done = sum(self._advance(row, moment) for row in rows if row.operation_id not in busy)
        opening = {row.district for row in rows if row.number is None}
        for district, config in active.items():
            if district not in opening | refused and self._is_due(district, moment):
                self._open(district, offices[district], config)
                done += 1
        return done + (self._draw(offices, moment) if waiting else 0)

    def _moment(self) -> _Moment:
        head = self.gateway.client.head()
        behind = self.gateway.settings.confirmations - 1
        (settled,) = self.gateway.client.blocks([max(0, head.number - behind)]) if behind else [head]
        if settled is None:
            raise ChainUnavailable(reason="a block before the newest is missing")
        return _Moment(head, settled)

    # -----------------------------------------------------------------------------------------------
    # Rounds

    def _is_due(self, district: int, moment: _Moment) -> bool:
        """Whether the next round is to be opened: halfway through the last one, so that none lacks a block."""
        count = self.views.round_count(district)
        if count == 0:
            return True
        last = self.views.round(district, count)
        return moment.head.number >= last.opens_at + (last.closes_at - last.opens_at) // 2

    def _open(self, district: int, customs_no: int, config: RiskConfig) -> None:
        seed = secrets.token_bytes(32)
        now, commitment = self.gateway.now(), commitment_of(seed)
        calldata = chain.open_round(commitment, config.round_blocks, config.rates)
        with self.gateway.database.write() as connection:
            operation_id = self._call(connection, customs_no, "RoundOpening", district, calldata)
            draw_rounds.add_round(
                connection,
                district=district,
                customs_no=customs_no,
                seed=seed,
                commitment=commitment,
                status="opening",
                operation_id=operation_id,
                created_at=now,
                updated_at=now,
            )

    def _advance(self, row: Any, moment: _Moment) -> int:
        """Takes a round one step further, where the chain is ready for it."""
        entry = self._find(row, moment.settled.number)
        now = self.gateway.now()
        if entry is None:
            if row.number is None and self._find(row, moment.head.number) is None:
                # It was refused, or given up by hand: another seed is committed to in its place.
                with self.gateway.database.write() as connection:
                    draw_rounds.change_round(connection, row.id, now, status="dropped")
            return 0
        state = moment.state_of(entry)
        call = self._next_call(entry, state, row.seed, moment)
        with self.gateway.database.write() as connection:
            known = {"number": entry.number, "opens_at": entry.opens_at, "closes_at": entry.closes_at}
            over = state is RoundState.Revealed or (state in FAILED and entry.failed)
            changes = known | {"status": "over" if over else "running"}
            if call is not None:
                kind, calldata = call
                changes["operation_id"] = self._call(connection, row.customs_no, kind, row.district, calldata)
            draw_rounds.change_round(connection, row.id, now, **changes)
        return int(call is not None)

    def _find(self, row: Any, block: int) -> Round | None:
        """The round as the chain had it at a block; None while it was not there."""
        count = self.views.round_count(row.district, block)
        likely = [row.number] if row.number else []
        for number in [*likely, *range(count, max(0, count - _NEWEST), -1)]:
            try:
                found = self.views.round(row.district, number, block)
            except RoundUnknown:
                continue
            if found.commitment == row.commitment:
                return found
        return None

    @staticmethod
    def _next_call(entry: Round, state: RoundState, seed: bytes, moment: _Moment) -> tuple[str, bytes] | None:
        """What is to be called for a round now. The seed goes out only once its hash is settled."""
        where = (entry.district, entry.number)
        if state is RoundState.Closed and entry.hash_block <= moment.settled.number:
            return "BlockHashRecording", chain.record_block_hash(*where)
        if state is RoundState.Mixed:
            return "SeedRevealing", chain.reveal_seed(*where, seed)
        if state in FAILED and not entry.failed:
            return "RoundFailure", chain.declare_failed(*where)
        return None

    def _call(self, connection: Connection, customs_no: int, kind: str, district: int, calldata: bytes) -> str:
        # The summary goes into answers: nothing of a seed is in it.
        now, summary = self.gateway.now(), {"district": f"{district:04d}"}
        operation_id = new_operation(connection, kind, customs_no, summary, now)
        enqueue_call(
            connection,
            operation_id=operation_id,
            account=account_of(connection, customs_no),
            participant_no=customs_no,
            contract=chain.CONTRACT,
            calldata=calldata,
            now=now,
        )
        return operation_id

    # -----------------------------------------------------------------------------------------------
    # Parcels

    def _draw(self, offices: Mapping[int, int], moment: _Moment) -> int:
        """Draws every parcel whose round is over; how many were."""
        rounds: dict[tuple[int, int], Round | None] = {}
        done = after = 0
        while True:
            with self.gateway.database.read() as connection:
                rows = risk.pending(connection, after, PAGE)
            if not rows:
                return done
            after = rows[-1].id
            over = []
            for row in rows:
                if row.district in offices and row.block <= moment.settled.number:
                    key = (row.district, row.block)
                    if key not in rounds:
                        rounds[key] = self.views.round_covering(*key, moment.settled.number)
                    entry = rounds[key]
                    if entry is None or moment.state_of(entry) in OVER:
                        over.append((row, entry))
            if over:
                done += self._settle(over, offices)

    def _settle(self, over: Sequence[tuple[Any, Round | None]], offices: Mapping[int, int]) -> int:
        """Stores draws and queues what follows from them, in one transaction."""
        now = self.gateway.now()
        with self.gateway.database.write() as connection:
            parcels = [bytes(row.parcel_id) for row, _ in over]
            places = readmodel.places_of(connection, parcels)
            there = [parcel for parcel in parcels if parcel in places]
            sets = project(connection, list(targets_of(connection, there)))
            outcomes = []
            for row, entry in over:
                place = places.get(bytes(row.parcel_id), [None])[0]
                standing = sets[bytes(row.manifest)] if place is not None and place.manifest == row.manifest else None
                outcomes.append(outcome_of(row, entry, place, standing))
            found = [each for each in outcomes if each is not None]
            settled = self._take(connection, found, offices)
            risk.settle_assessments(connection, {each.row.id: each.values for each in settled}, now)
        return len(settled)

    def _take(self, connection: Connection, found: Sequence[Outcome], offices: Mapping[int, int]) -> list[Outcome]:
        """Queues the steps of outcomes, district by district; the outcomes that may be kept."""
        kept = [each for each in found if each.step is None]
        groups: dict[tuple[int, Step], list[Outcome]] = {}
        for each in found:
            if each.step is not None:
                groups.setdefault((each.row.district, each.step), []).append(each)
        for (district, step), these in groups.items():
            parcels = [bytes(each.row.parcel_id) for each in these]
            evidence = {bytes(each.row.parcel_id).hex(): each.evidence or {} for each in these}
            try:
                queue_step(connection, self.gateway, offices[district], step, parcels, evidence_of=evidence)
            except GuanlianError as fault:
                # Judged on the same data: looked at again in the next round.
                log.warning("not drawn", step=step.name, district=district, reason=fault.title)
                continue
            kept += these
        return kept
