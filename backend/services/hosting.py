"""Accounts as the operator of a gateway makes them, by hand on the gateway's own machine."""

from __future__ import annotations

from backend.services.gateway import open_gateway
from backend.services.membership import open_account
from backend.settings import Settings


def create(settings: Settings, uscc: str) -> str:
    """A new account for a legal entity; its address. Raises InvalidInput."""
    gateway = open_gateway(settings)
    try:
        return open_account(gateway, uscc)
    finally:
        gateway.close()
