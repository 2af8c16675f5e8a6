"""Recordals and licences: holders apply, headquarters decides, holders license sellers. Reading: `rights_reading`.

Refused at once, in the contract's own words, where the contract is bound to refuse; it decides anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.chain import rights_calls
from backend.domain.errors import (
    Forbidden,
    InvalidInput,
    LicenceMissing,
    LicenceTermInvalid,
    ParticipantUnknown,
    RenewalTooEarly,
)
from backend.domain.instants import iso
from backend.domain.participants import Role
from backend.domain.recordals import Asked, Goods
from backend.domain.rights import Application, RightKind
from backend.services.gateway import Gateway
from backend.services.mark_index import flags_of, overlaps_with
from backend.services.membership import require_role
from backend.services.outbox import GOVERNANCE
from backend.services.rights_writing import (
    LATEST,
    Writing,
    by_headquarters,
    own,
    own_in_force,
    require_alive,
    require_later,
    require_nothing_pending,
    seller_of,
    to_decide,
)
from backend.services.working_years import deadline
from backend.store import right_queries as queries
from backend.store.participant_queries import participant_row

#: Working days in which headquarters decides.
DECISION_DAYS = 30
#: A renewal comes in the last six months of a term, reckoned as the contract does.
RENEWAL_WINDOW = 181 * 86_400

Evidence = Mapping[str, Any]


# ---------------------------------------------------------------------------------------------------
# The holder


def apply(
    gateway: Gateway, holder_no: int, kind: RightKind, asked: Asked, underlying_until: int, evidence: Evidence
) -> str:
    """Asks for a recordal. `underlying_until` in Unix seconds: when the right itself ends. Operation id.

    Raises RoleMissing, InvalidInput, HeadingInvalid, HeadingsInvalid, UnderlyingRightEnds, GroundsMissing and
    CalendarMissing, where the time in which headquarters decides runs into a year that nobody has published.
    """
    with Writing(gateway, holder_no) as writing:
        require_role(writing.connection, holder_no, Role.RightsHolder)
        require_later(underlying_until, writing.now)
        deadline(writing.connection, writing.now, DECISION_DAYS)
        summary = {"kind": kind.name, "marks": len(asked.marks), "flags": flags_of(asked.marks)}
        writing.begin("Recordal", summary)
        marks, goods = writing.keep(asked)
        proof = writing.evidence(evidence, kind=kind.name, underlying_until=iso(underlying_until))
        numbers = asked.goods.numbers
        writing.queue(rights_calls.apply_for_recordal(kind, marks, goods, numbers, underlying_until, proof))
    return writing.operation_id


def change(gateway: Gateway, holder_no: int, right_id: int, asked: Asked, evidence: Evidence) -> str:
    """Reports changed marks or goods; they hold once headquarters approves them."""
    with Writing(gateway, holder_no) as writing:
        require_nothing_pending(own_in_force(writing, holder_no, right_id))
        deadline(writing.connection, writing.now, DECISION_DAYS)
        summary = {"right_id": right_id, "marks": len(asked.marks), "flags": flags_of(asked.marks)}
        writing.begin("RecordalChange", summary)
        marks, goods = writing.keep(asked)
        proof = writing.evidence(evidence, right_id=right_id)
        writing.queue(rights_calls.apply_for_change(right_id, marks, goods, asked.goods.numbers, proof))
    return writing.operation_id


def renew(gateway: Gateway, holder_no: int, right_id: int, underlying_until: int, evidence: Evidence) -> str:
    """Asks for another term, in the last six months of one."""
    with Writing(gateway, holder_no) as writing:
        row = own_in_force(writing, holder_no, right_id)
        require_nothing_pending(row)
        if writing.now < row.until - RENEWAL_WINDOW:
            raise RenewalTooEarly(right_id=right_id, earliest=iso(row.until - RENEWAL_WINDOW))
        require_later(underlying_until, row.until)
        deadline(writing.connection, writing.now, DECISION_DAYS)
        writing.begin("Renewal", {"right_id": right_id, "underlying_until": iso(underlying_until)})
        proof = writing.evidence(evidence, right_id=right_id, underlying_until=iso(underlying_until))
        writing.queue(rights_calls.apply_for_renewal(right_id, underlying_until, proof))
    return writing.operation_id


def withdraw(gateway: Gateway, holder_no: int, right_id: int, evidence: Evidence) -> str:
    """Gives up a right, or an application for one."""
    with Writing(gateway, holder_no) as writing:
        require_alive(writing, own(writing, holder_no, right_id))
        writing.begin("Withdrawal", {"right_id": right_id})
        proof = writing.evidence(evidence, right_id=right_id)
        writing.queue(rights_calls.withdraw_recordal(right_id, proof))
    return writing.operation_id


def license_seller(
    gateway: Gateway,
    holder_no: int,
    right_id: int,
    seller: int | str,
    headings: Sequence[str] | None,
    until: int,
    evidence: Evidence,
) -> str:
    """Permits a seller, by its number or a code of it, to trade in goods of the right; replaces a licence it has.

    Without headings all goods that the right has now. Raises RightNotInForce, LicenseeInvalid, LicenceTermInvalid,
    and InvalidInput for goods that the right lacks.
    """
    with Writing(gateway, holder_no) as writing:
        row = own_in_force(writing, holder_no, right_id)
        seller_no = seller_of(writing, seller)
        of_right = [f"{heading:04d}" for heading in row.headings]
        goods = Goods.checked(of_right if headings is None else headings)
        beyond = sorted(set(goods.headings) - set(of_right))
        if beyond:
            raise InvalidInput(field="headings", value=", ".join(beyond)[:40], rule="headings of the right")
        if not writing.now < until <= LATEST:
            raise LicenceTermInvalid(until=iso(min(max(until, 0), LATEST)))
        writing.begin("Licence", {"right_id": right_id, "seller_no": seller_no, "until": iso(until)})
        committed = writing.keep_goods(goods)
        proof = writing.evidence(evidence, right_id=right_id, seller_no=seller_no)
        writing.queue(rights_calls.grant_licence(right_id, seller_no, committed, until, proof))
    return writing.operation_id


def end_licence(gateway: Gateway, holder_no: int, right_id: int, seller_no: int, evidence: Evidence) -> str:
    """Ends a licence at once. Raises LicenceMissing where none stands."""
    with Writing(gateway, holder_no) as writing:
        own(writing, holder_no, right_id)
        row = queries.licence_row(writing.connection, right_id, seller_no)
        if row is None or row.revoked_at is not None or row.until <= writing.now:
            raise LicenceMissing(right_id=right_id, seller_no=seller_no)
        writing.begin("LicenceEnd", {"right_id": right_id, "seller_no": seller_no})
        proof = writing.evidence(evidence, right_id=right_id, seller_no=seller_no)
        writing.queue(rights_calls.revoke_licence(right_id, seller_no, proof))
    return writing.operation_id


# ---------------------------------------------------------------------------------------------------
# Headquarters


def approve(gateway: Gateway, authority_no: int, right_id: int, evidence: Evidence) -> str:
    """Grants what is asked for a right. The evidence names the recordals of others that overlap it."""
    with Writing(gateway, authority_no) as writing:
        row = to_decide(writing, authority_no, right_id)
        if row.pending == Application.Recordal:
            require_later(row.underlying_until, writing.now)
        application = Application(row.pending)
        writing.begin("Approval", {"right_id": right_id, "application": application.name})
        others = {each["right_id"] for each in overlaps_with(writing.connection, gateway.bookshelf, row, writing.now)}
        known = {"overlaps": sorted(others)} if others else {}
        proof = writing.evidence(evidence, right_id=right_id, application=application.name, **known)
        writing.queue(rights_calls.approve_application(right_id, proof))
    return writing.operation_id


def refuse(gateway: Gateway, authority_no: int, right_id: int, grounds: str, evidence: Evidence) -> str:
    """Refuses what is asked for a right, with grounds; a right in force stays as it is."""
    with Writing(gateway, authority_no) as writing:
        row = to_decide(writing, authority_no, right_id)
        application = Application(row.pending)
        writing.begin("Refusal", {"right_id": right_id, "application": application.name})
        because = writing.grounds(grounds, right_id)
        proof = writing.evidence(evidence, right_id=right_id, application=application.name)
        writing.queue(rights_calls.refuse_application(right_id, because, proof))
    return writing.operation_id


def revoke(gateway: Gateway, authority_no: int, right_id: int, grounds: str, evidence: Evidence) -> str:
    """Ends a right that should not have been recorded, with grounds."""
    with Writing(gateway, authority_no) as writing:
        require_alive(writing, by_headquarters(writing, authority_no, right_id))
        writing.begin("Revocation", {"right_id": right_id})
        because = writing.grounds(grounds, right_id)
        proof = writing.evidence(evidence, right_id=right_id)
        writing.queue(rights_calls.revoke_recordal(right_id, because, proof))
    return writing.operation_id


def name_headquarters(gateway: Gateway, caller_no: int, participant_no: int) -> str:
    """Names the customs office that decides on recordals. Governance only."""
    if caller_no != GOVERNANCE:
        raise Forbidden(action="name headquarters", needed="scope governance")
    with Writing(gateway, GOVERNANCE) as writing:
        if participant_row(writing.connection, participant_no) is None:
            raise ParticipantUnknown(participant_no=participant_no)
        require_role(writing.connection, participant_no, Role.Customs)
        writing.begin("Headquarters", {"participant_no": participant_no})
        writing.queue(rights_calls.set_headquarters(participant_no))
    return writing.operation_id
