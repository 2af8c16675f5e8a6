"""The application: the JSON interface and the pages over one gateway, inside one frame."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI

from backend.api import logs, problems
from backend.api.dependencies import MOST_PINGS, MOST_WAITING
from backend.api.envelope import Envelope
from backend.api.limits import Buckets, Limits
from backend.api.metrics import Metrics
from backend.api.routes import (
    blacklist,
    books,
    cases,
    consignments,
    flow,
    health,
    keys,
    lanes,
    lists,
    messages,
    operations,
    parcels,
    participants,
    payment_requests,
    platform_notices,
    process,
    quota,
    receipts,
    records,
    relayed_receipts,
    release_instructions,
    requests,
    returns,
    rights,
    risk,
    rulebook,
    signatures,
    statistics,
    summaries,
    tax_bills,
    webhooks,
    working_days,
)
from backend.services.gateway import Gateway
from backend.services.runner import Runner
from backend.services.status import package_version
from backend.web.routes import mount as mount_pages

ROUTERS = (
    messages.router,
    parcels.router,
    lists.router,
    records.router,
    requests.router,
    returns.router,
    participants.router,
    signatures.router,
    blacklist.router,
    rights.router,
    working_days.router,
    cases.router,
    lanes.router,
    consignments.router,
    flow.router,
    platform_notices.router,
    release_instructions.router,
    summaries.router,
    books.router,
    quota.router,
    tax_bills.router,
    payment_requests.router,
    rulebook.router,
    risk.router,
    process.router,
    statistics.router,
    relayed_receipts.router,
    operations.router,
    receipts.router,
    webhooks.router,
    keys.router,
    health.router,
)


def create_app(gateway: Gateway, runner: Runner | None = None, limits: Limits | None = None) -> FastAPI:
    """The application of a gateway. It starts and stops the runner, where this process is to have one.

    The interface's description is at /openapi.json; there is no page for it, since such pages load scripts from
    elsewhere.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.waiters = anyio.CapacityLimiter(MOST_WAITING)
        app.state.pings = anyio.CapacityLimiter(MOST_PINGS)
        if runner is not None:
            runner.start()
        yield
        if runner is not None:
            await anyio.to_thread.run_sync(runner.stop)

    logs.configure(gateway.settings.log_level)
    app = FastAPI(
        title="Guanlian 关链",
        version=package_version(),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.gateway = gateway
    app.state.runner = runner
    app.state.metrics = Metrics(gateway, None if runner is None else runner.deliverer.outcomes)
    app.state.limits = limits or usual_limits(gateway)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    mount_pages(app, gateway)
    app.add_middleware(
        Envelope,
        limits=app.state.limits,
        metrics=app.state.metrics,
        largest=gateway.settings.largest_message,
    )
    return app


def usual_limits(gateway: Gateway) -> Limits:
    """The limits that the settings name, the same for an address as for a key."""
    rate, burst = gateway.settings.rate_per_second, gateway.settings.rate_burst
    return Limits(by_address=Buckets(rate, burst), by_key=Buckets(rate, burst))
