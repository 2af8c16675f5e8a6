"""Participants, their accounts, roles and grades."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.dependencies import (
    CallerDep,
    ConfirmDep,
    GatewayDep,
    answer,
    in_thread,
    scoped,
    waited,
    written,
)
from backend.api.schemas import (
    USUAL,
    AccountBody,
    AddressText,
    CodeText,
    CreditGradeBody,
    Cursor,
    DistrictText,
    Limit,
    ParticipantNo,
    RegistrationBody,
    RoleName,
    RolesBody,
    SearchText,
    SuspensionBody,
)
from backend.services import membership
from backend.services.access import Caller, Scope
from backend.services.directory import list_participants, participant_view
from backend.services.membership import Registration

router = APIRouter(prefix="/v1/participants", tags=["participants"])

_registrar = scoped("register participants", Scope.governance, Scope.enterprise, Scope.authority)
_governance = scoped("change participants", Scope.governance)
_account_holder = scoped("change accounts", Scope.governance, Scope.enterprise, Scope.authority)
_grader = scoped("grade participants", Scope.authority)


@router.post("", status_code=202, operation_id="register_participant")
async def register_participant(
    request: Request,
    body: RegistrationBody,
    gateway: GatewayDep,
    caller: Caller = _registrar,
    confirm: ConfirmDep = False,
) -> Response:
    """Registers an organisation: governance any, platforms and customs sellers.

    `participant_no` is the number that it has, null until the chain has given one. A seller that is registered
    already is answered with its number (200).
    """
    wanted = Registration(
        uscc=body.uscc,
        name_zh=body.name_zh,
        name_en=body.name_en,
        roles=tuple(dict.fromkeys(body.roles)),
        customs_code=body.customs_code,
        district=int(body.district or 0),
        account=body.account,
        hosted=body.hosted,
    )
    done = await in_thread(membership.register, gateway, caller.acting_no, wanted)
    more: dict[str, Any] = {"registrar_no": caller.acting_no, "participant_no": done.participant_no}
    if done.operation_id is None:
        return answer({"operation_id": None, "standing": "known", **more})
    more |= {"standing": "stored", "account": done.account}
    if confirm:
        await waited(request, caller, done.operation_id)
        more["participant_no"] = await in_thread(membership.number_of, gateway, done.legal_identity)
    return await written(request, caller, done.operation_id, confirm, **more)


@router.get("", operation_id="list_participants")
def get_participants(
    gateway: GatewayDep,
    caller: CallerDep,
    role: Annotated[RoleName | None, Query()] = None,
    district: Annotated[DistrictText | None, Query()] = None,
    code: Annotated[CodeText | None, Query()] = None,
    search: Annotated[SearchText | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Who is registered, by number: roles, district, grade, standing, names where this gateway has them."""
    return answer(
        list_participants(
            gateway,
            role=role,
            district=int(district) if district else None,
            code=code,
            text=search,
            cursor=cursor,
            limit=limit,
        )
    )


@router.get("/{participant_no}", operation_id="get_participant")
def get_participant(participant_no: ParticipantNo, gateway: GatewayDep, caller: CallerDep) -> Response:
    """One participant with its accounts."""
    return answer(participant_view(gateway, participant_no))


@router.post("/{participant_no}/accounts", status_code=202, operation_id="add_account")
async def add_account(
    request: Request,
    participant_no: ParticipantNo,
    body: AccountBody,
    gateway: GatewayDep,
    caller: Caller = _account_holder,
    confirm: ConfirmDep = False,
) -> Response:
    """Lets another account act for a participant: a given address, or one whose key this gateway keeps."""
    operation_id, account = await in_thread(
        membership.add_account, gateway, caller.acting_no, participant_no, address=body.address
    )
    return await written(request, caller, operation_id, confirm, account=account)


@router.delete("/{participant_no}/accounts/{address}", status_code=202, operation_id="revoke_account")
async def revoke_account(
    request: Request,
    participant_no: ParticipantNo,
    address: AddressText,
    gateway: GatewayDep,
    caller: Caller = _account_holder,
    confirm: ConfirmDep = False,
) -> Response:
    """Ends an account's acting; what it recorded stays."""
    operation_id = await in_thread(membership.revoke_account, gateway, caller.acting_no, participant_no, address)
    return await written(request, caller, operation_id, confirm)


@router.post("/{participant_no}/roles", status_code=202, operation_id="set_roles")
async def set_roles(
    request: Request,
    participant_no: ParticipantNo,
    body: RolesBody,
    gateway: GatewayDep,
    caller: Caller = _governance,
    confirm: ConfirmDep = False,
) -> Response:
    """Changes what a participant may do."""
    roles, district = list(dict.fromkeys(body.roles)), int(body.district or 0)
    operation_id = await in_thread(membership.set_roles, gateway, caller.acting_no, participant_no, roles, district)
    return await written(request, caller, operation_id, confirm)


@router.post("/{participant_no}/credit-grade", status_code=202, operation_id="set_credit_grade")
async def set_credit_grade(
    request: Request,
    participant_no: ParticipantNo,
    body: CreditGradeBody,
    gateway: GatewayDep,
    caller: Caller = _grader,
    confirm: ConfirmDep = False,
) -> Response:
    """Customs grade a participant, with a reason that is kept as evidence."""
    operation_id = await in_thread(
        membership.set_credit_grade, gateway, caller.acting_no, participant_no, body.credit_grade, body.reason
    )
    return await written(request, caller, operation_id, confirm)


@router.post("/{participant_no}/suspension", status_code=202, operation_id="set_suspension")
async def set_suspension(
    request: Request,
    participant_no: ParticipantNo,
    body: SuspensionBody,
    gateway: GatewayDep,
    caller: Caller = _governance,
    confirm: ConfirmDep = False,
) -> Response:
    """Has all accounts of a participant refused, or ends that."""
    change = membership.suspend if body.suspended else membership.reinstate
    operation_id = await in_thread(change, gateway, caller.acting_no, participant_no)
    return await written(request, caller, operation_id, confirm)
