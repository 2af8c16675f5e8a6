"""Lanes: what two districts agree about transit; proposed by one, accepted by the other, ended by either."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from backend.chain import carriage_calls as calls
from backend.domain.commitments import keccak
from backend.domain.consignment_errors import LaneUnknown
from backend.domain.consignments import AnomalyKind
from backend.domain.instants import iso
from backend.domain.participants import Role
from backend.services.access import Caller
from backend.services.carriage_rehearsal import CarriageStage, lane_of_row
from backend.services.carriage_writing import Evidence, write
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.services.parcels import participant_json
from backend.store import consignments as store
from backend.store.database import Connection
from backend.store.profiles import names_of


def propose(
    gateway: Gateway,
    customs_no: int,
    *,
    origin_district: int,
    port_district: int,
    transit_hours: int,
    acknowledge_hours: int,
    notice_days: int,
    handled_by_port: Collection[AnomalyKind],
    text: str,
    reference: str | None = None,
) -> str:
    """A district signs first for a lane; the other reads the text here and accepts it. Operation id.

    Raises RoleMissing, LaneTermsInvalid, LaneSignatoryUnfit.
    """
    handled = sum(1 << kind for kind in set(handled_by_port))
    hashed = keccak(text.encode())
    terms = (origin_district, port_district, transit_hours, acknowledge_hours, notice_days, handled, hashed)
    facts = {
        "origin_district": f"{origin_district:04d}",
        "port_district": f"{port_district:04d}",
        "transit_hours": transit_hours,
        "acknowledge_hours": acknowledge_hours,
        "notice_days": notice_days,
        "handled_by_port": ", ".join(kind.name for kind in sorted(set(handled_by_port))),
        "text": "0x" + hashed.hex(),
    }

    def prepare(stage: CarriageStage) -> Any:
        stage.act("propose_lane", *terms, committed=False)
        store.keep_text(stage.connection, hashed, text, stage.now)
        return facts, [lambda _: calls.propose_lane(*terms)]

    return write(
        gateway, customs_no, "LaneProposal", facts, prepare, evidence=None, reference=reference, has_evidence=False
    )


def accept(gateway: Gateway, customs_no: int, lane_id: int, text: str) -> str:
    """The other district signs for the same text: the lane is in force. Operation id.

    Raises LaneUnknown, RoleMissing, LaneSignatoryUnfit, LaneStateUnfit, LaneTextDiffers.
    """
    hashed = keccak(text.encode())
    facts = {"lane_id": lane_id, "text": "0x" + hashed.hex()}

    def prepare(stage: CarriageStage) -> Any:
        stage.act("accept_lane", lane_id, hashed, committed=False)
        return facts, [lambda _: calls.accept_lane(lane_id, hashed)]

    return write(gateway, customs_no, "LaneAcceptance", facts, prepare, evidence=None, has_evidence=False)


def end(gateway: Gateway, customs_no: int, lane_id: int, evidence: Evidence) -> str:
    """Either district ends a lane with the notice agreed, or withdraws a proposal. Operation id.

    Raises LaneUnknown, RoleMissing, LaneSignatoryUnfit, LaneStateUnfit.
    """
    facts = {"lane_id": lane_id}

    def prepare(stage: CarriageStage) -> Any:
        stage.act("end_lane", lane_id)
        return facts, [lambda committed: calls.end_lane(lane_id, committed)]

    return write(gateway, customs_no, "LaneEnd", facts, prepare, evidence=evidence)


def list_lanes(
    gateway: Gateway, caller: Caller, *, cursor: str | None = None, limit: int = USUAL_ITEMS
) -> dict[str, Any]:
    """A page of lanes, newest first."""
    below = numbers_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        rows = store.find_lanes(connection, below_id=below, limit=limit + 1)
        items = _as_json(connection, rows[:limit], caller, gateway.now())
    return {"items": items, "next": cursor_of(rows[limit - 1].lane_id) if len(rows) > limit else None}


def lane_view(gateway: Gateway, caller: Caller, lane_id: int) -> dict[str, Any]:
    """One lane; its text is for customs. Raises LaneUnknown."""
    with gateway.database.read() as connection:
        row = store.lane_row(connection, lane_id)
        if row is None:
            raise LaneUnknown(lane_id=lane_id)
        (view,) = _as_json(connection, [row], caller, gateway.now())
        agreement = store.texts_of(connection, [row.text]).get(row.text) if caller.bears(Role.Customs) else None
    return view | {"agreement": agreement}


def _as_json(connection: Connection, rows: Any, caller: Caller, now: int) -> list[dict[str, Any]]:
    numbers = {number for row in rows for number in (row.proposer_no, row.accepter_no) if number}
    names = names_of(connection, numbers)
    return [_lane_json(row, caller, now, names) for row in rows]


def _lane_json(row: Any, caller: Caller, now: int, names: Any) -> dict[str, Any]:
    lane = lane_of_row(row)
    if lane.is_in_force(now):
        status = "InForce"
    elif lane.ends_at:
        status = "Ended"
    else:
        status = "Proposed"
    due = row.origin_district if row.proposed_by_port else row.port_district
    customs, ends = caller.bears(Role.Customs), (row.origin_district, row.port_district)
    yours = []
    if customs and status == "Proposed" and caller.district == due:
        yours.append("acceptance")
    if customs and not lane.ends_at and caller.district in ends:
        yours.append("end")
    return {
        "lane_id": row.lane_id,
        "status": status,
        "origin_district": f"{row.origin_district:04d}",
        "port_district": f"{row.port_district:04d}",
        "transit_hours": row.transit_hours,
        "acknowledge_hours": row.acknowledge_hours,
        "notice_days": row.notice_days,
        "handled_by_port": [kind.name for kind in AnomalyKind if row.handled_by_port >> kind & 1],
        "proposer": participant_json(row.proposer_no, names),
        "accepter": participant_json(row.accepter_no, names) if row.accepter_no else None,
        "proposed_at": iso(row.proposed_at),
        "accepted_at": iso(row.accepted_at) if row.accepted_at else None,
        "ends_at": iso(row.ends_at) if row.ends_at else None,
        "text": "0x" + row.text.hex(),
        "yours": yours,
    }
