"""Parcels about which there is something to say: sent, accepted, released, and the messages that ask about them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from backend.services.simulation.model import SimulatedMessage, SimulatedSet
from tests.browser.world import World, direct_import
from tests.support.running import until

#: What declares a parcel, without the notices that follow.
DOCUMENTS = ("311", "411", "511", "621")


def post(world: World, message: SimulatedMessage, data: bytes | None = None) -> dict[str, Any]:
    """Sends a message as whoever it is of, and gives the answer whatever it says."""
    headers = {"Content-Type": "application/xml"}
    answer = world.ledger.client(message.sender.key).post("/v1/messages", content=data or message.data, headers=headers)
    return dict(answer.json())


def declare(world: World, seed: int, types: Iterable[str] = DOCUMENTS) -> tuple[SimulatedSet, str]:
    """A direct import through Pudong with all its documents vouched for; the set and the parcel's code."""
    made = direct_import(seed)
    for kind in types:
        for message in made.messages_of(kind):
            post(world, message)
    code = parcel_of(world, made)
    world.ledger.indexed(code, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
    return made, code


def parcel_of(world: World, made: SimulatedSet) -> str:
    """The code of a set's parcel, from the answer to its list; the same list again is answered as before."""
    (message,) = made.messages_of("621")
    return str(post(world, message)["documents"][0]["parcel_id"])


def list_no_of(world: World, code: str, receipt_type: str = "622") -> str:
    """Customs' number of a parcel's list, once the declarant has been told."""

    def told() -> str | None:
        given = world.ledger.get("declarant", "/v1/receipts", type=receipt_type, parcel_id=code)["items"]
        return next((one["list_no"] for one in given if one["list_no"]), None)

    return str(until(told, f"the list of {code[:8]} has its number"))


def altered(data: bytes, **fields: str) -> bytes:
    """A message with other texts in some fields, and with a guid of its own."""
    text = data.decode()
    for name, value in {**fields, "guid": str(uuid.uuid4()).upper()}.items():
        text, count = re.subn(rf"(<(?:\w+:)?{name}>)[^<]*(</)", rf"\g<1>{value}\g<2>", text)
        assert count, name
    return text.encode()
