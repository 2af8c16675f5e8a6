"""Reading the chain: a loop of small, restartable steps over a read model that can always be rebuilt.

`tick` asks whether the last block that was read is still there, goes back to the common ancestor where it is
not, and applies the next range of events and the new cursor in one database transaction. Killed at any point,
it goes on where the last transaction ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any, get_args

import structlog

from backend.chain.client import BlockRef
from backend.chain.events import decode
from backend.domain import events as ev
from backend.domain.carriage_events import CarriageEvent
from backend.domain.commitments import manifest_root, next_head
from backend.domain.draw_events import BlockHashRecorded, RoundFailed, RoundOpened, SeedRevealed
from backend.domain.errors import GuanlianError
from backend.domain.lifecycle import (
    DUPLICATE_RAISES,
    Sets,
    Step,
    effect_of,
    indices,
)
from backend.services import catching_up, following, settling, stock
from backend.services.gateway import Gateway
from backend.services.quota_following import follow_newest
from backend.store import governance, readmodel
from backend.store.carriage_folding import roll_back_carriage, take_carriage
from backend.store.database import Connection
from backend.store.parcel_queries import parcel_ids_at
from backend.store.readmodel import Cursor, word

log = structlog.get_logger("indexer")

#: Blocks in one step. Smaller steps show progress; larger ones ask the node less often.
RANGE = 500


class ChainInconsistent(GuanlianError):
    """The chain's events do not fold to what the contract says: a wrong contract, or a node that lies."""

    status = 503
    zh = "链上事件与合约状态不一致：申报批 {manifest}，区块 {block}"
    en = "The chain's events do not fold to the contract's head: manifest {manifest}, block {block}"


@dataclass(frozen=True, slots=True)
class Progress:
    """What a step did. `lag` is how many blocks are still to be read."""

    block: int
    events: int
    lag: int
    rolled_back_to: int | None = None


