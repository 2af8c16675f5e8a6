"""For operators and their machines: whether the gateway lives, is ready, and how it stands."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from backend.api.dependencies import GatewayDep, MetricsDep, answer
from backend.api.metrics import MEDIA_TYPE
from backend.domain.errors import NotFound, all_errors
from backend.services import status

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="is_alive")
async def is_alive() -> Response:
    """The process answers."""
    return answer({"status": "ok", "version": status.package_version()})


@router.get("/readyz", operation_id="is_ready")
def is_ready(gateway: GatewayDep) -> Response:
    """Database, chain and read model are fit to serve: 200, else 503 with what is not."""
    checks = status.readiness(gateway)
    ready = all(checks.values())
    return answer({"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503)


@router.get("/v1/status", operation_id="get_status")
def get_status(request: Request, gateway: GatewayDep) -> Response:
    """Chain head, cursor and lag, what waits in the outbox, what is blocked and since when."""
    runner = request.app.state.runner
    return answer(status.status(gateway, runner.health() if runner is not None else None))


@router.get("/metrics", operation_id="get_metrics")
def get_metrics(metrics: MetricsDep) -> Response:
    """The same for Prometheus."""
    return Response(metrics.text(), media_type=MEDIA_TYPE)


@router.get("/problems/{title}", operation_id="explain_problem")
def explain_problem(title: Annotated[str, Path(pattern=r"^[A-Za-z]{1,60}$")]) -> Response:
    """What a problem document's type means."""
    error = all_errors().get(title)
    if error is None:
        raise NotFound(what="problem", value=title)
    return answer({"title": title, "status": error.status, "zh": error.zh, "en": error.en})
