"""Listings that findings propose: a stated rule, its versions, and the account of the district that found last.

When a case has come out infringing for good, the rule in force looks at what was found against the seller. Where it
applies, the account of the district that made the last finding proposes a listing with the findings as evidence, if
this gateway holds that account. Nothing is confirmed here: its party is heard, and other authorities decide.
"""

from __future__ import annotations

from typing import Any

import structlog

from backend.domain.errors import Conflict, Forbidden, GuanlianError, NotFound
from backend.domain.events import Level
from backend.domain.grounds import Ground, ground_hash
from backend.domain.instants import iso
from backend.domain.proposing import (
    USUAL_RULE,
    Finding,
    Proposal,
    ProposalRule,
    load_rule,
    proposal_for,
    rule_as_json,
)
from backend.domain.rights import Outcome
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.listings import queue_listing
from backend.services.rehearsal import ledger_now, listing_of_row
from backend.store import listing_queries, outbox
from backend.store import proceeding_queries as queries
from backend.store import proposals as store
from backend.store.database import Connection

log = structlog.get_logger("proposals")

#: Versions that a view lists.
MOST_VERSIONS = 100

_GROUND = Ground.IntellectualPropertyInfringement
_DAY = 24 * 3600


def follow(connection: Connection, gateway: Gateway, after: int, up_to: int) -> None:
    """Looks at each finding that became final behind one block and up to another, in order."""
    decided = queries.events_named(connection, "CaseDecided", after, up_to)
    for event in decided:
        if event.arguments["outcome"] == Outcome.Infringing:
            _consider(connection, gateway, int(event.arguments["case_id"]))


def _consider(connection: Connection, gateway: Gateway, case_id: int) -> None:
    case = queries.case_row(connection, case_id)
    if case is None or outbox.account_of_participant(connection, case.customs_no) is None:
        return
    rule, now = rule_in_force(connection), ledger_now(connection, gateway)
    rows = [row for row in queries.findings_against(connection, case.seller_no, 0) if row.decided_at <= case.decided_at]
    against = [
        listing_of_row(row)
        for row in listing_queries.listings_of(connection, case.seller_no)
        if row.grounds == ground_hash(_GROUND)
    ]
    pending = [Level(level) for level in store.pending_levels(connection, case.seller_no)]
    found = proposal_for(rule, [Finding(row.case_id, row.decided_at) for row in rows], against, pending, now)
    if found is None:
        return
    try:
        _propose(connection, gateway, case, rule, found, now)
    except GuanlianError as refused:
        # What the chain would refuse (too many listings, a suspended office) is for a person to look at.
        log.warning("not proposed", case_id=case_id, reason=refused.title)


def _propose(
    connection: Connection, gateway: Gateway, case: Any, rule: ProposalRule, found: Proposal, now: int
) -> None:
    findings = [finding.case_id for finding in found.findings]
    operation_id, evidence = queue_listing(
        connection,
        gateway,
        case.customs_no,
        participant_no=case.seller_no,
        level=found.level,
        ground=_GROUND,
        until=now + found.days * _DAY,
        evidence={
            "by": "automatic",
            "rule": rule_as_json(rule),
            "findings": [
                {"case_id": finding.case_id, "decided_at": iso(finding.decided_at)} for finding in found.findings
            ],
        },
    )
    row = {
        "evidence": evidence,
        "operation_id": operation_id,
        "participant_no": case.seller_no,
        "level": int(found.level),
        "version": rule.version,
        "findings": findings,
        "created_at": now,
    }
    store.add_proposal(connection, row)
    log.info("proposed", level=found.level.name, rule=rule.version, findings=len(findings))


# ---------------------------------------------------------------------------------------------------
# The rule


def rule_in_force(connection: Connection) -> ProposalRule:
    """The rule loaded last, else the usual one."""
    row = store.newest_rule(connection)
    return USUAL_RULE if row is None else load_rule(row.text)


def put_rule(gateway: Gateway, caller: Caller, text: bytes) -> tuple[dict[str, Any], bool]:
    """Puts a version of the rule in force; its view, and whether it is new.

    Raises Forbidden for all but governance, InvalidInput with every wrong field, Conflict for a version that stands
    for another rule already.
    """
    if not caller.is_governance:
        raise Forbidden(action="set how findings propose listings", needed="scope governance")
    rule = load_rule(text)
    with gateway.database.write() as connection:
        known = store.rule_named(connection, rule.version)
        is_usual = rule.version == USUAL_RULE.version and rule != USUAL_RULE
        if is_usual or (known is not None and known.text != text):
            raise Conflict(key=rule.version, what="set of rules")
        if known is None:
            store.add_rule(
                connection, version=rule.version, text=text, participant_no=caller.acting_no, now=gateway.now()
            )
        return _view(connection, rule.version), known is None


def rule_view(gateway: Gateway, version: str | None = None) -> dict[str, Any]:
    """The rule in force, or a version of it, with the versions there were. Public. Raises NotFound."""
    with gateway.database.read() as connection:
        return _view(connection, version)


def _view(connection: Connection, version: str | None) -> dict[str, Any]:
    row = store.newest_rule(connection) if version is None else store.rule_named(connection, version)
    if row is None and version not in (None, USUAL_RULE.version):
        raise NotFound(what="set of rules", value=version)
    return rule_as_json(USUAL_RULE if row is None else load_rule(row.text)) | {
        "loaded_at": None if row is None else iso(row.created_at),
        "versions": [
            {"version": each.version, "loaded_at": iso(each.created_at)}
            for each in store.rule_history(connection, MOST_VERSIONS)
        ],
    }
