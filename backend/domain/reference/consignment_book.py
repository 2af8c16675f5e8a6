"""What is kept of consignments and lanes, and who acts in them: `consignments` has the acts.

The contract records in the ledger as the participant that its address is registered for; `carriage_account` is that
address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.domain import carriage_events, consignment_errors, errors
from backend.domain.consignments import (
    MOST_HOURS,
    MOST_NOTICE_DAYS,
    Anomaly,
    ConsignmentKind,
    ConsignmentStage,
    Entry,
    Lane,
    Opening,
    consignment_id,
)
from backend.domain.events import Event
from backend.domain.ledger import Record, ReferenceLedger
from backend.domain.lifecycle import Step
from backend.domain.participants import Role, has_role
from backend.domain.reference.refusing import refusal
from backend.domain.reference.registry import NO_HASH, ZERO_ACCOUNT, Authority
from backend.domain.reference.rights import check_committed

DAY = 86_400


@dataclass(slots=True)
class Consignment:
    """A consignment as it stands, with the list that the chain keeps only the head of. Instants are zero until then."""

    opener_no: int
    opening: Opening
    opened_at: int
    head: bytes
    stage: ConsignmentStage = ConsignmentStage.Loading
    pending: bytes = NO_HASH
    count: int = 0
    entries: int = 0
    found: int = 0
    open_anomalies: int = 0
    open_kinds: int = 0
    departed_at: int = 0
    due_at: int = 0
    arrived_at: int = 0
    acknowledge_by: int = 0
    acknowledged_at: int = 0

    @property
    def kind(self) -> ConsignmentKind:
        return self.opening.kind


class ReferenceConsignmentBook(ReferenceLedger):
    """Consignments and lanes, over the ledger."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.consignments: dict[bytes, Consignment] = {}
        self.consignment_numbers: dict[bytes, bytes] = {}
        self.lanes: dict[int, Lane] = {}
        self.anomalies: dict[int, Anomaly] = {}
        self.carriage_account = ZERO_ACCOUNT

    # -- lanes

    def propose_lane(
        self,
        account: str,
        now: int,
        origin: int,
        port: int,
        transit_hours: int,
        acknowledge_hours: int,
        notice_days: int,
        handled_by_port: int,
        text: bytes,
    ) -> list[Event]:
        customs, lane_id = self._customs(account), len(self.lanes) + 1
        limits = {"transit_hours": transit_hours, "acknowledge_hours": acknowledge_hours, "notice_days": notice_days}
        valid = (
            0 not in (origin, port)
            and origin != port
            and 0 < transit_hours <= MOST_HOURS
            and 0 < acknowledge_hours <= MOST_HOURS
            and notice_days <= MOST_NOTICE_DAYS
        )
        if not valid:
            raise refusal(consignment_errors.LaneTermsInvalid, origin_district=origin, port_district=port, **limits)
        if customs.district not in (origin, port):
            raise refusal(consignment_errors.LaneSignatoryUnfit, lane_id=lane_id, district=customs.district)
        check_committed(text)
        by_port = customs.district == port
        terms = (transit_hours, acknowledge_hours, notice_days, handled_by_port)
        self.lanes[lane_id] = Lane(origin, port, customs.no, 0, *terms, by_port, 0, 0, text)
        return [carriage_events.LaneProposed(lane_id, origin, port, customs.no, *terms, text)]

    def accept_lane(self, account: str, now: int, lane_id: int, text: bytes) -> list[Event]:
        lane, customs = self._lane(lane_id), self._customs(account)
        if customs.district != (lane.origin_district if lane.proposed_by_port else lane.port_district):
            raise refusal(consignment_errors.LaneSignatoryUnfit, lane_id=lane_id, district=customs.district)
        if lane.accepted_at or lane.ends_at:
            raise _lane_unfit(lane_id, lane)
        if text != lane.text:
            raise refusal(consignment_errors.LaneTextDiffers, lane_id=lane_id, text=text)
        self.lanes[lane_id] = replace(lane, accepter_no=customs.no, accepted_at=now)
        return [carriage_events.LaneAccepted(lane_id, customs.no)]

    def end_lane(self, account: str, now: int, lane_id: int, evidence: bytes) -> list[Event]:
        lane, customs = self._lane(lane_id), self._customs(account)
        if customs.district not in (lane.origin_district, lane.port_district):
            raise refusal(consignment_errors.LaneSignatoryUnfit, lane_id=lane_id, district=customs.district)
        if lane.ends_at:
            raise _lane_unfit(lane_id, lane)
        check_committed(evidence)
        ends_at = now + (lane.notice_days * DAY if lane.accepted_at else 0)
        self.lanes[lane_id] = replace(lane, ends_at=ends_at)
        return [carriage_events.LaneEnded(lane_id, customs.no, ends_at, evidence)]

    def is_lane_in_force(self, lane_id: int, at: int) -> bool:
        return lane_id in self.lanes and self.lanes[lane_id].is_in_force(at)

    # -- opening

    def open_consignment(self, account: str, now: int, opening: Opening) -> list[Event]:
        opener = self.authority_of(account)
        if not opener.has(Role.Logistics) and not opener.has(Role.Declarant):
            raise refusal(errors.RoleMissing, participant_no=opener.no, role=Role.Logistics)
        consignment = consignment_id(opener.no, opening.ref)
        self._check_opening(consignment, opening, now)
        self.consignments[consignment] = Consignment(opener.no, opening, now, consignment)
        self.consignment_numbers[opening.number] = consignment
        route = (opening.origin_district, opening.port_district)
        parties = (consignment, opener.no, opening.lane_id, opening.kind, opening.number)
        return [carriage_events.ConsignmentOpened(*parties, *route, opening.terminal_no, now)]

    def _check_opening(self, consignment: bytes, opening: Opening, now: int) -> None:
        if consignment in self.consignments:
            raise refusal(consignment_errors.ConsignmentTaken, consignment=consignment)
        check_committed(opening.number)
        if opening.number in self.consignment_numbers:
            other = self.consignment_numbers[opening.number]
            raise refusal(consignment_errors.NumberInUse, number=opening.number, consignment=other)
        sealed = opening.kind is ConsignmentKind.Seal
        if sealed:
            self._check_lane(opening, now)
        elif opening.lane_id or 0 in (opening.origin_district, opening.port_district):
            raise _lane_unfit_for(opening)
        if (opening.terminal_no or sealed) and not self._is_terminal(opening.terminal_no):
            raise refusal(consignment_errors.TerminalUnfit, terminal_no=opening.terminal_no)

    # -- parts

    def _staged(self, consignment: bytes, no: int, stage: ConsignmentStage, evidence: bytes, until: int = 0) -> Event:
        kept = self.consignments[consignment]
        kept.stage = stage
        if stage.is_final:
            del self.consignment_numbers[kept.opening.number]
        return carriage_events.ConsignmentStaged(consignment, no, stage, evidence, until)

    def _carried(self, account: str, now: int, consignment: bytes, step: Step, entries: Sequence[Entry]) -> list[Event]:
        records = [Record(entry.manifest, step, entry.parcels, consignment) for entry in entries]
        return self.record_for(self.carriage_account, now, account, records)

    # -- checks

    def _lane(self, lane_id: int) -> Lane:
        if lane_id not in self.lanes:
            raise refusal(consignment_errors.LaneUnknown, lane_id=lane_id)
        return self.lanes[lane_id]

    def _check_lane(self, opening: Opening, now: int) -> None:
        lane = self.lanes.get(opening.lane_id)
        route = (opening.origin_district, opening.port_district)
        if lane is None or not lane.is_in_force(now) or (lane.origin_district, lane.port_district) != route:
            raise _lane_unfit_for(opening)

    def _is_terminal(self, participant_no: int) -> bool:
        return participant_no != 0 and has_role(self._known(participant_no).roles, Role.SiteOperator)

    def _consignment(self, consignment: bytes) -> Consignment:
        if consignment not in self.consignments:
            raise refusal(consignment_errors.ConsignmentUnknown, consignment=consignment)
        return self.consignments[consignment]

    def _customs(self, account: str) -> Authority:
        customs = self.authority_of(account)
        if not customs.has(Role.Customs):
            raise refusal(errors.RoleMissing, participant_no=customs.no, role=Role.Customs)
        return customs

    def _as_opener(self, account: str, consignment: bytes) -> tuple[Consignment, int]:
        kept, no = self._consignment(consignment), self.authority_of(account).no
        if no != kept.opener_no:
            raise refusal(consignment_errors.OpenerOnly, consignment=consignment, participant_no=no)
        return kept, no

    def _as_customs(self, account: str, consignment: bytes, *, origin: bool, port: bool) -> tuple[Consignment, int]:
        """Customs of the ends that count."""
        kept, customs = self._consignment(consignment), self._customs(account)
        of_origin = origin and customs.district == kept.opening.origin_district
        of_port = port and customs.district == kept.opening.port_district
        if not of_origin and not of_port:
            whose = {"participant_no": customs.no, "district": customs.district}
            raise refusal(consignment_errors.DistrictOfRouteOnly, consignment=consignment, **whose)
        return kept, customs.no


def unfit(consignment: bytes, kept: Consignment) -> errors.GuanlianError:
    return refusal(consignment_errors.ConsignmentStageUnfit, consignment=consignment, kind=kept.kind, stage=kept.stage)


def check_stage(consignment: bytes, kept: Consignment, kind: ConsignmentKind, stage: ConsignmentStage) -> None:
    if (kept.kind, kept.stage) != (kind, stage):
        raise unfit(consignment, kept)


def check_open(consignment: bytes, kept: Consignment) -> None:
    if kept.stage.is_final:
        raise unfit(consignment, kept)


def _lane_unfit(lane_id: int, lane: Lane) -> errors.GuanlianError:
    return refusal(
        consignment_errors.LaneStateUnfit, lane_id=lane_id, accepted_at=lane.accepted_at, ends_at=lane.ends_at
    )


def _lane_unfit_for(opening: Opening) -> errors.GuanlianError:
    route = {"origin_district": opening.origin_district, "port_district": opening.port_district}
    return refusal(consignment_errors.LaneUnfit, lane_id=opening.lane_id, **route)
