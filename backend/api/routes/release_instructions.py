"""Release instructions to terminals: given by customs, answered within a limit, settled where they were not."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field, StringConstraints

from backend.api.dependencies import GatewayDep, answer, in_thread, scoped
from backend.api.schemas import MOST_NUMBER, USUAL, Body, Cursor, Limit, ParcelIdText
from backend.domain.reasons import LONGEST_REASON
from backend.domain.release_instructions import (
    MOST_LIMIT_MINUTES,
    MOST_PARCELS,
    USUAL_LIMIT_MINUTES,
    InstructionFact,
)
from backend.services import release_instructions as instructions
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/release-instructions", tags=["release instructions"])

InstructionId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]

_customs = scoped("give release instructions", Scope.authority)
_terminal = scoped("answer release instructions", Scope.enterprise)
_party = scoped("follow release instructions", Scope.enterprise, Scope.authority)


class InstructionBody(Body):
    """Which terminal may load what: parcels, or a master bill whose parcels are known; minutes it has to answer."""

    terminal_no: Annotated[int, Field(ge=1, le=MOST_NUMBER)]
    parcels: Annotated[list[ParcelIdText], Field(max_length=MOST_PARCELS)] | None = None
    bill_no: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,37}$")] | None = None
    limit_minutes: Annotated[int, Field(ge=1, le=MOST_LIMIT_MINUTES)] = USUAL_LIMIT_MINUTES


class AcknowledgementBody(Body):
    """What the terminal has on its loading list: how many parcels, and keccak-256 of their ids in ascending order."""

    parcels: Annotated[int, Field(ge=1, le=MOST_PARCELS)]
    contents: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]


class ReasonBody(Body):
    reason: Annotated[str, StringConstraints(max_length=LONGEST_REASON)]


@router.post("", status_code=201, operation_id="issue_release_instruction")
async def issue_release_instruction(body: InstructionBody, gateway: GatewayDep, caller: Caller = _customs) -> Response:
    """Customs tell a terminal what it may load, all or nothing."""
    number = await in_thread(
        instructions.issue,
        gateway,
        caller.acting_no,
        terminal_no=body.terminal_no,
        parcels=[bytes.fromhex(parcel) for parcel in body.parcels or ()],
        bill_no=body.bill_no,
        limit_minutes=body.limit_minutes,
    )
    view = await in_thread(instructions.instruction_view, gateway, caller, number)
    return answer(view, 201, {"Location": f"/v1/release-instructions/{number}"})


@router.get("", operation_id="list_release_instructions")
def list_release_instructions(
    gateway: GatewayDep,
    caller: Caller = _party,
    open: Annotated[bool, Query(description="Only those to be answered or settled")] = False,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """A terminal's own, or those of a customs office's district, newest first."""
    return answer(instructions.list_instructions(gateway, caller, open_only=open, cursor=cursor, limit=limit))


@router.get("/{instruction_id}", operation_id="get_release_instruction")
def get_release_instruction(instruction_id: InstructionId, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """One instruction with its parcels and what became of it."""
    return answer(instructions.instruction_view(gateway, caller, instruction_id))


@router.post("/{instruction_id}/acknowledgement", status_code=201, operation_id="acknowledge_release_instruction")
async def acknowledge_release_instruction(
    instruction_id: InstructionId, body: AcknowledgementBody, gateway: GatewayDep, caller: Caller = _terminal
) -> Response:
    """The terminal has exactly these parcels on its loading list."""
    contents = bytes.fromhex(body.contents[2:])
    await in_thread(instructions.acknowledge, gateway, caller.acting_no, instruction_id, body.parcels, contents)
    return answer(await in_thread(instructions.instruction_view, gateway, caller, instruction_id), 201)


@router.post("/{instruction_id}/{act}", status_code=201, operation_id="say_of_release_instruction")
async def say_of_release_instruction(
    instruction_id: InstructionId,
    act: Literal["refusal", "withdrawal", "settlement"],
    body: ReasonBody,
    gateway: GatewayDep,
    caller: Caller = _party,
) -> Response:
    """The terminal refuses; customs withdraw the instruction, or settle what was overdue or refused."""
    fact = {
        "refusal": InstructionFact.Refused,
        "withdrawal": InstructionFact.Withdrawn,
        "settlement": InstructionFact.Settled,
    }[act]
    await in_thread(instructions.say, gateway, caller.acting_no, instruction_id, fact, body.reason)
    return answer(await in_thread(instructions.instruction_view, gateway, caller, instruction_id), 201)
