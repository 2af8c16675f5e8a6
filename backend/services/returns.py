"""Returns after their approval: what customs found when the goods were back, what that frees, and what followed them.

A return is asked for by message (625, 213), which checks window and lines, and goes its way by the lifecycle's steps.
Before customs verify it they may say line by line what is there: that decides which tax is reversed, how much of the
buyer's year comes back, and what may be sold again. Without such a finding the application counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from backend.domain.anchors import AnchorKind
from backend.domain.errors import DistrictNotCompetent, InvalidInput, NotFound
from backend.domain.lifecycle import Direction, Flag, State, Step
from backend.domain.participants import Role
from backend.domain.reasons import reason_in
from backend.domain.return_errors import ReturnNotThere, ReturnRuleBroken
from backend.domain.returns import (
    Found,
    ReturnFacts,
    ReturnRule,
    Sequel,
    judge_return,
    place_fault,
    quantities_of,
    sequel_fault,
    sequel_line_faults,
    totals,
)
from backend.services.anchoring import keep_and_anchor
from backend.services.gateway import Gateway
from backend.services.membership import require_role
from backend.services.outbox import new_operation
from backend.services.stored_documents import stored_document
from backend.store import readmodel
from backend.store import returns as store
from backend.store.database import Connection
from backend.store.parcel_queries import current_documents, instants_of_steps, sets_of
from backend.store.participant_queries import participant_row
from backend.store.readmodel import Place

#: Lines of a finding: each is evidence of its own fields.
MOST_LINES = 30

STEPS = (Step.Release, Step.Departure, Step.ReturnRequested, Step.ReturnArrived, Step.ReturnVerified)


def record_finding(
    gateway: Gateway, customs_no: int, parcel_id: bytes, found: Sequence[Found], reason: str | None = None
) -> str:
    """Customs say what of a list is back and in what condition, or correct what they said for a reason. Operation id.

    In the declaring district, or where the mode lets goods come back elsewhere, and until the return is verified.
    Raises NotFound, RoleMissing, DistrictNotCompetent, ReturnNotThere, ReturnRuleBroken, InvalidInput, NotHosted.
    """
    with gateway.database.write() as connection:
        require_role(connection, customs_no, Role.Customs)
        district = _district(connection, customs_no)
        place = place_of(connection, parcel_id)
        instants = instants_of_steps(connection, {parcel_id: place}, STEPS)[parcel_id]
        facts = facts_of(place, instants, district)
        sets = sets_of(place)
        state, flags = sets.state_of(place.position), sets.flags_of(place.position)
        if facts is None or state is not State.Returning or Flag.Arrived not in flags:
            raise ReturnNotThere(parcel_id=parcel_id.hex(), state=state.name)
        if place_fault(facts.direction, place.supervision_mode, place.declaring_district, district, facts.applied_at):
            manifest, step = "0x" + place.manifest.hex(), Step.ReturnVerified.name
            raise DistrictNotCompetent(manifest=manifest, step=step, participant_no=customs_no, district=district)
        named = _checked(connection, parcel_id, found)
        relief = judge_return(facts, named)
        before = store.findings_of(connection, parcel_id, place.manifest)
        said = _reason(reason, is_correction=bool(before))
        row = {
            "parcel_id": parcel_id,
            "manifest": place.manifest,
            "number": len(before) + 1,
            "customs_no": customs_no,
            "district": district,
            "found": [[f"{each.number:f}", f"{each.quantity:f}", each.condition.value] for each in named],
            "freed": _pairs(relief.freed),
            "restocked": _pairs(relief.restocked),
            "broken": [rule.value for rule in relief.broken],
            "reason": said,
        }
        return _keep(connection, gateway, customs_no, AnchorKind.ReturnFinding, row, store.insert_finding)


def link_sequel(
    gateway: Gateway,
    participant_no: int,
    parcel_id: bytes,
    sequel: Sequel,
    successor: bytes,
    quantities: Mapping[Decimal, Decimal],
) -> str:
    """Says that a parcel replaces returned goods, or is them again; resale only of what was verified. Operation id.

    `quantities`: of a resale, by line of the original. Raises NotFound where one of the two parcels is not the
    caller's, ReturnRuleBroken, NotHosted.
    """
    with gateway.database.write() as connection:
        place = _own(connection, parcel_id, participant_no)
        if successor == parcel_id or store.sequel_to(connection, successor) is not None:
            raise ReturnRuleBroken.by(ReturnRule.SequelIsAnother, parcel_id)
        _own(connection, successor, participant_no)
        sets = sets_of(place)
        state, flags = sets.state_of(place.position), frozenset(sets.flags_of(place.position))
        if (rule := sequel_fault(sequel, state, flags)) is not None:
            raise ReturnRuleBroken.by(rule, parcel_id)
        if sequel is Sequel.Resale:
            _check_stock(connection, place, parcel_id, quantities)
        row = {
            "parcel_id": parcel_id,
            "kind": sequel.value,
            "successor": successor,
            "lines": _pairs(quantities.items()) if sequel is Sequel.Resale else [],
            "participant_no": participant_no,
        }
        return _keep(connection, gateway, participant_no, AnchorKind.ReturnSequel, row, store.insert_sequel)


def summed(lines: Iterable[tuple[Decimal, Decimal]]) -> dict[Decimal, Decimal]:
    """Quantities by line, those of one line together."""
    return totals([{number: quantity} for number, quantity in lines])


def place_of(connection: Connection, parcel_id: bytes) -> Place:
    """Where a parcel stands in its newest manifest. Raises NotFound."""
    places = readmodel.places_of(connection, [parcel_id]).get(parcel_id)
    if not places:
        raise NotFound(what="parcel", value=parcel_id.hex())
    return places[0]


def facts_of(place: Any, instants: Mapping[Step, int], return_district: int | None = None) -> ReturnFacts | None:
    """What a return's windows and relief depend on, as far as it has come; None where it is not back yet."""
    released, applied = instants.get(Step.Release), instants.get(Step.ReturnRequested)
    back = instants.get(Step.ReturnArrived)
    if released is None or applied is None or back is None:
        return None
    return ReturnFacts(
        direction=Direction(place.direction),
        supervision_mode=place.supervision_mode,
        declaring_district=place.declaring_district,
        released_at=released,
        applied_at=applied,
        back_at=back,
        return_district=return_district,
        exported_at=instants.get(Step.Departure),
    )


