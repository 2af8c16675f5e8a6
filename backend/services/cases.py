"""Infringement cases: beginning them on either route, and everything that their parties do in them.

Each act is a call of the contract, queued under the account of whoever acts, with its evidence kept here. Who may do
what and until when is the contract's to say; it is rehearsed on the reference model, so that a refusal comes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.chain import rights_calls as calls
from backend.domain.amounts import yuan_of
from backend.domain.case_standing import Act
from backend.domain.errors import (
    CaseUnknown,
    CommitmentMissing,
    ComplainantOnly,
    GuanlianError,
    InvalidInput,
    ParticipantUnknown,
)
from backend.services.evidence import commit_alone
from backend.services.gateway import Gateway
from backend.services.outbox import account_of, enqueue_call, new_operation
from backend.services.rehearsal import A_COMMITMENT, Stage, right_on_chain, told
from backend.services.steps import Target, project, targets_of
from backend.store import proceeding_queries as queries
from backend.store import readmodel
from backend.store.database import Connection
from backend.store.participant_queries import participant_row

Evidence = Mapping[str, Any]

#: What an operation and the contract are called.
CONTRACT = "InfringementCases"

#: Arguments in fen; evidence says them in yuan, as people and the API do.
_AMOUNTS = frozenset({"security", "bond"})

#: Parcels of one case: those of one manifest.
MOST_PARCELS = 256


@dataclass(frozen=True, slots=True)
class _Way:
    """How an act is rehearsed and how it is called: with the case's number, its own arguments, its evidence."""

    rehearsed: str
    call: Callable[..., bytes]
    #: The names of its own arguments, as its evidence tells them.
    names: tuple[str, ...] = ()
    #: What happens because time passed has no document behind it.
    of_itself: bool = False


_WAYS: dict[Act, _Way] = {
    Act.RequestDetention: _Way("request_detention", calls.request_detention, ("security",)),
    Act.DetainGoods: _Way("detain_goods", calls.detain_goods, ("manifest", "parcels")),
    Act.DeclineComplaint: _Way("decline_complaint", calls.decline_complaint),
    Act.RecordFinding: _Way("record_finding", calls.record_finding, ("infringing",)),
    Act.AppealFinding: _Way("appeal_finding", calls.appeal_finding),
    Act.DecideFindingAppeal: _Way("decide_finding_appeal", calls.decide_finding_appeal, ("upheld",)),
    Act.ConfirmFinding: _Way("confirm_finding", calls.confirm_finding, of_itself=True),
    Act.RecordCourtNotice: _Way("record_court_notice", calls.record_court_notice),
    Act.RecordRuling: _Way("record_ruling", calls.record_ruling, ("infringing",)),
    Act.AcceptCounterBond: _Way("accept_counter_bond", calls.accept_counter_bond, ("bond",)),
    Act.WithdrawCase: _Way("withdraw_case", calls.withdraw_case),
    Act.DeclareLapsed: _Way("declare_lapsed", calls.declare_lapsed, of_itself=True),
    Act.ChooseDisposal: _Way("choose_disposal", calls.choose_disposal),
    Act.PassOverDisposal: _Way("pass_over_disposal", calls.pass_over_disposal),
}


