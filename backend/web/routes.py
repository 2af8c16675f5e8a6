"""All pages of a gateway, to be hung into its application."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from backend.services.gateway import Gateway
from backend.web import (
    console,
    console_books,
    console_cases,
    console_consignments,
    console_flow,
    console_instructions,
    console_listed,
    console_messages,
    console_notices,
    console_parcels,
    console_payments,
    console_process,
    console_registers,
    console_requests,
    console_returns,
    console_rights,
    console_rules,
    console_statistics,
    console_summaries,
    console_webhooks,
    pages,
)
from backend.web.rendering import STATIC
from backend.web.sessions import Sessions

PARTS = (
    pages.router,
    console.router,
    console_messages.router,
    console_parcels.router,
    console_requests.router,
    console_returns.router,
    console_payments.router,
    console_rules.router,
    console_statistics.router,
    console_summaries.router,
    console_rights.router,
    console_webhooks.router,
    console_registers.router,
    console_books.router,
    console_cases.router,
    console_listed.router,
    console_instructions.router,
    console_consignments.router,
    console_flow.router,
    console_notices.router,
    console_process.router,
)

router = APIRouter()
for part in PARTS:
    router.include_router(part)


class _Assets(StaticFiles):
    """Static files; their addresses carry their digest, so they may be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def mount(app: FastAPI, gateway: Gateway) -> None:
    """Gives the application its pages, static files and the memory of who is signed in."""
    app.state.gateway = gateway
    app.state.sessions = Sessions()
    app.include_router(router)
    app.mount("/static", _Assets(directory=STATIC), name="static")
