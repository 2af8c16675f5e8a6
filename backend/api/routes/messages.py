"""Customs messages in, receipts out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.dependencies import (
    XML_TYPES,
    ConfirmDep,
    GatewayDep,
    MetricsDep,
    answer,
    in_thread,
    refusal_of,
    require_media_type,
    scoped,
    waited,
    wants_xml,
)
from backend.api.problems import problem_document
from backend.domain.errors import MessageRefused
from backend.services.access import Caller, Scope
from backend.services.intake import receive_message
from backend.services.outcomes import MessageOutcome

router = APIRouter(prefix="/v1/messages", tags=["messages"])

_sender = scoped("send messages", Scope.enterprise)

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/xml": {"schema": {"type": "string", "description": "CEBnnnMessage, DxpMsg"}}},
    }
}


@router.post("", status_code=202, operation_id="send_message", openapi_extra=_BODY)
async def send_message(
    request: Request,
    gateway: GatewayDep,
    metrics: MetricsDep,
    caller: Caller = _sender,
    dry_run: bool = False,
    confirm: ConfirmDep = False,
) -> Response:
    """One CEB message of up to 100 documents, answered document by document.

    `Accept: application/xml` is answered with the receipt message that customs would send. 202: stored, to be
    followed; 200: a dry run, known before, or confirmed; 422: not one document was taken.
    """
    require_media_type(request, *XML_TYPES)
    body = await request.body()
    outcome = await in_thread(receive_message, gateway, caller.acting_no, body, dry_run=dry_run)
    metrics.count_documents(outcome)
    more: dict[str, Any] = {}
    status = _status_of(outcome, dry_run)
    if confirm and not dry_run and outcome.operation_id and not outcome.is_refused:
        found = await waited(request, caller, outcome.operation_id)
        refused = refusal_of(found)
        status = 200 if refused is None else refused.status
        more = {"operation": found.as_json()}
        if refused is not None:
            more |= problem_document(refused, request.url.path)
    headers = {"Location": f"/v1/operations/{outcome.operation_id}"} if outcome.operation_id else {}
    if wants_xml(request):
        return Response(await in_thread(outcome.as_receipt), status, headers, "application/xml")
    if outcome.is_refused:
        more |= problem_document(_all_refused(outcome), request.url.path)
    response = answer(outcome.as_json() | more, status, headers)
    if "title" in more:
        response.headers["Content-Type"] = "application/problem+json"
    return response


def _status_of(outcome: MessageOutcome, dry_run: bool) -> int:
    if outcome.is_refused:
        return 422
    return 202 if not dry_run and any(one.standing == "stored" for one in outcome.documents) else 200


def _all_refused(outcome: MessageOutcome) -> MessageRefused:
    """The first fault speaks for all; `documents` of the answer has every one."""
    first = next((fault for one in outcome.documents for fault in one.faults), None)
    return MessageRefused(
        count=len(outcome.documents),
        first_zh=outcome.documents[0].info if first is None else first["zh"],
        first_en=outcome.documents[0].info if first is None else first["en"],
    )