def notify_holder(
    gateway: Gateway,
    customs_no: int,
    *,
    right_id: int,
    heading: int,
    parcel_ids: Sequence[bytes],
    goods_value: int,
    evidence: Evidence,
) -> str:
    """Begins a case ex officio over parcels of one manifest that the caller's district holds. Operation id.

    `goods_value` in fen. Raises RightUnknown, RightNotInForce, GoodsNotCovered, ParcelsNotHeld, FlagsBlocking (a case
    is open already), CalendarMissing … as the contract would; InvalidInput for parcels of several manifests.
    """
    right = right_on_chain(gateway, right_id, heading)
    with gateway.database.write() as connection:
        target = _of_one_manifest(connection, parcel_ids)
        account = account_of(connection, customs_no)
        if right is not None:
            stage = Stage(connection, gateway, [customs_no, right[0].holder_no])
            stage.add_right(right[0], covers_heading=heading if right[1] else None)
            _set_scene(stage, connection, target)
            arguments = (right_id, heading, target.manifest, target.parcels, goods_value, A_COMMITMENT)
            _rehearse(stage, "notify_holder", account, *arguments)
        facts = {"right_id": right_id, "heading": f"{heading:04d}", "parcels": len(target.members)}
        return _queue(
            connection,
            gateway,
            customs_no,
            "HolderNotice",
            facts,
            evidence,
            lambda committed: calls.notify_holder(
                right_id, heading, target.manifest, target.parcels, goods_value, committed
            ),
        )


def lodge_complaint(
    gateway: Gateway,
    holder_no: int,
    *,
    right_id: int,
    customs_no: int,
    heading: int,
    goods_value: int,
    security: int,
    evidence: Evidence,
) -> str:
    """Asks a customs office to detain goods that are about to pass it. Amounts in fen; operation id.

    Raises ComplainantOnly, InvestigatorUnfit, SecurityInvalid, RightNotInForce … as the contract would.
    """
    right = right_on_chain(gateway, right_id, heading)
    with gateway.database.write() as connection:
        if participant_row(connection, customs_no) is None:
            raise ParticipantUnknown(participant_no=customs_no)
        account = account_of(connection, holder_no)
        if right is not None and right[0].holder_no != holder_no:
            raise ComplainantOnly(case_id=queries.newest_case(connection) + 1, participant_no=holder_no)
        if right is not None:
            stage = Stage(connection, gateway, [holder_no, customs_no, right[0].holder_no])
            stage.add_right(right[0], covers_heading=heading if right[1] else None)
            arguments = (right_id, customs_no, heading, goods_value, security, A_COMMITMENT)
            _rehearse(stage, "lodge_complaint", account, *arguments)
        facts = {"right_id": right_id, "heading": f"{heading:04d}", "customs_no": customs_no}
        return _queue(
            connection,
            gateway,
            holder_no,
            "Complaint",
            facts,
            evidence,
            lambda committed: calls.lodge_complaint(right_id, customs_no, heading, goods_value, security, committed),
        )


def detain_goods(
    gateway: Gateway, customs_no: int, case_id: int, parcel_ids: Sequence[bytes], evidence: Evidence
) -> str:
    """Puts parcels of one manifest, which the caller's district holds, under a complaint. Operation id."""
    with gateway.database.read() as connection:
        row = _known(connection, case_id)
    right = right_on_chain(gateway, row.right_id, row.heading)
    with gateway.database.write() as connection:
        target = _of_one_manifest(connection, parcel_ids)
        if right is not None:
            stage = _stage_of(connection, gateway, customs_no, case_id)
            stage.add_right(right[0], covers_heading=row.heading if right[1] else None)
            _set_scene(stage, connection, target)
            account = account_of(connection, customs_no)
            _rehearse(stage, "detain_goods", account, case_id, target.manifest, target.parcels, A_COMMITMENT)
        facts = {"case_id": case_id, "parcels": len(target.members)}
        return _queue(
            connection,
            gateway,
            customs_no,
            Act.DetainGoods,
            facts,
            evidence,
            lambda committed: calls.detain_goods(case_id, target.manifest, target.parcels, committed),
        )