class Indexer:
    """Keeps one gateway's read model at the chain's head. One at a time per database."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.addresses = list(gateway.deployment.contracts.values())

    def tick(self) -> Progress:
        """Reads at most one range. Raises ChainUnavailable, StoreUnavailable or ChainInconsistent."""
        client = self.gateway.client
        head = client.head()
        with self.gateway.database.read() as connection:
            cursor = readmodel.get_cursor(connection)
        if cursor is not None and (ancestor := self._ancestor(cursor, head)) != cursor.block:
            if not self._roll_back(cursor, ancestor):
                return Progress(cursor.block, 0, max(1, head.number - cursor.block))
            return Progress(ancestor, 0, head.number - ancestor, rolled_back_to=ancestor)
        first = self.gateway.deployment.block if cursor is None else cursor.block + 1
        if first > head.number:
            if cursor is not None:
                self._settle(head.number)
            return Progress(head.number, 0, 0)
        last = min(head.number, first + RANGE - 1)
        raw = client.logs(first, last, self.addresses)
        blocks = self._blocks(first, last)
        logged = [event for event in map(decode, raw) if event is not None]
        known = {block.number: block.hash for block in blocks}
        if any(known.get(event.block, event.block_hash) != event.block_hash for event in logged):
            # The chain reorganised between the two questions: ask again.
            return Progress(first - 1, 0, head.number - first + 1)
        if not self._apply(cursor, logged, blocks, is_newest=last == head.number):
            return Progress(first - 1, 0, head.number - first + 1)
        return Progress(last, len(logged), head.number - last)

    def catch_up(self, progress: Callable[[Progress], None] | None = None) -> Progress:
        """Reads until nothing is left."""
        while True:
            done = self.tick()
            if progress is not None:
                progress(done)
            if done.lag == 0:
                return done

    # -----------------------------------------------------------------------------------------------

    def _blocks(self, first: int, last: int) -> list[BlockRef]:
        """The blocks of a range whose hashes are worth keeping: its newest ones."""
        wanted = range(max(first, last - readmodel.BLOCKS_KEPT + 1), last + 1)
        found = [block for block in self.gateway.client.blocks(list(wanted)) if block is not None]
        for older, newer in pairwise(found):
            if newer.parent_hash != older.hash:
                return []
        return found

    def _ancestor(self, cursor: Cursor, head: BlockRef) -> int:
        """The newest block that the chain and the read model share; the cursor's where nothing changed."""
        client = self.gateway.client
        current = client.blocks([cursor.block])[0] if cursor.block <= head.number else None
        if current is not None and current.hash == cursor.hash:
            return cursor.block
        with self.gateway.database.read() as connection:
            known = [row for row in readmodel.known_blocks(connection) if row.number <= head.number]
        for start in range(0, len(known), 50):
            part = known[start : start + 50]
            for row, block in zip(part, client.blocks([row.number for row in part]), strict=True):
                if block is not None and block.hash == row.hash:
                    return int(row.number)
        return self.gateway.deployment.block - 1

    def _roll_back(self, cursor: Cursor, ancestor: int) -> bool:
        """Goes back to the ancestor; False, and nothing done, where the read model left the cursor meanwhile."""
        with self.gateway.database.write() as connection:
            if readmodel.get_cursor(connection) != cursor:
                return False
            log.warning("reorganisation", ancestor=ancestor)
            touched = readmodel.roll_back(connection, ancestor)
            for row_id in touched:
                self._fold_anew(connection, row_id)
            governance.fold_anew(connection)
            roll_back_carriage(connection, ancestor)
            settling.unsettle(connection, ancestor, self.gateway.now())
            following.unfollow(connection, ancestor)
            self._count_anew(connection, touched)
            rest = readmodel.known_blocks(connection)
            if rest:
                readmodel.set_cursor(connection, Cursor(rest[0].number, rest[0].hash, rest[0].timestamp))
            else:
                readmodel.clear(connection)
        return True

    def _fold_anew(self, connection: Connection, row_id: int) -> None:
        manifest = readmodel.manifest_row(connection, row_id)
        sets = Sets.declared(manifest.size)
        head = manifest.root
        for record in readmodel.records_of(connection, row_id):
            if record.step != Step.Declaration:
                _apply_step(sets, manifest, Step(record.step), readmodel.number(record.parcels))
            head = record.head
        readmodel.update_manifest(connection, row_id, head, sets)

    def _count_anew(self, connection: Connection, manifest_rows: Sequence[int]) -> None:
        """Quota and bonded stock that moved with records that went away go back with them."""
        parcels = [parcel for row_id in manifest_rows for parcel in readmodel.parcels_of(connection, row_id)]
        follow_newest(connection, self.gateway.consortium_key, parcels, self.gateway.now())
        stock.follow_newest(connection, parcels, self.gateway.now())

    def _settle(self, head: int) -> None:
        with self.gateway.database.read() as connection:
            due = settling.is_due(connection, head, self.gateway.settings.confirmations)
        if due:
            with self.gateway.database.write() as connection:
                self._settle_up_to(connection, head, self.gateway.now())

    def _settle_up_to(self, connection: Connection, head: int, now: int) -> None:
        """Ends and follows what has its confirmations at this head."""
        confirmations = self.gateway.settings.confirmations
        settling.settle(connection, head, confirmations, now)
        following.follow(connection, self.gateway, head - confirmations + 1, now)

    def _apply(
        self,
        cursor: Cursor | None,
        logged: Sequence[ev.LoggedEvent],
        blocks: Sequence[BlockRef],
        *,
        is_newest: bool,
    ) -> bool:
        """Writes a range that begins behind the cursor; False where it cannot.

        That is where the chain reorganised between the questions, or the read model was cleared, to be read
        anew, since the cursor was read: the range would then leave out what comes before it.
        """
        if not blocks:
            return False
        last = blocks[-1]
        timestamps = {block.number: block.timestamp for block in blocks}
        missing = sorted({event.block for event in logged} - timestamps.keys())
        for number, block in zip(missing, self.gateway.client.blocks(missing), strict=True):
            timestamps[number] = block.timestamp if block is not None else last.timestamp
        now = self.gateway.now()
        with self.gateway.database.write() as connection:
            if readmodel.get_cursor(connection) != cursor:
                return False
            readmodel.add_blocks(
                connection,
                [
                    {
                        "number": block.number,
                        "hash": block.hash,
                        "parent_hash": block.parent_hash,
                        "timestamp": block.timestamp,
                    }
                    for block in blocks
                ],
            )
            batch = _Batch(connection, timestamps)
            for event in logged:
                batch.take(event)
            batch.finish()
            readmodel.set_cursor(connection, Cursor(last.number, last.hash, last.timestamp))
            if is_newest:
                catching_up.act(
                    connection, batch.declared, batch.touched, batch.touched_parcels(), batch.freed_parcels(), now
                )
            elif batch.touched or batch.declared:
                catching_up.postpone(connection, last.number)
            self._settle_up_to(connection, last.number, now)
        return True


