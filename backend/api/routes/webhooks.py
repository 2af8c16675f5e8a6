"""Where participants have their receipts sent."""

from __future__ import annotations

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.dependencies import GatewayDep, answer, scoped
from backend.api.schemas import USUAL, Cursor, DeliveryId, Limit, ReplayBody, WebhookBody, WebhookId
from backend.services import webhooks
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

_owner = scoped("manage webhooks", Scope.enterprise, Scope.authority)


@router.post("", status_code=201, operation_id="create_webhook")
def create_webhook(body: WebhookBody, gateway: GatewayDep, caller: Caller = _owner) -> Response:
    """Has the caller's receipts sent to an address. The secret that signs them is in this answer and nowhere else."""
    return answer(webhooks.create(gateway, caller.acting_no, body.url, body.since), 201)


@router.get("", operation_id="list_webhooks")
def list_webhooks(gateway: GatewayDep, caller: Caller = _owner) -> Response:
    """The caller's webhooks: whether active, what waits for each, what is dead."""
    return answer({"items": webhooks.every(gateway, caller.acting_no), "next": None})


@router.delete("/{webhook_id}", status_code=204, operation_id="remove_webhook")
def remove_webhook(webhook_id: WebhookId, gateway: GatewayDep, caller: Caller = _owner) -> Response:
    """Ends a webhook, and what was still to be sent to it."""
    webhooks.remove(gateway, caller.acting_no, webhook_id)
    return Response(status_code=204)


@router.post("/{webhook_id}/replay", operation_id="replay_webhook")
def replay_webhook(webhook_id: WebhookId, body: ReplayBody, gateway: GatewayDep, caller: Caller = _owner) -> Response:
    """Sends every receipt after `since` anew; a webhook that was switched off is active again."""
    return answer(webhooks.replay(gateway, caller.acting_no, webhook_id, body.since))


@router.post("/{webhook_id}/ping", operation_id="ping_webhook")
async def ping_webhook(
    request: Request, webhook_id: WebhookId, gateway: GatewayDep, caller: Caller = _owner
) -> Response:
    """Posts a signed message of type `ping` at once and says what the receiver answered."""
    limiter: anyio.CapacityLimiter = request.app.state.pings
    found = await anyio.to_thread.run_sync(
        webhooks.ping, gateway, caller.acting_no, webhook_id, limiter=limiter, abandon_on_cancel=True
    )
    return answer({"delivered": found.is_taken, "answer": found.text})


@router.get("/{webhook_id}/dead", operation_id="list_dead_deliveries")
def list_dead_deliveries(
    webhook_id: WebhookId, gateway: GatewayDep, cursor: Cursor = None, limit: Limit = USUAL, caller: Caller = _owner
) -> Response:
    """The deliveries that were given up, newest first, each with the receiver's last answer."""
    return answer(webhooks.dead(gateway, caller.acting_no, webhook_id, cursor, limit))


@router.post("/{webhook_id}/dead/{delivery_id}/retry", status_code=202, operation_id="retry_dead_delivery")
def retry_dead_delivery(
    webhook_id: WebhookId, delivery_id: DeliveryId, gateway: GatewayDep, caller: Caller = _owner
) -> Response:
    """Has a delivery that was given up tried again, with all its attempts before it."""
    return answer(webhooks.retry(gateway, caller.acting_no, webhook_id, delivery_id), 202)