def take(
    gateway: Gateway, participant_no: int, case_id: int, act: Act, *arguments: Any, evidence: Evidence | None = None
) -> str:
    """Any other act in a case: its own arguments (amounts in fen, a truth value) and its evidence. Operation id.

    Raises CaseUnknown, CaseStateUnfit, ClockRunOut, ClockRunning, ComplainantOnly, InvestigatorOnly, AppellantUnfit,
    PartiesNotSeparate, SecurityInvalid, StepNotAllowed … as the contract would; CommitmentMissing without evidence
    where the act needs it.
    """
    way = _WAYS[act]
    with gateway.database.write() as connection:
        stage = _stage_of(connection, gateway, participant_no, case_id)
        account = account_of(connection, participant_no)
        last = () if way.of_itself else (A_COMMITMENT,)
        if last and not evidence:
            raise CommitmentMissing()
        _rehearse(stage, way.rehearsed, account, case_id, *arguments, *last)
        facts = {"case_id": case_id} | {
            name: yuan_of(value) if name in _AMOUNTS else value
            for name, value in zip(way.names, arguments, strict=True)
        }
        if way.of_itself:
            calldata = way.call(case_id)
            return _queue(connection, gateway, participant_no, act, facts, None, lambda _: calldata)
        return _queue(
            connection,
            gateway,
            participant_no,
            act,
            facts,
            evidence,
            lambda committed: way.call(case_id, *arguments, committed),
        )


# ---------------------------------------------------------------------------------------------------


def _known(connection: Connection, case_id: int) -> Any:
    row = queries.case_row(connection, case_id)
    if row is None:
        raise CaseUnknown(case_id=case_id)
    return row


def _of_one_manifest(connection: Connection, parcel_ids: Sequence[bytes]) -> Target:
    """The parcels in their manifest. Raises NotFound, InvalidInput."""
    wanted = list(dict.fromkeys(parcel_ids))
    if not 1 <= len(wanted) <= MOST_PARCELS:
        raise InvalidInput(field="parcels", value=len(wanted), rule=f"1 to {MOST_PARCELS} parcels")
    found = list(targets_of(connection, wanted))
    if len(found) != 1:
        raise InvalidInput(field="parcels", value=len(found), rule="parcels of one manifest")
    return found[0]


def _stage_of(connection: Connection, gateway: Gateway, participant_no: int, case_id: int) -> Stage:
    """The model with a case, its parties and, where there are any, its goods as they will soon stand."""
    row = _known(connection, case_id)
    parties = {participant_no, row.holder_no, row.customs_no, row.seller_no, row.declarant_no} - {None}
    stage = Stage(connection, gateway, parties)
    stage.publish_years()
    stage.add_case(row)
    if row.manifest is not None:
        manifest = readmodel.manifests_by_id(connection, [row.manifest])[row.manifest]
        target = Target(row.manifest, manifest, readmodel.number(row.parcels), ())
        stage.add_manifest(manifest, project(connection, [target])[row.manifest])
    return stage


def _set_scene(stage: Stage, connection: Connection, target: Target) -> None:
    stage.publish_years()
    (manifest,) = readmodel.manifests_by_id(connection, [target.manifest]).values()
    stage.add_manifest(manifest, project(connection, [target])[target.manifest])


def _rehearse(stage: Stage, name: str, account: str, *arguments: Any) -> None:
    try:
        getattr(stage.model, name)(account, stage.now, *arguments)
    except GuanlianError as refused:
        raise told(refused) from None


def _queue(
    connection: Connection,
    gateway: Gateway,
    participant_no: int,
    kind: str,
    facts: Mapping[str, Any],
    evidence: Evidence | None,
    calldata: Callable[[bytes], bytes],
) -> str:
    """Opens the operation, keeps its evidence and queues the call that carries the commitment to it."""
    if evidence is not None and not evidence:
        raise CommitmentMissing()
    now = gateway.now()
    operation_id = new_operation(connection, kind, participant_no, facts, now)
    committed = bytes(32)
    if evidence is not None:
        committed = commit_alone(
            connection,
            gateway,
            operation_id=operation_id,
            participant_no=participant_no,
            content={**evidence, "act": str(kind), **facts},
        )
    enqueue_call(
        connection,
        operation_id=operation_id,
        account=account_of(connection, participant_no),
        participant_no=participant_no,
        contract=CONTRACT,
        calldata=calldata(committed),
        now=now,
    )
    return operation_id