# ---------------------------------------------------------------------------------------------------


def _district(connection: Connection, customs_no: int) -> int:
    row = participant_row(connection, customs_no)
    return 0 if row is None else int(row.district)


def _checked(connection: Connection, parcel_id: bytes, found: Sequence[Found]) -> list[Found]:
    """The same with each line's code, each of the list and together no more than was declared."""
    if not 1 <= len(found) <= MOST_LINES:
        raise InvalidInput(field="lines", value=f"{len(found)}", rule=f"1 to {MOST_LINES} lines")
    lists = [row for row in current_documents(connection, parcel_id) if row.kind == "Declaration"]
    if not lists or lists[-1].fields is None:
        raise NotFound(what="list", value=parcel_id.hex())
    declaration = stored_document(lists[-1].message_type, lists[-1].fields)
    declared = quantities_of(declaration.lines)
    codes = {number: line.get("gcode", "") for line in declaration.lines for number in quantities_of([line])}
    if any(each.quantity <= 0 for each in found):
        raise InvalidInput(field="qty", value="0", rule="a quantity above 0")
    for number, quantity in totals([{each.number: each.quantity} for each in found]).items():
        if number not in declared:
            raise ReturnRuleBroken.by(ReturnRule.LineAsDeclared, parcel_id)
        if quantity > declared[number]:
            raise ReturnRuleBroken.by(ReturnRule.QuantityWithinRelease, parcel_id)
    return [Found(each.number, each.quantity, each.condition, codes[each.number]) for each in found]


def _check_stock(connection: Connection, place: Any, parcel_id: bytes, quantities: Mapping[Decimal, Decimal]) -> None:
    findings = store.findings_of(connection, parcel_id, place.manifest)
    if not findings:
        raise ReturnRuleBroken.by(ReturnRule.ResaleAfterVerification, parcel_id)
    restocked = _quantities(findings[-1].restocked)
    sold = totals([_quantities(row.lines) for row in store.sequels_of(connection, parcel_id)])
    if not quantities or any(True for _ in sequel_line_faults(restocked, sold, quantities)):
        raise ReturnRuleBroken.by(ReturnRule.ResaleWithinStock, parcel_id)


def _own(connection: Connection, parcel_id: bytes, participant_no: int) -> Place:
    """A parcel that a participant declared or sold; for anybody else there is none."""
    place = place_of(connection, parcel_id)
    if participant_no not in (place.declarant_no, place.seller_no):
        raise NotFound(what="parcel", value=parcel_id.hex())
    return place


def _reason(reason: str | None, *, is_correction: bool) -> str:
    if is_correction and not (reason or "").strip():
        raise InvalidInput(field="reason", value="", rule="a correction says why")
    return reason_in(reason) if reason else ""


def _keep(
    connection: Connection, gateway: Gateway, participant_no: int, kind: AnchorKind, row: dict[str, Any], insert: Any
) -> str:
    now = gateway.now()
    parcel_id: bytes = row["parcel_id"]
    operation_id = new_operation(connection, kind.name, participant_no, {"parcel_id": parcel_id.hex()}, now)
    content = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
    content = {name: value for name, value in content.items() if value not in ("", [])}
    keep_and_anchor(
        connection,
        operation_id=operation_id,
        participant_no=participant_no,
        kind=kind,
        content=content,
        now=now,
        parcel_id=parcel_id,
    )
    insert(connection, {**row, "operation_id": operation_id, "at": now})
    return operation_id


def _pairs(quantities: Any) -> list[list[str]]:
    return [[f"{number:f}", f"{quantity:f}"] for number, quantity in quantities]


def _quantities(pairs: Sequence[Sequence[str]]) -> dict[Decimal, Decimal]:
    return {Decimal(number): Decimal(quantity) for number, quantity in pairs}
