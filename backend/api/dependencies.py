"""What endpoints ask for: the gateway, the caller, and an answer that waits for the chain if told to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ParamSpec, TypeVar

import anyio
import anyio.to_thread
import orjson
from fastapi import Depends, Query, Request, Security
from fastapi.responses import Response
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from backend.api.limits import Limits
from backend.api.metrics import Metrics
from backend.api.problems import problem
from backend.domain.errors import ContractRefused, GuanlianError, MediaTypeUnsupported, Unauthenticated, error_named
from backend.services import access, operations
from backend.services.access import Caller, Scope
from backend.services.gateway import Gateway
from backend.services.operations import OperationView

P = ParamSpec("P")
T = TypeVar("T")

#: Requests that wait for the chain at once; more queue, so that waiting never takes the threads from working.
MOST_WAITING = 32

#: Webhooks tried out at once; each may take its receiver's time.
MOST_PINGS = 4

#: What an answer or a body in XML is called.
XML_TYPES = ("application/xml", "text/xml")

_bearer = HTTPBearer(auto_error=False, description="An API key of this gateway")
_header = APIKeyHeader(name="X-API-Key", auto_error=False)


def gateway_of(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


def metrics_of(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


GatewayDep = Annotated[Gateway, Depends(gateway_of)]
MetricsDep = Annotated[Metrics, Depends(metrics_of)]


def caller_if_any(
    request: Request,
    gateway: GatewayDep,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    key: Annotated[str | None, Security(_header)],
) -> Caller | None:
    """The bearer of the request's key; None for a request without one. A wrong key is refused everywhere."""
    token = key if bearer is None else bearer.credentials
    if token is None:
        # A scheme that is not ours is a key that we cannot read, not a request without one.
        if request.headers.get("authorization"):
            raise Unauthenticated()
        return None
    limits: Limits = request.app.state.limits
    address = request.client.host if request.client else "unknown"
    limits.wrong_keys.require(address)
    try:
        with gateway.database.read() as connection:
            caller = access.authenticate(connection, token)
    except Unauthenticated:
        limits.wrong_keys.take(address)
        raise
    limits.by_key.take(hashlib.sha256(token.encode()).hexdigest())
    request.state.participant_no = caller.participant_no
    return caller


AnyoneDep = Annotated[Caller | None, Depends(caller_if_any)]


def caller_of(caller: AnyoneDep) -> Caller:
    if caller is None:
        raise Unauthenticated()
    return caller


CallerDep = Annotated[Caller, Depends(caller_of)]


def scoped(action: str, *scopes: Scope) -> Any:
    """A caller whose key has one of the scopes. Raises Forbidden for any other."""

    def scoped_caller(caller: CallerDep) -> Caller:
        access.require(caller, action, *scopes)
        return caller

    return Depends(scoped_caller)


ConfirmDep = Annotated[bool, Query(description="Wait until the chain has decided")]


def answer(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer as it stands: services give plain values, nothing is left to convert."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def wants_xml(request: Request) -> bool:
    """Whether XML is preferred to JSON by the Accept header; JSON where neither is named."""
    best = {"xml": 0.0, "json": 0.0}
    for part in request.headers.get("accept", "").split(","):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        kind = "xml" if media_type in XML_TYPES else "json" if media_type == "application/json" else None
        if kind is not None:
            best[kind] = max(best[kind], weight)
    return best["xml"] > best["json"]


def require_media_type(request: Request, *taken: str) -> None:
    """Raises MediaTypeUnsupported, naming the first of those taken, for a body that is called anything else."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in taken:
        raise MediaTypeUnsupported(media_type=given[:60] or "none", needed=taken[0])


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Work that blocks, away from the event loop."""
    return await anyio.to_thread.run_sync(lambda: work(*args, **kwargs))


def reader_no(caller: Caller) -> int | None:
    """Whose operations a caller may read; None is everybody's."""
    return None if caller.sees_every_operation else caller.acting_no


async def written(request: Request, caller: Caller, operation_id: str, confirm: bool, **more: Any) -> Response:
    """The answer to a write: 202 with the operation to follow, or what the chain decided.

    Confirmed: 200. Refused by the chain, all of it: a problem document with the chain's reason, which still
    names the operation. Raises ConfirmationTimedOut.
    """
    gateway = gateway_of(request)
    address = {"Location": f"/v1/operations/{operation_id}"}
    if not confirm:
        found = await in_thread(operations.view, gateway, operation_id, reader_no(caller))
        return answer(found.as_json() | more, 202, address)
    found = await waited(request, caller, operation_id)
    refused = refusal_of(found)
    if refused is not None:
        response = problem(refused, request.url.path)
        response.headers.update(address)
        return response
    return answer(found.as_json() | more, 200, address)


async def waited(request: Request, caller: Caller, operation_id: str) -> OperationView:
    """The operation once the chain has decided all of it. Raises ConfirmationTimedOut."""
    gateway = gateway_of(request)
    limiter: anyio.CapacityLimiter = request.app.state.waiters
    return await anyio.to_thread.run_sync(
        lambda: operations.wait_confirmed(gateway, operation_id, reader_no(caller), gateway.settings.confirm_seconds),
        limiter=limiter,
        abandon_on_cancel=True,
    )


def refusal_of(found: OperationView) -> GuanlianError | None:
    """Why the chain refused an operation, if it refused all of it."""
    if not found.items or any(item["status"] != "quarantined" for item in found.items):
        return None
    reason: Mapping[str, Any] = found.items[0]["refusal"] or {}
    cls = error_named(str(reason.get("title"))) or ContractRefused
    return cls(**{"reason": "?", **(reason.get("details") or {}), "operation_id": found.operation_id})
