"""What enterprises ask of customs after declaring: cancellations, returns, summaries; and what customs decides.

Every request names the list by the number that customs' receipts have told its declarant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from backend.services.demo.mail import told_of
from backend.services.demo.parcels import Traced, grouped
from backend.services.demo.stage import Stage
from backend.services.simulation import SimulatedMessage
from backend.services.simulation.requests import (
    cancellation_request,
    return_arrival,
    return_request,
    summary_request,
)

#: Accepted parcels of which two may be asked back without leaving the other scenes none.
_ENOUGH_FOR_TWO = 10

_RECEIPT_OF = {"623": "624", "605": "606", "625": "626", "213": "214", "701": "702"}


@dataclass
class Asked:
    """A request that customs has taken, about one parcel."""

    parcel: Traced
    list_no: str
    pre_no: str | None
    message_type: str
    told: dict[str, Any]


def ask_cancellations(stage: Stage, parcels: Sequence[Traced]) -> list[Asked]:
    """Mistakes that are seen after the acceptance: before it an automatic account grants a cancellation by itself.

    One, and where there are parcels enough another, of an export.
    """
    free = [parcel for parcel in parcels if parcel.state == "Accepted" and parcel.is_free]
    candidates = sorted(free, key=lambda parcel: not parcel.is_import)
    asked = _ask(
        stage,
        candidates[:1] + (candidates[-1:] if len(candidates) >= _ENOUGH_FOR_TWO else []),
        lambda one, list_no, pre_no: cancellation_request(one.simulated, list_no, pre_no=pre_no, seed=one.seed),
    )
    if not asked:
        stage.skip("a cancellation: no parcel was accepted that customs is not busy with")
    return asked


def decide_cancellations(stage: Stage, asked: Sequence[Asked]) -> None:
    """The first is granted; a second one is refused."""
    for place, one in enumerate(asked):
        if place == 0:
            decide(stage, one, grant=True, reason="declared by mistake, goods not released")
        else:
            decide(stage, one, grant=False, reason="the order stands, and so does the declaration")


def ask_returns(stage: Stage, parcels: Sequence[Traced]) -> list[Asked]:
    """A buyer sends an import back (625), and an export comes home (213)."""
    chosen: list[Traced] = []
    for states, is_import, scene in (
        (("Delivered", "Released"), True, "an import that its buyer sends back: none was released"),
        (("Departed",), False, "an export that comes back: none departed"),
    ):
        fitting = [
            p for state in states for p in parcels if p.state == state and p.is_import is is_import and p.is_free
        ]
        chosen += fitting[:1]
        if not fitting:
            stage.skip(scene)
    return _ask(stage, chosen, lambda one, list_no, _: return_request(one.simulated, list_no, seed=one.seed))


def bring_back(stage: Stage, asked: Sequence[Asked]) -> None:
    """Customs approves, the goods arrive, customs verifies them: an import's tax is no longer owed."""
    for one in asked:
        decide(stage, one, grant=True, reason="within the period, goods unused")
    stage.rest("returns approved")
    for one in asked:
        if one.parcel.is_import:
            # Customs knows no message for this one: the depot records it itself.
            stage.take("site_operator", "ReturnArrived", [one.parcel], {"place": "return warehouse"})
        else:
            arrived = return_arrival(one.parcel.simulated, one.list_no, pre_no=one.pre_no, seed=one.parcel.seed)
            stage.notify(arrived)
    stage.rest("returns arrived")
    for one in asked:
        stage.customs("ReturnVerified", [one.parcel], {"result": "original goods, complete"})


def ask_summary(stage: Stage, closed: Sequence[Traced]) -> None:
    """The closed lists of one seller in one district are to be summed up (701)."""
    exports = [parcel for parcel in closed if not parcel.is_import]
    groups = grouped(exports, lambda one: f"{one.declaring} {one.seller_no} {one.simulated.senders['603']}")
    largest = max(groups.values(), key=len, default=[])
    numbered = [(one, numbers[0]) for one in largest if (numbers := stage.mail.numbers_of(one.parcel_id))]
    if not numbered:
        stage.skip("a summary of closed export lists: none was closed")
        return
    message = summary_request([(one.simulated, list_no) for one, list_no in numbered], seed=numbered[0][0].seed)
    if stage.notify(message):
        told: dict[str, Any] = {
            "message_type": "701",
            "parcel_id": None,
            "list_no": numbered[0][1],
            "lists": len(numbered),
        }
        stage.told.requests.append(told | {"decision": None, "receipts": []})


def decide(stage: Stage, one: Asked, *, grant: bool, reason: str) -> None:
    """Customs of the district answers a request that lies with it."""
    customs = stage.customs_of(one.parcel)
    for row in customs.pages("/v1/requests"):
        if row["parcel_id"] == one.parcel.parcel_id:
            operation = customs.post(f"/v1/requests/{row['request_id']}/decision", {"grant": grant, "reason": reason})
            stage.follow(customs.name, operation, f"decision about {one.message_type}")
            one.told["decision"] = {"grant": grant, "reason": reason}


def tell_answers(stage: Stage) -> None:
    """What the receipts said to each request in the end."""
    for told in stage.told.requests:
        receipt_type = _RECEIPT_OF[told["message_type"]]
        if told["parcel_id"]:
            found = stage.mail.of_parcel(told["parcel_id"], receipt_type)
        else:
            found = [one for one in stage.mail.receipts if one["receipt_type"] == receipt_type]
        told["receipts"] = [told_of(one) for one in found]


def _ask(
    stage: Stage, parcels: Sequence[Traced], make: Callable[[Traced, str, str | None], SimulatedMessage]
) -> list[Asked]:
    """Sends a request about each parcel; those that were taken."""
    asked = []
    for parcel in dict.fromkeys(parcels):
        numbers = stage.mail.numbers_of(parcel.parcel_id)
        if numbers is None:
            continue
        message = make(parcel, *numbers)
        told: dict[str, Any] = {"message_type": message.type, "parcel_id": parcel.parcel_id, "list_no": numbers[0]}
        told |= {"decision": None, "receipts": []}
        if stage.notify(message):
            stage.told.requests.append(told)
            asked.append(Asked(parcel, *numbers, message.type, told))
    return asked
