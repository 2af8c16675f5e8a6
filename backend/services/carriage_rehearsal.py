"""Consignments and lanes acted out on the reference model before anything is queued, as `rehearsal` does with cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from backend.chain.carriage_calls import CONTRACT
from backend.domain.consignment_errors import ConsignmentUnknown
from backend.domain.consignments import (
    Anomaly,
    AnomalyKind,
    ConsignmentKind,
    ConsignmentStage,
    Entry,
    Lane,
    Opening,
)
from backend.domain.errors import GuanlianError
from backend.domain.reference.consignment_book import Consignment
from backend.domain.reference.consignments import ReferenceConsignments
from backend.domain.reference.registry import NO_HASH, ZERO_ACCOUNT
from backend.services.gateway import Gateway
from backend.services.rehearsal import A_COMMITMENT, cast, ledger_now, manifest_of_row, told
from backend.services.steps import Target, project
from backend.store import consignments as store
from backend.store import outbox, readmodel
from backend.store import proceeding_queries as queries
from backend.store.database import Connection


class CarriageStage:
    """The reference model with the lanes, and the consignment and manifests that an act needs."""

    def __init__(self, connection: Connection, gateway: Gateway, account: str, numbers: Collection[int]) -> None:
        self.connection = connection
        self.gateway = gateway
        self.account = account
        self.now = ledger_now(connection, gateway)
        self.model = ReferenceConsignments(outbox.governance_account(connection) or ZERO_ACCOUNT)
        self.model.carriage_account = gateway.deployment.contracts[CONTRACT]
        carrier = queries.number_of_address(connection, self.model.carriage_account)
        cast(self.model, connection, {*numbers} | ({carrier} if carrier else set()))
        for row in store.find_lanes(connection, below_id=None, limit=2**31 - 1):
            self.model.lanes[row.lane_id] = lane_of_row(row)

    def add_consignment(self, consignment: bytes, entries: Sequence[Entry] = ()) -> Any:
        """Its row; it and the manifests of some entries become part of the model. Raises ConsignmentUnknown."""
        row = store.consignment_row(self.connection, consignment)
        if row is None:
            raise ConsignmentUnknown(consignment="0x" + consignment.hex())
        anomalies = store.anomalies_of(self.connection, [consignment])[consignment]
        self.model.consignments[consignment] = consignment_of_row(row, anomalies)
        self.model.consignment_numbers[row.number] = consignment
        self.model.anomalies |= {each.anomaly_id: anomaly_of_row(each) for each in anomalies}
        self.add_manifests(entry.manifest for entry in entries)
        return row

    def add_manifests(self, names: Iterable[bytes]) -> None:
        """These manifests, with their sets as they will be once what this gateway has under way is done."""
        wanted = list(dict.fromkeys(names))
        rows = readmodel.manifests_by_id(self.connection, wanted)
        targets = [Target(name, row, 0, ()) for name, row in rows.items()]
        for name, sets in project(self.connection, targets).items():
            self.model.manifests[name] = manifest_of_row(rows[name], sets)

    def act(self, name: str, *arguments: Any, committed: bool = True) -> None:
        """Acts; `committed` adds the commitment to evidence that nearly every act ends with.

        Raises what the contract would refuse with.
        """
        last = (A_COMMITMENT,) if committed else ()
        try:
            getattr(self.model, name)(self.account, self.now, *arguments, *last)
        except GuanlianError as refused:
            raise told(refused) from None


def lane_of_row(row: Any) -> Lane:
    return Lane(
        row.origin_district,
        row.port_district,
        row.proposer_no,
        row.accepter_no or 0,
        row.transit_hours,
        row.acknowledge_hours,
        row.notice_days,
        row.handled_by_port,
        row.proposed_by_port,
        row.accepted_at or 0,
        row.ends_at or 0,
        row.text,
    )


def consignment_of_row(row: Any, anomalies: Sequence[Any]) -> Consignment:
    """A consignment of the read model, with all its anomalies, as the reference model has it."""
    unsettled = [each for each in anomalies if each.settled_at is None]
    kinds = {each.kind for each in unsettled} - {AnomalyKind.RiskHit}
    opening = Opening(
        ref=A_COMMITMENT,
        kind=ConsignmentKind(row.kind),
        number=row.number,
        origin_district=row.origin_district,
        port_district=row.port_district,
        lane_id=row.lane_id,
        terminal_no=row.terminal_no,
    )
    return Consignment(
        opener_no=row.opener_no,
        opening=opening,
        opened_at=row.opened_at,
        head=row.head,
        stage=ConsignmentStage(row.stage),
        pending=row.pending or NO_HASH,
        count=row.count,
        entries=row.entries,
        found=row.found or 0,
        open_anomalies=len(unsettled),
        open_kinds=sum(1 << kind for kind in kinds),
        departed_at=row.departed_at or 0,
        due_at=row.due_at or 0,
        arrived_at=row.arrived_at or 0,
        acknowledge_by=row.acknowledge_by or 0,
        acknowledged_at=row.acknowledged_at or 0,
    )


def anomaly_of_row(row: Any) -> Anomaly:
    return Anomaly(
        row.consignment,
        AnomalyKind(row.kind),
        row.owner_district,
        row.raised_by_no,
        row.raised_at,
        row.settle_by,
        row.settled_at or 0,
    )
