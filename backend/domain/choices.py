"""Which steps somebody may take on a parcel as it stands: the lifecycle table read from the caller's side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from backend.domain.lifecycle import (
    FLAG_SETS,
    Direction,
    Flag,
    Sets,
    State,
    Step,
    divide,
    profile_of,
    rule_for,
)
from backend.domain.participants import Role


@dataclass(frozen=True, slots=True)
class ParcelPlace:
    """Where one parcel stands, and whose its manifest is."""

    state: State
    flags: frozenset[Flag]
    direction: Direction
    supervision_mode: int
    declaring_district: int
    port_district: int
    declarant_no: int
    seller_barred: bool = False


def steps_open_to(participant_no: int, roles: Collection[Role], district: int, parcel: ParcelPlace) -> tuple[Step, ...]:
    """The steps that a participant may take on a parcel now, in the table's order.

    The contract decides anew when the step arrives; this only spares people buttons that must fail. The three
    attestations are left out: they follow from documents, not from a decision.
    """
    profile = profile_of(parcel.direction, parcel.supervision_mode, parcel.declaring_district, parcel.port_district)
    sets = _alone(parcel)
    return tuple(
        step
        for step in Step
        if step not in FROM_DOCUMENTS
        and (
            rule := rule_for(
                step,
                profile,
                in_declaring_district=district == parcel.declaring_district,
                in_port_district=district == parcel.port_district,
                is_own_declarant=participant_no == parcel.declarant_no,
            )[0]
        )
        is not None
        and rule.role in roles
        and not (rule.seller_clear and parcel.seller_barred)
        and divide(sets, rule, 1).eligible
    )


#: These come with a customs message, never by hand.
FROM_DOCUMENTS = frozenset({Step.OrderAttested, Step.PaymentAttested, Step.WaybillAttested})


def _alone(parcel: ParcelPlace) -> Sets:
    """The parcel as a manifest of its own, so that the table's set algebra answers for it."""
    sets = Sets(1)
    sets.words[parcel.state] = 1
    for flag in parcel.flags:
        sets.words[FLAG_SETS + flag] = 1
    return sets
