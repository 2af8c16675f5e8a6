"""What `Consignments.sol` does, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence

from backend.domain import carriage_events, consignment_errors
from backend.domain.consignments import (
    MOST_ENTRIES,
    AnomalyKind,
    ConsignmentKind,
    ConsignmentStage,
    Entry,
    ReinspectionReason,
    TakingReason,
    fold,
    next_head,
    reinspection_evidence,
)
from backend.domain.events import Event
from backend.domain.ledger import Record
from backend.domain.lifecycle import Step
from backend.domain.reference.anomalies import ReferenceAnomalies
from backend.domain.reference.consignment_book import Consignment, check_open, check_stage, unfit
from backend.domain.reference.refusing import refusal
from backend.domain.reference.registry import NO_HASH
from backend.domain.reference.rights import check_committed

_SEAL, _WAYBILL, _STAGE = ConsignmentKind.Seal, ConsignmentKind.Waybill, ConsignmentStage
HOUR = 3600


class ReferenceConsignments(ReferenceAnomalies):
    """Consignments, lanes, transit and its anomalies, over the ledger."""

    # -- contents

    def load(self, account: str, now: int, consignment: bytes, entries: Sequence[Entry]) -> list[Event]:
        kept, _ = self._as_opener(account, consignment)
        check_stage(consignment, kept, kept.kind, _STAGE.Loading)
        if kept.pending != NO_HASH:
            raise refusal(consignment_errors.StepHalfPresented, consignment=consignment, pending=kept.pending)
        if not entries:
            raise refusal(consignment_errors.ContentsMissing, consignment=consignment)
        total = kept.entries + len(entries)
        if total > MOST_ENTRIES:
            sizes = {"entries": total, "most": MOST_ENTRIES}
            raise refusal(consignment_errors.EntriesTooMany, consignment=consignment, **sizes)
        step = Step.Consigned if kept.kind is _SEAL else Step.Waybilled
        carried = self._carried(account, now, consignment, step, entries)
        kept.head, kept.entries = fold(kept.head, entries), total
        kept.count += sum(entry.parcels.bit_count() for entry in entries)
        told = tuple((entry.manifest, entry.parcels) for entry in entries)
        return [carriage_events.ConsignmentLoaded(consignment, kept.head, kept.count, told), *carried]

    def take_out(
        self,
        account: str,
        now: int,
        consignment: bytes,
        before: bytes,
        tail: Sequence[Entry],
        parcels: int,
        reason: TakingReason,
        evidence: bytes,
    ) -> list[Event]:
        kept, no = self._as_taker(account, consignment, reason)
        check_committed(evidence)
        if not tail:
            raise refusal(consignment_errors.ContentsMissing, consignment=consignment)
        entry = tail[0]
        place = {"consignment": consignment, "manifest": entry.manifest}
        if parcels == 0 or parcels & ~entry.parcels:
            raise refusal(consignment_errors.ParcelsNotInside, **place, parcels=parcels)
        self._check_presented(consignment, kept.head, before, tail)
        carried = self._carried(account, now, consignment, Step.TakenOut, [Entry(entry.manifest, parcels)])

        rest = entry.parcels & ~parcels
        if rest == 0:
            kept.entries -= 1
        was = becomes = before
        pending = kept.pending
        for n, each in enumerate(tail):
            was = next_head(was, each)
            left = rest if n == 0 else each.parcels
            becomes = next_head(becomes, Entry(each.manifest, left)) if left else becomes
            if was == kept.pending:
                pending = becomes
        kept.head, kept.pending = becomes, pending
        kept.count -= parcels.bit_count()
        if kept.stage is _STAGE.Verified and reason is not TakingReason.Short:
            kept.found = max(0, kept.found - parcels.bit_count())
        told = (before, parcels, reason, evidence, kept.head, kept.count)
        return [carriage_events.ParcelsTakenOut(consignment, entry.manifest, no, *told), *carried]

    def cancel_consignment(self, account: str, now: int, consignment: bytes, evidence: bytes) -> list[Event]:
        kept, no = self._consignment(consignment), self.authority_of(account).no
        if no != kept.opener_no:
            self._as_customs(account, consignment, origin=True, port=True)
        check_open(consignment, kept)
        if kept.count:
            raise refusal(consignment_errors.ContentsInside, consignment=consignment, count=kept.count)
        check_committed(evidence)
        kept.pending = NO_HASH
        return [self._staged(consignment, no, _STAGE.Cancelled, evidence)]

    # -- at the origin

    def apply_for_transit(self, account: str, now: int, consignment: bytes, evidence: bytes) -> list[Event]:
        kept, no = self._as_opener(account, consignment)
        check_stage(consignment, kept, _SEAL, _STAGE.Loading)
        if kept.count == 0:
            raise refusal(consignment_errors.ContentsMissing, consignment=consignment)
        check_committed(evidence)
        return [self._staged(consignment, no, _STAGE.Applied, evidence)]

    def approve_transit(self, account: str, now: int, consignment: bytes, evidence: bytes) -> list[Event]:
        kept, no = self._as_customs(account, consignment, origin=True, port=False)
        check_stage(consignment, kept, _SEAL, _STAGE.Applied)
        self._check_lane(kept.opening, now)
        check_committed(evidence)
        return [self._staged(consignment, no, _STAGE.Approved, evidence)]

    def decline_transit(self, account: str, now: int, consignment: bytes, evidence: bytes) -> list[Event]:
        kept, no = self._as_customs(account, consignment, origin=True, port=False)
        check_stage(consignment, kept, _SEAL, _STAGE.Applied)
        check_committed(evidence)
        return [self._staged(consignment, no, _STAGE.Loading, evidence)]

    def depart(
        self, account: str, now: int, consignment: bytes, before: bytes, entries: Sequence[Entry], evidence: bytes
    ) -> list[Event]:
        sealed = self._consignment(consignment).kind is _SEAL
        if sealed:
            kept, no = self._as_customs(account, consignment, origin=True, port=False)
            check_stage(consignment, kept, _SEAL, _STAGE.Approved)
        else:
            kept, no = self._as_opener(account, consignment)
            check_stage(consignment, kept, _WAYBILL, _STAGE.Loading)
        if kept.count == 0:
            raise refusal(consignment_errors.ContentsMissing, consignment=consignment)
        step = Step.TransitDeparture if sealed else Step.Departure
        found = self._walked(account, now, consignment, kept, no, step, before, entries, evidence)
        if kept.pending == NO_HASH:
            kept.departed_at = now
            if sealed:
                kept.due_at = now + self.lanes[kept.opening.lane_id].transit_hours * HOUR
            stage = _STAGE.InTransit if sealed else _STAGE.Departed
            found.append(self._staged(consignment, no, stage, evidence, kept.due_at))
        return found

    # -- at the port

    def arrive(
        self, account: str, now: int, consignment: bytes, before: bytes, entries: Sequence[Entry], evidence: bytes
    ) -> list[Event]:
        kept, no = self._as_customs(account, consignment, origin=False, port=True)
        check_stage(consignment, kept, _SEAL, _STAGE.InTransit)
        step = Step.TransitArrival
        found = self._walked(account, now, consignment, kept, no, step, before, entries, evidence)
        if kept.pending == NO_HASH:
            kept.arrived_at = now
            found.append(self._staged(consignment, no, _STAGE.Arrived, evidence))
        return found

    def verify_consignment(
        self, account: str, now: int, consignment: bytes, seal_intact: bool, found: int, evidence: bytes
    ) -> list[Event]:
        kept, no = self._as_customs(account, consignment, origin=False, port=True)
        check_stage(consignment, kept, _SEAL, _STAGE.Arrived)
        check_committed(evidence)
        kept.found = found
        told: list[Event] = [
            carriage_events.ConsignmentVerified(consignment, seal_intact, found, kept.count),
            self._staged(consignment, no, _STAGE.Verified, evidence),
        ]
        differs = (
            (AnomalyKind.SealBroken, not seal_intact),
            (AnomalyKind.Short, found < kept.count),
            (AnomalyKind.Over, found > kept.count),
        )
        for kind, is_so in differs:
            if is_so and not kept.open_kinds >> kind & 1:
                told.append(self._raised(consignment, kept, no, now, kind, NO_HASH, 0, evidence))
        return told

    def write_off(
        self, account: str, now: int, consignment: bytes, before: bytes, entries: Sequence[Entry], evidence: bytes
    ) -> list[Event]:
        kept, no = self._as_customs(account, consignment, origin=False, port=True)
        check_stage(consignment, kept, _SEAL, _STAGE.Verified)
        if kept.open_anomalies:
            unsettled = kept.open_anomalies
            raise refusal(consignment_errors.AnomaliesUnsettled, consignment=consignment, count=unsettled)
        if kept.count > kept.found:
            sizes = {"count": kept.count, "found": kept.found}
            raise refusal(consignment_errors.ContentsShort, consignment=consignment, **sizes)
        step = Step.WrittenOff
        found = self._walked(account, now, consignment, kept, no, step, before, entries, evidence)
        if kept.pending == NO_HASH:
            kept.acknowledge_by = now + self.lanes[kept.opening.lane_id].acknowledge_hours * HOUR
            found.append(self._staged(consignment, no, _STAGE.WrittenOff, evidence, kept.acknowledge_by))
        return found

    def acknowledge_release(self, account: str, now: int, consignment: bytes, evidence: bytes) -> list[Event]:
        kept, no = self._consignment(consignment), self.authority_of(account).no
        if no != kept.opening.terminal_no:
            raise refusal(consignment_errors.TerminalOnly, consignment=consignment, participant_no=no)
        if kept.stage is not _STAGE.WrittenOff or kept.acknowledged_at:
            raise unfit(consignment, kept)
        check_committed(evidence)
        kept.acknowledged_at = now
        return [carriage_events.ReleaseAcknowledged(consignment, no, evidence, now)]

    def reinspect(
        self, account: str, now: int, manifest: bytes, parcels: int, reason: ReinspectionReason, evidence: bytes
    ) -> list[Event]:
        customs = self._customs(account)
        check_committed(evidence)
        entry = Record(manifest, Step.Reinspection, parcels, reinspection_evidence(reason, evidence))
        recorded = self.record_for(self.carriage_account, now, account, [entry])
        return [carriage_events.ReinspectionOrdered(manifest, customs.no, reason, parcels, evidence), *recorded]

    # -- parts

    def _walked(
        self,
        account: str,
        now: int,
        consignment: bytes,
        kept: Consignment,
        no: int,
        step: Step,
        before: bytes,
        entries: Sequence[Entry],
        evidence: bytes,
    ) -> list[Event]:
        """A step of a piece of the list, from its end."""
        check_committed(evidence)
        self._check_presented(consignment, kept.head if kept.pending == NO_HASH else kept.pending, before, entries)
        carried = self._carried(account, now, consignment, step, entries)
        kept.pending = NO_HASH if before == consignment else before
        told = (consignment, no, step, len(entries), kept.pending, evidence)
        return [carriage_events.ConsignmentMoved(*told), *carried]

    def _check_presented(self, consignment: bytes, committed: bytes, before: bytes, entries: Sequence[Entry]) -> None:
        presented = fold(before, entries)
        if presented != committed:
            told = {"committed": committed, "presented": presented}
            raise refusal(consignment_errors.ContentsDiffer, consignment=consignment, **told)

    def _as_taker(self, account: str, consignment: bytes, reason: TakingReason) -> tuple[Consignment, int]:
        if reason is TakingReason.Offloaded:
            kept, no = self._as_opener(account, consignment)
        else:
            kept, no = self._as_customs(account, consignment, origin=True, port=True)
        check_open(consignment, kept)
        fits = {
            TakingReason.RiskHit: True,
            TakingReason.Offloaded: kept.stage < _STAGE.InTransit,
            TakingReason.Short: kept.stage >= _STAGE.Arrived,
        }[reason]
        if not fits:
            told = {"reason": reason, "stage": kept.stage}
            raise refusal(consignment_errors.TakingNotAllowed, consignment=consignment, **told)
        return kept, no