class _Batch:
    """The events of one range on their way into the read model; manifests are written once at the end."""

    def __init__(self, connection: Connection, timestamps: dict[int, int]) -> None:
        self.connection = connection
        self.timestamps = timestamps
        self._declared_parcels: list[bytes] = []
        #: The manifests declared here, each with its parcels.
        self.declared: list[tuple[_Row, list[bytes]]] = []
        #: The manifests of which a record moved something, by the parcels that it moved.
        self.touched: dict[bytes, int] = {}
        #: Of those, the ones that are no longer detained.
        self._freed: dict[bytes, int] = {}
        self._open: dict[bytes, _Open] = {}
        self._records: list[dict[str, Any]] = []
        self._refusals: list[dict[str, Any]] = []
        self._anchors: list[dict[str, Any]] = []

    def take(self, logged: ev.LoggedEvent) -> None:
        event = logged.event
        place = {
            "block": logged.block,
            "log_index": logged.log_index,
            "transaction_hash": logged.transaction,
        }
        match event:
            case ev.Recorded():
                self._recorded(event, place)
            case ev.ManifestDeclared():
                self._declared(event, place)
            case ev.RecordRefused():
                self._refused(event, event.participant_no, None, event.step, event.parcels, event.flags, place)
            case ev.DeclarationRefused():
                self._refused(event, event.declarant_no, event.seller_no, Step.Declaration, 0, 0, place)
            case ev.Anchored():
                self._anchors.append(
                    {
                        "participant_no": event.participant_no,
                        "kind": event.kind,
                        "root": event.root,
                        "count": event.count,
                        "at": self.timestamps[logged.block],
                    }
                    | place
                )
            case RoundOpened() | BlockHashRecorded() | SeedRevealed() | RoundFailed():
                # Asked of the contract, and too many to be folded anew with every reorganisation.
                pass
            case _ if isinstance(event, get_args(CarriageEvent)):
                take_carriage(self.connection, event, place, self.timestamps[logged.block])
            case _:
                self._governance(event, place)

    def finish(self) -> None:
        readmodel.insert_records(self.connection, self._records)
        readmodel.insert_refusals(self.connection, self._refusals)
        readmodel.insert_anchors(self.connection, self._anchors)
        for manifest in self._open.values():
            readmodel.update_manifest(self.connection, manifest.row.id, manifest.head, manifest.sets)

    def touched_parcels(self) -> set[bytes]:
        """The parcels that were declared or moved here."""
        return {*self._declared_parcels, *self._parcels_in(self.touched)}

    def freed_parcels(self) -> set[bytes]:
        """The parcels of which a detention was lifted here."""
        return self._parcels_in(self._freed)

    def _parcels_in(self, moved: dict[bytes, int]) -> set[bytes]:
        places = {self._open[manifest].row.id: indices(parcels) for manifest, parcels in moved.items()}
        return set(parcel_ids_at(self.connection, places).values())

    def _declared(self, event: ev.ManifestDeclared, place: dict[str, Any]) -> None:
        sets = Sets.declared(len(event.parcel_ids))
        head = next_head(event.root, Step.Declaration, event.declarant_no, sets.every, event.evidence, event.at)
        if head != event.head or manifest_root(event.parcel_ids) != event.root:
            raise ChainInconsistent(manifest="0x" + event.manifest.hex(), block=place["block"])
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
            "sets": readmodel.blob_of(sets),
            "occupied": readmodel.occupied(sets),
            "block": place["block"],
        }
        row_id = readmodel.insert_manifest(self.connection, row, event.parcel_ids)
        self._open[event.manifest] = _Open(_Row(**row, id=row_id), sets, event.head)
        self._record(row_id, Step.Declaration, event.declarant_no, sets.every, event, place)
        self._declared_parcels += event.parcel_ids
        self.declared.append((self._open[event.manifest].row, list(event.parcel_ids)))

    def _recorded(self, event: ev.Recorded, place: dict[str, Any]) -> None:
        manifest = self._manifest(event.manifest)
        head = next_head(manifest.head, event.step, event.participant_no, event.parcels, event.evidence, event.at)
        if head != event.head:
            raise ChainInconsistent(manifest="0x" + event.manifest.hex(), block=place["block"])
        manifest.head = head
        _apply_step(manifest.sets, manifest.row, event.step, event.parcels)
        self.touched[event.manifest] = self.touched.get(event.manifest, 0) | event.parcels
        if event.step in (Step.DetentionLifted, Step.PortDetentionLifted):
            self._freed[event.manifest] = self._freed.get(event.manifest, 0) | event.parcels
        self._record(manifest.row.id, event.step, event.participant_no, event.parcels, event, place)

    def _record(
        self,
        row_id: int,
        step: Step,
        participant_no: int,
        parcels: int,
        event: ev.ManifestDeclared | ev.Recorded,
        place: dict[str, Any],
    ) -> None:
        self._records.append(
            {
                "manifest_row": row_id,
                "step": int(step),
                "participant_no": participant_no,
                "parcels": word(parcels),
                "evidence": event.evidence,
                "head": event.head,
                "at": event.at,
            }
            | place
        )

    def _refused(
        self,
        event: ev.RecordRefused | ev.DeclarationRefused,
        participant_no: int,
        seller_no: int | None,
        step: Step,
        parcels: int,
        flags: int,
        place: dict[str, Any],
    ) -> None:
        self._refusals.append(
            {
                "manifest": event.manifest,
                "participant_no": participant_no,
                "seller_no": seller_no,
                "step": int(step),
                "parcels": word(parcels),
                "reason": event.reason.name,
                "flags": flags,
                "at": self.timestamps[place["block"]],
            }
            | place
        )

    def _governance(self, event: Any, place: dict[str, Any]) -> None:
        name = type(event).__name__
        arguments = {
            key: value.hex() if isinstance(value, bytes) else int(value) if isinstance(value, IntEnum) else value
            for key, value in asdict(event).items()
        }
        at = self.timestamps[place["block"]]
        readmodel.insert_governance(self.connection, [{"name": name, "arguments": arguments, "at": at} | place])
        governance.apply_governance(self.connection, name, arguments, at)

    def _manifest(self, manifest: bytes) -> _Open:
        if manifest not in self._open:
            row = readmodel.manifests_by_id(self.connection, [manifest])[manifest]
            self._open[manifest] = _Open(row, readmodel.sets_of_blob(row.size, row.sets), row.head)
        return self._open[manifest]


@dataclass(slots=True)
class _Open:
    row: Any
    sets: Sets
    head: bytes


class _Row:
    """A manifest row before it is read back: the columns by name."""

    def __init__(self, **columns: Any) -> None:
        self.__dict__.update(columns)


def _apply_step(sets: Sets, manifest: Any, step: Step, parcels: int) -> None:
    """Moves parcels as a record says. The chain has checked the step; here only its effect is repeated."""
    if step == Step.DuplicateReported:
        sets.raise_flags(DUPLICATE_RAISES, parcels)
        return
    sets.apply(effect_of(step, readmodel.profile_of_row(manifest)), parcels)
