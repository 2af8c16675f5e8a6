"""Original payment records: customs asks, the platform answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.api.dependencies import ConfirmDep, GatewayDep, answer, in_thread, scoped, written
from backend.api.schemas import USUAL, Cursor, Limit, PaymentRequestBody, PaymentRequestId
from backend.domain.errors import MediaTypeUnsupported
from backend.services.access import Caller, Scope
from backend.services.payment_request_search import list_requests, request_view
from backend.services.payment_requests import answer_request, open_request

router = APIRouter(prefix="/v1/payment-requests", tags=["payment requests"])

_customs = scoped("ask for payment records", Scope.authority)
_platform = scoped("answer with payment records", Scope.enterprise)
_reader = scoped("read requests for payment records", Scope.enterprise, Scope.authority)

_RECORD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "description": "announcement 2018 no. 165"}}},
    }
}


@router.post("", status_code=202, operation_id="open_payment_request")
async def open_payment_request(
    request: Request,
    body: PaymentRequestBody,
    gateway: GatewayDep,
    caller: Caller = _customs,
    confirm: ConfirmDep = False,
) -> Response:
    """Asks the platform of an import for the original record of its payment, until a deadline."""
    parcel_id = bytes.fromhex(body.parcel_id)
    operation_id, request_id = await in_thread(
        open_request, gateway, caller.acting_no, parcel_id, body.reason, body.hours
    )
    view = await in_thread(request_view, gateway, request_id, caller)
    return await written(request, caller, operation_id, confirm, payment_request=view)


@router.get("", operation_id="list_payment_requests")
def list_payment_requests(
    gateway: GatewayDep,
    caller: Caller = _reader,
    status: Annotated[Literal["open", "overdue", "answered"] | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """The requests of the caller's district, or those to the caller's platform, newest first."""
    return answer(list_requests(gateway, caller, status, cursor, limit))


@router.get("/{payment_request_id}", operation_id="get_payment_request")
def get_payment_request(
    payment_request_id: PaymentRequestId, gateway: GatewayDep, caller: Caller = _reader
) -> Response:
    """One request: what was asked until when, whether it was answered, what the comparison found."""
    return answer(request_view(gateway, payment_request_id, caller))


@router.post(
    "/{payment_request_id}/answer", status_code=202, operation_id="answer_payment_request", openapi_extra=_RECORD
)
async def answer_payment_request(
    request: Request,
    payment_request_id: PaymentRequestId,
    gateway: GatewayDep,
    caller: Caller = _platform,
    confirm: ConfirmDep = False,
) -> Response:
    """The platform's answer: the original payment record as JSON, compared with order and payment at once."""
    _check_media_type(request)
    body = await request.body()
    operation_id = await in_thread(answer_request, gateway, caller.acting_no, payment_request_id, body)
    view = await in_thread(request_view, gateway, payment_request_id, caller)
    return await written(request, caller, operation_id, confirm, payment_request=view)


def _check_media_type(request: Request) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != "application/json":
        raise MediaTypeUnsupported(media_type=given[:60] or "none", needed="application/json")
