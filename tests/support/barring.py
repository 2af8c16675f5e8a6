"""Barring a seller on a workshop's chain, and lifting it again."""

from __future__ import annotations

from collections.abc import Callable

from backend.domain.events import Level
from backend.domain.grounds import Ground
from backend.services import listings
from backend.services.listing_views import search_listings
from backend.store.listing_queries import levels_in_force
from tests.support.workshop import Workshop


def bar(shop: Workshop, seller_no: int) -> Callable[[], None]:
    """Has two authorities bar a seller; what lifts it again is returned."""
    gateway = shop.gateway
    before = {item["listing_id"] for item in search_listings(gateway, limit=500)["items"]}
    until = gateway.now() + 86_400
    listings.impose(
        gateway,
        shop.numbers["customs_pudong"],
        participant_no=seller_no,
        level=Level.Barred,
        ground=Ground.FalseDeclaration,
        until=until,
        evidence={"finding": "empty parcels"},
    )
    shop.settle()
    (new,) = {item["listing_id"] for item in search_listings(gateway, limit=500)["items"]} - before
    listings.confirm(gateway, shop.numbers["market_regulator"], new, {"review": "file complete"})
    shop.settle()
    with gateway.database.read() as connection:
        assert levels_in_force(connection, [seller_no], gateway.now()) == {seller_no: Level.Barred}

    def lift() -> None:
        listings.lift(gateway, shop.numbers["customs_pudong"], new, {"appeal": "granted"})
        shop.settle()

    return lift
