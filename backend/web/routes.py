"""All pages of a gateway, to be hung into its application."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from backend.services.gateway import Gateway
from backend.web import console, console_parcels, console_registers, pages
from backend.web.rendering import STATIC
from backend.web.sessions import Sessions

router = APIRouter()
for part in (pages, console, console_parcels, console_registers):
    router.include_router(part.router)


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
