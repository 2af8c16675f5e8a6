"""The draw for whoever asks: a district's rounds, a parcel's own draw, and the proof of it from the chain alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.chain.client import BlockRef, ChainClient
from backend.chain.deployment import load_deployment
from backend.chain.draw import DeclaredAt, DrawViews
from backend.domain.draw import FAILED, NO_HASH, Round, RoundState, Tier, commitment_of
from backend.domain.errors import NotFound
from backend.domain.instants import iso
from backend.domain.lifecycle import Step
from backend.domain.risk import contribution_from_json
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.sight import sees_all_documents
from backend.settings import Settings
from backend.store import risk
from backend.store.database import Connection


def rounds_view(gateway: Gateway, district: int, below: int | None, limit: int) -> dict[str, Any]:
    """A district's rounds on the chain, newest first, from the one below `below` on. Raises ChainUnavailable.

    Seeds are in it as far as they are revealed: this is read from the chain, not from what is kept here.
    """
    views, head = DrawViews(gateway.client, gateway.deployment), gateway.client.head()
    count = views.round_count(district)
    newest = count if below is None else min(count, below - 1)
    oldest = max(0, newest - limit)
    return {
        "district": f"{district:04d}",
        "rounds_in_all": count,
        "block": head.number,
        "items": [round_json(views.round(district, number), head) for number in range(newest, oldest, -1)],
        "next": str(oldest + 1) if oldest > 0 else None,
    }


def round_json(entry: Round, head: BlockRef) -> dict[str, Any]:
    """A round as everybody may see it, and where it stands at the newest block."""
    state = entry.state_at(head.number, head.timestamp)
    return {
        "number": entry.number,
        "customs_no": entry.customs_no,
        "commitment": _hex(entry.commitment),
        "opens_at": entry.opens_at,
        "closes_at": entry.closes_at,
        "hash_block": entry.hash_block,
        "block_hash": _hex_or_none(entry.block_hash),
        "reveal_by": iso(entry.reveal_by) if entry.reveal_by else None,
        "seed": _hex_or_none(entry.seed),
        "rates": {tier.name: entry.rates.of(tier) for tier in Tier},
        "state": state.name,
        "has_failed": state in FAILED,
    }


# ---------------------------------------------------------------------------------------------------
# In a parcel's view


def parcel_risk(connection: Connection, place: Any, caller: Caller | None) -> dict[str, Any] | None:
    """A parcel's assessment for customs of its districts; for its declarant what was drawn, once it is.

    None for everybody else, and where the parcel was never assessed here.
    """
    row = None if caller is None else risk.assessments_of(connection, place.parcel_id).get(bytes(place.manifest))
    if caller is None or row is None:
        return None
    drawn = {
        "status": row.status,
        "district": f"{row.district:04d}",
        "round": row.round,
        "draw_number": row.draw_number,
        "selected": row.selected,
    }
    if sees_all_documents(place, caller):
        return _assessment_json(row) | {"draw": drawn}
    if caller.participant_no is not None and caller.participant_no == place.declarant_no and row.status != "off":
        return {"draw": drawn}
    return None


def _assessment_json(row: Any) -> dict[str, Any]:
    contributions = [contribution_from_json(each) for each in row.factors["contributions"]]
    return {
        "score": row.score,
        "tier": Tier(row.tier).name,
        "treatment": row.treatment,
        "config_version": row.config_version,
        "contributions": [
            {"factor": each.factor, "points": each.points, "zh": each.zh, "en": each.en} for each in contributions
        ],
        "forced_by": row.factors["forced_by"],
        "unknown": row.factors["unknown"],
        "switched_off": row.factors["switched_off"],
        "assessed_at": iso(row.created_at),
    }


# ---------------------------------------------------------------------------------------------------
# From the chain alone


@dataclass(frozen=True, slots=True)
class CheckedDraw:
    """One declaration of a parcel with its draw, computed anew; `faults` says what does not fit."""

    declared: DeclaredAt
    index: int
    entry: Round | None
    state: RoundState | None
    number: int | None
    #: The block in which an inspection of the parcel was first ordered, if one was.
    ordered_at: int | None
    faults: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "manifest": _hex(self.declared.event.manifest),
            "index": self.index,
            "district": f"{self.declared.event.declaring_district:04d}",
            "declared_in_block": self.declared.block,
            "round": None,
            "state": None if self.state is None else self.state.name,
            "draw_number": self.number,
            "selected": None,
            "inspection_ordered_in_block": self.ordered_at,
            "faults": list(self.faults),
        }
        if self.entry is not None:
            found["round"] = {
                "number": self.entry.number,
                "commitment": _hex(self.entry.commitment),
                "opens_at": self.entry.opens_at,
                "closes_at": self.entry.closes_at,
                "hash_block": self.entry.hash_block,
                "block_hash": _hex_or_none(self.entry.block_hash),
                "seed": _hex_or_none(self.entry.seed),
                "rates": {tier.name: self.entry.rates.of(tier) for tier in Tier},
            }
            if self.number is not None:
                found["selected"] = {tier.name: self.number < self.entry.rates.of(tier) for tier in Tier}
        return found


def verify_draws(settings: Settings, parcel_id: bytes, manifest: bytes | None = None) -> list[CheckedDraw]:
    """Every declaration of a parcel with its draw, from the chain's own logs, blocks and rounds; nothing is asked of
    a gateway. `manifest` spares reading all declarations. Raises NotFound, ChainUnavailable, WrongChain.
    """
    deployment = load_deployment(settings.deployment_path)
    client = ChainClient(settings.rpc_url)
    try:
        deployment.verify(client)
        views = DrawViews(client, deployment)
        found = views.declarations_of(parcel_id) if manifest is None else [views.declaration(manifest)]
        declared = [each for each in found if each is not None and parcel_id in each.event.parcel_ids]
        if not declared:
            raise NotFound(what="parcel", value=parcel_id.hex())
        head = client.head()
        return [_checked(client, views, each, parcel_id, head) for each in declared]
    finally:
        client.close()


def _checked(
    client: ChainClient, views: DrawViews, declared: DeclaredAt, parcel_id: bytes, head: BlockRef
) -> CheckedDraw:
    event = declared.event
    index = event.parcel_ids.index(parcel_id)
    entry = views.round_covering(event.declaring_district, declared.block)
    taken: dict[Step, int] = {}
    for record, block in views.records_of(event.manifest):
        if record.parcels >> index & 1:
            taken.setdefault(record.step, block)
    ordered_at = taken.get(Step.InspectionOrdered)
    state = None if entry is None else entry.state_at(head.number, head.timestamp)
    number = entry.draw_of(event.manifest, index) if entry is not None and entry.is_revealed else None
    faults = [] if entry is None else _faults(client, entry)
    selected = entry is not None and number is not None and number < entry.rates.of(Tier.Direct)
    if selected and ordered_at is None and Step.Release in taken:
        # No tier has a lower rate than this one, so whatever the district says of the parcel's tier.
        faults.append("selected in every tier, and released without an inspection")
    return CheckedDraw(declared, index, entry, state, number, ordered_at, tuple(faults))


def _faults(client: ChainClient, entry: Round) -> list[str]:
    """What a chain that follows the contract never shows."""
    found = []
    if entry.is_revealed and commitment_of(entry.seed) != entry.commitment:
        found.append("the seed is not the one committed to")
    if entry.block_hash != NO_HASH:
        (block,) = client.blocks([entry.hash_block])
        if block is None or block.hash != entry.block_hash:
            found.append("the hash recorded is not that of its block")
    return found


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _hex_or_none(data: bytes) -> str | None:
    return None if data == NO_HASH else _hex(data)
