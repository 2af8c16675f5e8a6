"""The blacklist's writes: what authorities propose, confirm, decide and end, and what the listed party answers.

Each is a call of the contract with its evidence kept here, rehearsed on the reference model so that what the chain is
bound to refuse is refused at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backend.chain import calls
from backend.domain.errors import Forbidden, GroundsMissing, GuanlianError, InvalidInput, ListingUnknown
from backend.domain.events import Level
from backend.domain.grounds import Ground, ground_hash
from backend.domain.instants import iso
from backend.domain.listing_standing import ListingAct
from backend.services.evidence import commit_alone
from backend.services.gateway import Gateway
from backend.services.outbox import GOVERNANCE, account_of, enqueue_call, new_operation
from backend.services.rehearsal import A_COMMITMENT, Stage, told
from backend.store import listing_queries as queries
from backend.store.database import Connection

Evidence = Mapping[str, Any]

#: Beyond what any date has: the contract takes 48 bits.
_LAST_INSTANT = 2**40


def impose(
    gateway: Gateway,
    authority_no: int,
    *,
    participant_no: int,
    level: Level,
    ground: Ground,
    until: int,
    evidence: Evidence,
) -> str:
    """Proposes a listing; its party is heard, then enough other authorities confirm it or none does. Operation id.

    `until` in Unix seconds. Raises RoleMissing, ParticipantUnknown, SelfListing, ListingTermInvalid and
    GroundsMissing as the contract would; the contract decides anew.
    """
    with gateway.database.write() as connection:
        operation_id, _ = queue_listing(
            connection,
            gateway,
            authority_no,
            participant_no=participant_no,
            level=level,
            ground=ground,
            until=until,
            evidence=evidence,
        )
    return operation_id


def queue_listing(
    connection: Connection,
    gateway: Gateway,
    authority_no: int,
    *,
    participant_no: int,
    level: Level,
    ground: Ground,
    until: int,
    evidence: Evidence,
) -> tuple[str, bytes]:
    """As `impose`, within the caller's transaction; the operation's id and the commitment to its evidence."""
    if not evidence:
        raise GroundsMissing()
    stage = Stage(connection, gateway, [authority_no, participant_no])
    stage.set_listing_rules()
    account = account_of(connection, authority_no)
    bounded = min(max(until, 0), _LAST_INSTANT)
    _rehearse(stage, "impose", account, participant_no, level, ground_hash(ground), A_COMMITMENT, bounded)
    now = gateway.now()
    summary = {"participant_no": participant_no, "level": level.name, "ground": ground.value, "until": iso(until)}
    operation_id = new_operation(connection, "Listing", authority_no, summary, now)
    committed = commit_alone(
        connection,
        gateway,
        operation_id=operation_id,
        participant_no=authority_no,
        content={**evidence, "ground": ground.value},
    )
    calldata = calls.impose(participant_no, level, ground_hash(ground), committed, until)
    _queue(connection, operation_id, authority_no, calldata, now)
    return operation_id, committed


def confirm(gateway: Gateway, authority_no: int, listing_id: int, evidence: Evidence) -> str:
    """Confirms another authority's listing, once its party was heard. Customs, market, tax or foreign exchange.

    Raises HearingOpen, ConfirmationRepeated, ListingNotOpen, SelfListing, ListingUnknown, …
    """
    return _act(gateway, authority_no, listing_id, "Confirmation", "confirm", calls.confirm, evidence)


def lift(gateway: Gateway, authority_no: int, listing_id: int, evidence: Evidence) -> str:
    """Ends a listing at once: the authority that imposed it, or an appeal body that took no part in it."""
    return _act(gateway, authority_no, listing_id, "Lifting", "lift", calls.lift, evidence)


def make_statement(gateway: Gateway, speaker_no: int, listing_id: int, evidence: Evidence) -> str:
    """Puts on record what a listed party has to say. The party, or its registrar where it has no key.

    Raises ListedPartyOnly, ListingAlreadyLifted, ListingNotOpen.
    """
    act = ListingAct.MakeStatement
    return _act(gateway, speaker_no, listing_id, act, "make_statement", calls.make_statement, evidence)


def appeal(gateway: Gateway, speaker_no: int, listing_id: int, evidence: Evidence) -> str:
    """Appeals against a listing in force, once. Raises ListedPartyOnly, AppealTooLate, AppealRepeated, …"""
    act = ListingAct.AppealListing
    return _act(gateway, speaker_no, listing_id, act, "appeal_listing", calls.appeal_listing, evidence)


def decide_appeal(gateway: Gateway, authority_no: int, listing_id: int, upheld: bool, evidence: Evidence) -> str:
    """Upholds a listing or lifts it. An appeal body that took no part. Raises AppealNotImpartial, AppealMissing, …"""
    act = ListingAct.DecideListingAppeal
    return _act(
        gateway, authority_no, listing_id, act, "decide_listing_appeal", calls.decide_listing_appeal, evidence, upheld
    )


def ask_repair(gateway: Gateway, speaker_no: int, listing_id: int, evidence: Evidence) -> str:
    """Asks for the early end of a listing that has stood long enough. Raises RepairTooEarly, RepairPending, …"""
    act = ListingAct.AskRepair
    return _act(gateway, speaker_no, listing_id, act, "ask_repair", calls.ask_repair, evidence)


def decide_repair(gateway: Gateway, authority_no: int, listing_id: int, granted: bool, evidence: Evidence) -> str:
    """Decides on credit repair. The imposing authority. Raises ImposingAuthorityOnly, RepairMissing, …"""
    act = ListingAct.DecideRepair
    return _act(gateway, authority_no, listing_id, act, "decide_repair", calls.decide_repair, evidence, granted)


# ---------------------------------------------------------------------------------------------------
# What the owner sets


def set_hearing_window(gateway: Gateway, caller_no: int, hours: int) -> str:
    """How long listed parties are heard from the next listing on. Governance only; HearingWindowInvalid."""
    seconds = hours * 3600
    calldata = calls.set_hearing_window(seconds)
    return _set(gateway, caller_no, "HearingWindow", {"hours": hours}, calldata, "set_hearing_window", seconds)


def set_urgency(gateway: Gateway, caller_no: int, ground: Ground, urgent: bool) -> str:
    """Whether listings on a ground need no hearing first. Governance only."""
    calldata = calls.set_urgency(ground_hash(ground), urgent)
    summary = {"ground": ground.value, "urgent": urgent}
    return _set(gateway, caller_no, "Urgency", summary, calldata, "set_urgency", ground_hash(ground), urgent)


def set_confirmations(gateway: Gateway, caller_no: int, level: Level, confirmations: int) -> str:
    """How many other authorities a level needs. Governance only; ConfirmationsInvalid."""
    if not 0 <= confirmations < 2**8:
        raise InvalidInput(field="confirmations", value=confirmations, rule="a whole number from 1 to 7")
    calldata = calls.set_confirmations(level, confirmations)
    summary = {"level": level.name, "confirmations": confirmations}
    return _set(gateway, caller_no, "Confirmations", summary, calldata, "set_confirmations", level, confirmations)


# ---------------------------------------------------------------------------------------------------


def _act(
    gateway: Gateway,
    participant_no: int,
    listing_id: int,
    kind: str,
    rehearsed: str,
    call: Callable[..., bytes],
    evidence: Evidence,
    *arguments: bool,
) -> str:
    """Rehearses and queues an act: the listing's id, its own arguments, the commitment to its evidence."""
    now = gateway.now()
    with gateway.database.write() as connection:
        row = queries.listing_row(connection, listing_id)
        if row is None:
            raise ListingUnknown(listing_id=listing_id)
        if not evidence:
            raise GroundsMissing()
        stage = Stage(connection, gateway, [participant_no, row.participant_no])
        stage.set_listing_rules()
        for each in queries.listings_of(connection, row.participant_no):
            stage.add_listing(each.listing_id, each)
        account = account_of(connection, participant_no)
        _rehearse(stage, rehearsed, account, listing_id, *arguments, A_COMMITMENT)
        operation_id = new_operation(connection, kind, participant_no, {"listing_id": listing_id}, now)
        committed = commit_alone(
            connection,
            gateway,
            operation_id=operation_id,
            participant_no=participant_no,
            content={**evidence, "listing_id": listing_id},
        )
        _queue(connection, operation_id, participant_no, call(listing_id, *arguments, committed), now)
    return operation_id


def _set(
    gateway: Gateway,
    caller_no: int,
    kind: str,
    summary: Mapping[str, Any],
    calldata: bytes,
    rehearsed: str,
    *arguments: Any,
) -> str:
    if caller_no != GOVERNANCE:
        raise Forbidden(action="set how listings are confirmed", needed="scope governance")
    now = gateway.now()
    with gateway.database.write() as connection:
        account = account_of(connection, GOVERNANCE)
        _rehearse(Stage(connection, gateway, []), rehearsed, account, *arguments)
        operation_id = new_operation(connection, kind, GOVERNANCE, summary, now)
        _queue(connection, operation_id, GOVERNANCE, calldata, now)
    return operation_id


def _rehearse(stage: Stage, name: str, account: str, *arguments: Any) -> None:
    try:
        getattr(stage.model, name)(account, stage.now, *arguments)
    except GuanlianError as refused:
        raise told(refused) from None


def _queue(connection: Connection, operation_id: str, participant_no: int, calldata: bytes, now: int) -> None:
    enqueue_call(
        connection,
        operation_id=operation_id,
        account=account_of(connection, participant_no),
        participant_no=participant_no,
        contract="Blacklist",
        calldata=calldata,
        now=now,
    )
