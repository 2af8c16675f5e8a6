"""Enterprises send their documents, and report what they see of the goods."""

from __future__ import annotations

from collections.abc import Sequence

from backend.services.demo.parcels import Traced
from backend.services.demo.stage import Stage
from backend.services.simulation import SimulatedMessage, SimulatedSet

_LISTS = frozenset({"621", "603"})
_REPORTS = frozenset({"607", "507", "711"})

#: Documents of these kinds belong to a parcel of their own: a payment may have been booked to another's order.
_OWN = frozenset({"Order", "Declaration"})


def send_documents(stage: Stage, wave: int) -> list[Traced]:
    """Every document of a wave, and the reports of arrivals and bills, some of them before their lists.

    The parcels whose declaration reached the chain, as customs' automatic accounts have left them.
    """
    sets = stage.plan.waves[wave]
    queue = [(simulated, message) for simulated in sets for message in _in_order(stage, simulated)]
    parcels: dict[str, Traced] = {}
    what = f"messages of wave {wave + 1}"
    stage.report(what, 0, len(queue))
    for sent, (simulated, message) in enumerate(queue, 1):
        if message.type in _REPORTS:
            stage.notify(message)
        else:
            _send(stage, simulated, message, parcels)
        stage.report(what, sent, len(queue))
    stage.told.parcels.extend(parcels.values())
    stage.rest("documents compared and decided")
    return [parcel for parcel in parcels.values() if parcel.is_declared]


def report_onward(stage: Stage, sets: Sequence[SimulatedSet]) -> None:
    """Departures (509) and deliveries (513) of these sets; each waits for its parcels until they may leave."""
    for simulated in sets:
        for message in (*simulated.departures, *simulated.deliveries):
            stage.notify(message)


def _in_order(stage: Stage, simulated: SimulatedSet) -> list[SimulatedMessage]:
    """The simulator's order, but for some reports, which come before the lists that they are about."""
    reports = [*simulated.masters, *simulated.arrivals]
    early = [message for message in reports if stage.random.random() < 0.5]
    documents = [message for message in simulated.messages if message.type not in _LISTS]
    lists = [message for message in simulated.messages if message.type in _LISTS]
    return [*documents, *early, *lists, *(message for message in reports if message not in early)]


def _send(stage: Stage, simulated: SimulatedSet, message: SimulatedMessage, parcels: dict[str, Traced]) -> None:
    documents = stage.send(message)["documents"]
    stage.told.documents += len(documents)
    for document in documents:
        parcel_id = document["parcel_id"]
        if document["standing"] != "refused" and parcel_id and document["kind"] in _OWN:
            made = simulated.parcels[message.parcels[document["index"]]]
            parcels.setdefault(parcel_id, Traced(parcel_id, made, simulated.seed))
